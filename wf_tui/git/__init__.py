"""Git: all that wf does to repositories and worktrees, by one hardened runner.

A run works in a private repository, `control/`, which is made from the user's `repository.py`.
Worktrees are handed to workers by `worktrees/`, what they left becomes commits in `harvest/`, and
`merge/` brings those into the run's branch; `user/` is what is done to the user's repository.

Every function here blocks while git or the disk works, from milliseconds to minutes. The scheduler
calls them on its git threads, commands on the main thread; none may run on the event loop. They
know neither the ledger nor tasks beyond their names.
"""
