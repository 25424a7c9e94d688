"""The tasks of a run as a graph: phases as layers, what waits for what, and the critical path.

`graph` reads it, `critical_path` finds the longest way that is left, `layers` says what stands in
which column. None of it knows a terminal.
"""
