"""Harvest: the changed files of a worktree become a tree in `control.git`; unsafe ones are refused.

What lies in a worktree was written by a worker, so everything here treats names and files as
hostile: they are looked at without following a link, and git never looks for a repository there.
Called on a git thread of the scheduler, once the processes of the attempt are gone.
"""
