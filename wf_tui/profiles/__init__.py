"""What a seat is made from: a profile of the user's, a preset of its agent, and a home.

`resolve.py` puts profile and preset together once, before a run exists. From then on a `Resolved`,
which is stored with the run, is all that schedulers and workers know of either.
"""
