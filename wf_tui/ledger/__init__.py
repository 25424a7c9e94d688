"""The ledger: the one durable task list, its states and every rule that changes them.

`ledger.Ledger` is its face: each method is one transaction, in which a rule checks where the task
is, and for whatever a worker causes that its claim is the live one, before it changes anything.
Commands and the board open it for one change; in a scheduler all changes go through the one thread
of `writer`, which commits what has arrived together. Readers have connections of their own.
"""
