"""Texts of any length on the screen: lines of safe text, wrapped or cut, with a cursor and a find.

The detail pane and the review show everything through it. It knows nothing of tasks, git or the
ledger: whoever has a text makes lines of it, on a thread where that takes long.
"""
