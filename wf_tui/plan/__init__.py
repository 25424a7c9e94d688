"""The plan: what a person or a model writes, read, checked, ordered and drawn.

`read.py` is the way in: a file becomes a `Report` that holds the plan or all that is wrong with it.
The readers of JSON, TOML and YAML keep the place of each value, `shape.py` checks types and fills
in defaults, `check.py` has the rules beside the types, `order.py` says what waits for what.

Called on the main thread of the commands that take a plan; the ledger takes its order and scopes
from here. Nothing in it touches git, a ledger or a run.
"""
