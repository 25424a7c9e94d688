"""The independent checker behind `wf verify`: it replays the event log of a run and judges it.

It knows the promises G1, G2 and G9 and every row of the transitions (RULES 3.1), written a second
time in words of its own, since a checker that shared rules with the ledger would share their bugs.
An import contract keeps it so: it may read the ledger's rows and queries, never its rules.

`verify.verify_run` is called by the command, on its only thread, inside one read snapshot; tests
call `examine` on events that they have changed. Nothing here writes.
"""
