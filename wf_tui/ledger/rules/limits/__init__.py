"""What limits a run from outside: the lanes of its providers, and what it may cost.

A scheduler tells what it has seen of the host's lanes, and claims, usage and persons change the
rest; each within its own transaction. So the run's own ledger has all that a claim, a view or a
replay asks for. Nothing here reads the file of the host.
"""
