"""Harvest: the changed files of a worktree become a tree; what is unsafe is refused."""
