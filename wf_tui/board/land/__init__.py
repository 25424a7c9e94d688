"""The screen that brings the work of a run into a branch of the person (RULES 6.6).

What would come is planned on a thread, read only, and drawn by `land_lines`. `wf land` in a process
of its own does it, since a landing belongs on a main thread, and the board must not end it halfway.
What the person has not seen it refuses.
"""
