"""Where the ledger lies: the port to a database, and the stores behind it."""
