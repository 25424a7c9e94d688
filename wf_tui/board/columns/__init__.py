"""The board's columns and its list: how wide each is, when it is a rail, and what it draws.

`widths` and `rails` decide what the layout is, without Textual; `task_view` draws tasks with the
kit of `widgets/entry_view.py`, as a column in `board_column` and as the list in `task_list`. No
card changes a layout: only which columns are empty does, and a key or the size of the terminal.
"""
