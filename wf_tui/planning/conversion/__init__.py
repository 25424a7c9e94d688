"""Plans of what other tools keep: jobs of workflows, targets, scripts, lists of what is to be done.

Without a model, and only where the plan does the same; what it leaves out is told. `convert` knows
the kinds of files, each of the other modules how one kind is read.
"""
