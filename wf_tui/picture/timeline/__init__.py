"""The whole of a run over time: a row for each seat, a bar for each attempt.

`timeline` reads it from the ledger, on any thread; `chart` draws lines of it, for the board and for
`wf timeline` alike, without knowing a terminal. All values are frozen.
"""
