"""Workers that talk to a model themselves: hands in the tree, and one host for all conversations.

The scheduler's process has `model_worker`, `host_link` and `history`. `host/` is one process with
the keys, which talks to the makers and never touches a tree; `session_spec.py` is what it is told
of one attempt. `tools.py` says what a model can do; `hands/` does it, in the worktree, without key
or network.
"""
