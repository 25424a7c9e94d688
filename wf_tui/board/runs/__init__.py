"""The screen of all runs: its header, its lines, and how another run is opened.

What is listed is read by `picture.runs` on a thread; nothing here opens a ledger. `run_switch`
swaps feed, picture and screens of the application. A run is removed by `wf clean`, and a new one
planned by `wf plan new`: processes of their own, as that belongs to no run that is open.
"""
