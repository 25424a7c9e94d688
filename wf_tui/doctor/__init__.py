"""What `wf doctor` looks at: the machine, the state directory, the repository.

Each module knows one of them and yields a `Finding` for each thing it has looked at: what it found,
how much that matters, and what to do. Nothing is changed, and no program but git is run. Called by
the command alone, on its main thread; a fact that cannot be read is a finding, too, never an error.
"""
