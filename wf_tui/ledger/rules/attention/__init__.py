"""What a person has put off, has begun to write, and has seen.

Moves of the table, and `Ledger`, call the rules here in the transaction of a command; nothing here
moves a task. What is put off is told in events, for all boards of the run show it so; drafts and
what was seen are a person's own, and gone with the run.
"""
