"""What supervises programs: launcher, shim parent, shim, and the files that they leave.

Every worker's program runs under one shim, whatever its kind. Launcher and channel are used on the
event loop of the scheduler; the shim parent and its shims are processes of their own, which load
nothing but the standard library.
"""
