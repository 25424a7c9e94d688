"""What views, commands and the scheduler ask the ledger; nothing here changes anything.

Each function takes an open database and gives rows or values back; who asks several things that
have to fit together opens a snapshot around them. Called on whatever thread has the connection.
"""
