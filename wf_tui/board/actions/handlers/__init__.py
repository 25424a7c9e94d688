"""What the actions do: each leads to one command, after a question where needed.

A handler gets the application and the ids of the tasks, and returns at once, on the event loop.
What asks first is a coroutine for `ActionHost.start_dialog`; what changes the run is a function of
the ledger for `ActionHost.do`, which calls it on the thread for acts. That must not look at the
picture.
"""
