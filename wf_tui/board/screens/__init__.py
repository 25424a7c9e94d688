"""The screens of a run, and the dialogs that stand above them.

A screen knows the picture and what of it is selected; it reaches the application as an `ActionHost`
and never imports it. The application makes screens from the table in `board.screen_table`, and
calls them on the event loop.
"""
