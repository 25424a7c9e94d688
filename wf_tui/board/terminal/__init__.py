"""The terminal itself: what comes in as bytes, what goes out, and how it is left.

Textual's driver takes what it does not know for keys that were pressed, and on this board single
letters act. So what comes in is read here: `sequences` tells keys from the rest of a byte stream,
`parser` makes Textual's messages of it, `fence` holds back what nobody has pressed, `output` and
`shown_lines` write what has changed, `settings` puts the terminal back, and `driver` and `app` are
where Textual calls them. Nothing in here knows a run.
"""
