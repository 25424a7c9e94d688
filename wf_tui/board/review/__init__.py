"""What the review shows of a task's work: read on threads, laid out as lines of safe text.

`reader` asks the ledger and git, `trial` tries the merge for real, `side` says what stands beside
the diff, `head` above it. The screen itself is `board/screens/review_screen.py`.
"""
