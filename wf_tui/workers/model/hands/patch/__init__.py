"""`apply_patch`: changes of several files in one text, all of them or none.

Two formats are read: the one with `*** Begin Patch`, which models of one maker are trained on, and
unified diffs. Both become the same changes, which are worked out before anything is written. It
runs in the hands, so standard library only.
"""
