"""Merging an attempt into the integration branch: no checkout, no half-done state, no loss."""
