"""wf: one durable ledger, a scheduler and git worktrees for a swarm of coding agents."""

__version__ = "0.1.0"
