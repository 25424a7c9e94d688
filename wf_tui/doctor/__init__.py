"""What `wf doctor` looks at: the machine, the state directory, the repository."""
