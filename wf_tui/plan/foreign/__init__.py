"""What people and models bring along from other tools, and how it is called in a plan.

`words` lists the keys of other tools with what says the same here. `keys` finds the keys of a plan
that nothing reads, and asks `words` what each was meant to be. `files` recognises whole files of
other tools, `traps` what chats, editors and merges leave in a text.
"""
