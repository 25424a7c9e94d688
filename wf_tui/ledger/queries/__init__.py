"""What views, commands and the scheduler ask the ledger; nothing here changes anything."""
