"""The events of a run: one class for each kind, with what is told and three facts of the kind.

The rules make them and hand them to `Change.emit`, within the transaction of the change they tell
of. Views, commands and the demo get them back from `read.read_event`, on any thread; the classes
know neither the ledger nor a view.
"""
