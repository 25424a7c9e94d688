"""Workers that talk to a model themselves: hands in the tree, and one host for all conversations.

`tools.py` says what a model can do; `hands/` does it, in the worktree, without key or network.
`host/` has the keys and talks to the makers, and never touches a tree; `session_spec.py` is what it
is told of one attempt.
"""
