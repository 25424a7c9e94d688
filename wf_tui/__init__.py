"""wf: one durable ledger, a scheduler and git worktrees for a swarm of coding agents.

Each folder is one room of it, and says in its own `__init__` what it knows and who calls it; the
modules beside them are what several rooms use. Nothing is imported here, because every command
pays for it, and so does the shim above each program.
"""

__version__ = "0.1.0"
