"""What wf does to the user's repository, and what it says about it.

A run's branch is exported to it by the scheduler; everything else happens only when a person asks:
`wf land` brings the work into a branch and its checkout, `wf doctor` describes what it finds.
Nothing that the repository names as a program is run. On the main thread or a git thread.
"""
