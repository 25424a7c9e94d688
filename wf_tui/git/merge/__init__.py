"""Merging an attempt into the integration branch: no checkout, no half-done state, no loss.

A merge is computed from objects, checked against what both sides did, and becomes real by one move
of the branch. The scheduler's integrator calls it, one attempt at a time, on a git thread.
"""
