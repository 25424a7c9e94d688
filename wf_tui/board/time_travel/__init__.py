"""Looking at the run as it was: the board of a moment, above the one of now.

`Traveller` goes to moments on a thread of its own and keeps the picture of one; `PastBoard` shows
that picture with its own keys. No act reaches the run from there.
"""
