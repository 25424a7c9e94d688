"""Workers: what does the work of a task, and the shim that keeps its processes in hand.

A worker takes a `Job` and returns an `Outcome`; it knows neither the ledger nor git. Programs run
through the `Launcher`, on the scheduler's event loop, which asks a small pre-started process for a
shim: that one starts the program, keeps its log, reports signs of life, and ends all that it has
started when it is told to, when its time is over, or when the scheduler is gone.
"""
