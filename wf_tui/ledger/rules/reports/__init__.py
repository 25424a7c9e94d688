"""What an attempt tells of itself while it works: its session, its words, its gates, what it used.

`Ledger` calls these rules, each in the transaction of the report, on the thread that owns the
connection. None of them moves a task: what ends an attempt is in `attempts` and `failures`.
"""
