"""Every rule that changes a run; each works on one open `Change`, in one transaction.

A rule checks the state it comes from and refuses before it has changed anything; then it writes the
new row and emits the event that tells of it, and what depends on the task follows in the same
transaction (`change`, `propagate`). In a scheduler they run on its writer's thread. What a person
may do is in the table of `moves`; RULES 3 has the rules in words.
"""
