"""Looking through many files: lists of them, and searches in them.

Both run in a fork of the hands, which can be ended, for a tree may be large and a pattern slow.
What `.gitignore` names is left out, and no symbolic link is followed.
"""
