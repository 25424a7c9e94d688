"""How everything is coloured.

`ThemedApp` is the base of each application: it has our two themes, made for the colours that the
terminal has, and says for every other theme of Textual what our variables are in it. `colors.py` is
the one table of our colours; `board.tcss` says which role is drawn in which variable. No module
here knows of a widget.
"""
