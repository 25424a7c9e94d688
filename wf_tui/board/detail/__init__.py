"""The detail pane: the log, changes, prompt, attempts and events of one task, in tabs.

It knows where each of them is read from, and how it reads as lines of safe text. The board and the
inbox have a pane each; the pane is on the event loop, its readers are on two threads of its own.
"""
