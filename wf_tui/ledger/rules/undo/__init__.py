"""What a person did last, whether it can be taken back, and taking it back.

An act is one command: all the events that it wrote have its number. `Ledger.undo` comes here, in
its own transaction; boards and commands ask `acts` for what would be taken back.
"""
