"""Git LFS by code of wf's own: pointers in commits, contents in a folder, files in worktrees.

`lfs_filter` is the program that wf's git runs for files with `filter=lfs`, and the one filter that
it runs; `storage` says where contents are, and brings those of a run to the user's repository when
its branch is exported. Nothing is fetched or sent.
"""
