"""The ledger: the one durable task list, its states and every rule that changes them."""
