"""The run's private repository, `control.git`: made, opened, written to and read.

It holds the objects of the user's repository as hard links, the run's branch, and a ref for each
attempt, with a configuration of wf's own. Harvest and merge write to it, views read diffs from it.
All of it is plain values and blocking calls, for any thread.
"""
