"""The worktrees of a run: filled, used, swept, given back; the host obeys nothing in them."""
