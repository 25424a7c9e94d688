"""How a scheduler uses the lanes of its host: permits before claims, and what providers said.

`lane_thread` has the file of the host open on a thread of its own. `run_lanes` asks it for a run,
on the event loop. A run whose seats are all local has neither.
"""
