"""The hands of a model: the program in the worktree that does what its tool calls say.

Forked by the shim from the shim parent, so standard library only; it has no key, no network of its
own and no way to the ledger. The host sends it calls on descriptor 3, as JSON lines. All that a
call says was written by a model: it is answered by a text or by an error that helps to correct it,
and no path of it leads out of the tree.
"""
