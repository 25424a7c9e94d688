"""The worktrees of a run: filled, used by attempts, swept, given back, and at last removed.

A worktree of the pool belongs to one attempt; readers share a snapshot of a commit, and writers
that ask for it share one tree. The scheduler's attempts call this on git threads, so the classes
that hand out trees are thread-safe; `wf clean` removes what has proof that it may go.
"""
