"""Where the ledger is kept: the port to a database, and the stores behind it.

`database` is the port: what the rules and queries need of one connection, in SQL that more than
one database speaks. `store` is what there is before any connection: a ledger is found, opened,
described and led there, and each kind of store is one adapter. A connection belongs to the thread
that opened it. What cannot be written now, since the disk is full or another program has it locked,
is tried again by `write_retry`.
"""
