"""What is selected on the board: a task, not a place. Nothing here knows Textual or the screen.

`selection` has the selected task, the ghost that it leaves and what each column remembers; `folds`
the groups that are folded; `marks` the marked tasks. The board screen asks them at each key and
after each change of the picture.
"""
