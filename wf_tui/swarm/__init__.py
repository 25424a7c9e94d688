"""A swarm: one template and many items, which become a plan with a task for each.

`items` reads what is named on the command line, `template` puts an item into a text, `plan` makes a
plan of both. Nothing here starts anything: the plan is an ordinary one, is checked like any other,
and can be printed, changed and run by `wf run`.
"""
