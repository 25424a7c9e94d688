"""What needs a person: the list of it, and the box in which a worker's question is answered.

Which key gives which answer, and when keys count, is decided without Textual. The box reads its own
questions in a thread; its screen says of which task, and passes keys and changes on. Answers go to
the ledger through the application, as all acts of a person do.
"""
