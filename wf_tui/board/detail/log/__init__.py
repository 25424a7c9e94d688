"""The Log tab: the log of one attempt, read from its end and drawn with tool calls folded.

The reader and the entries run on a thread of the pane and make all text safe. `text` belongs to the
event loop: it knows which calls are open, and turns entries into lines of the view.
"""
