"""Landing a run, as the command and the board do it: what would come, and bringing it in.

`trial` only reads and may run on any thread; `land` writes to the user's checkout, so it is for the
main thread of a process of its own, which signals cannot end halfway: the command `wf land`. So is
`gate`, which runs a program of the plan on the merged tree. `merge_task` makes the task that
settles a conflict with the branch.
"""
