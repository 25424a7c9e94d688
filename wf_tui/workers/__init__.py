"""Workers: what does the work of a task, and the shim that keeps its processes in hand."""
