"""The program between the line and one agent: a client of the Agent Client Protocol.

A process of its own under the shim, with one event loop and no thread. What the agent sends is a
claim: nothing of it may raise here, fill the memory, or reach a file out of the worktree. Nothing
in wf imports this package but the program itself, for the official library takes 0.4 s to import.
"""
