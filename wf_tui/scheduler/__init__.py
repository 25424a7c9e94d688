"""The scheduler: headless; gives ready tasks to idle workers and sees them through (RULES 5).

It knows who leads a run, which attempts are under way, what their signs of life are, and how their
work gets into the branch of the run. `process.Lead` is its one entrance: a scheduler process and a
run in the foreground call it, on the thread that becomes the event loop. Everything here runs on
that loop, but for the calls that block (`Threads`) and the ledger (`Writer`), which never meet.
"""
