"""From a goal to a plan: by a model, of another tool's file, or of a ready-made shape.

The planning by a model is a run of its own, with one task that only reads (`planning_run`). What
comes of it is a file (`plan_file`) that a person sees (`preview`) before anything runs. Called by
`wf plan new` and by the start screen of the board.
"""
