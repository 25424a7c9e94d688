"""The scheduler: headless; gives ready tasks to idle workers and sees them through."""
