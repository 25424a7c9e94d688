"""What passes between a worker and a person: questions, their answers, messages, and allowances.

`Ledger` calls these rules, each in the transaction of what was reported or of what a person did, on
the thread that owns the connection. Only rows and events are made here; what goes over the line is
the scheduler's.
"""
