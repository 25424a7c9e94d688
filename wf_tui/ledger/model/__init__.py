"""What the ledger is made of: rows, states and the other closed sets, as frozen values."""
