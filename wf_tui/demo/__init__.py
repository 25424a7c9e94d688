"""The demo: a sample repository, a plan for it, and a person who helps where one is needed.

`folder.py` makes the repository and renders the plan, `person.py` does by hand what the plan leaves
to somebody, `summary.py` tells afterwards what was to be seen, from the ledger alone. `wf demo`
calls them on its main thread, around a run that is like any other.
"""
