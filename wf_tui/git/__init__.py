"""Git: one hardened runner, a private repository for each run, pooled worktrees, merge, export."""
