"""Nodes of a tree as the ledger keeps them: what a phase decides at its end, in one column.

`stored` is the codec between them and JSON, `copies` makes of what a node holds what it adds, and
`new_rows` the rows of phases and tasks that come in. Values only: called by the rules, in their
transactions, and as a run is made.
"""
