"""The forms for a new task and for a change of one, checked while one types.

They know which fields there are and what may stand in them. Handlers show a form on the event loop
and hand what it comes to to the ledger.
"""
