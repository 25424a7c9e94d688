"""Where the ledger is kept: the port to a database, and the stores behind it.

The port says what the rules and queries need, in SQL that more than one database speaks; a store is
one adapter for it, and knows files, locks and formats. Every connection belongs to one thread.
What cannot be written now, because the disk is full or another has it locked, is tried again by
`write_retry`.
"""
