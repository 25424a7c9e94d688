"""A run as it was: the rows of any moment, made anew from its events.

`History` is what views ask: it gives a `Batch` of a number in the log, which a `Picture` takes like
one that was read. `beginning` reads what never changes of a run, `past` holds the rows of one
moment and takes changes back, and the `_moves` modules say what each event does to them. Nothing
here uses the checker, which knows states of its own.

A `History` belongs to one thread at a time, and none of it writes to the ledger.
"""
