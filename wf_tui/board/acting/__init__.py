"""Acts of the person: when a key is too early for one, how it is done, and what came of it.

`guard` keeps a key from a task that has just changed, `act_runner` does acts one at a time on their
own thread, `acts_done` knows the last for `u`, and `awaited` what is still to be told of one. What
the board must not end halfway, `command_process` has a command do. The application calls all of it
on the event loop.
"""
