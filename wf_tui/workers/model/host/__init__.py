"""The host of the models: one process for all conversations of a scheduler.

It has the keys and does the HTTP, and never touches a tree. `control.py` takes the sessions that
the scheduler opens, `session.py` is one conversation. The only room that knows pydantic-ai.
"""
