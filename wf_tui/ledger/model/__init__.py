"""What the ledger is made of: rows, states and the other closed sets, events, as frozen values.

It knows no database and no rule: how a row is stored and read back, what the words are, and what an
event of each kind says. Everything above uses it, on any thread, since nothing in it changes.
"""
