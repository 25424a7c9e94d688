"""The line: what a worker's program says and hears as JSON lines over descriptor 3.

The grammar is plain standard library, for the drivers that are forked from the shim parent speak
it, too; the end in the scheduler runs on its event loop. All that comes up is a claim of a worker:
it is read strictly, and nothing of it raises.
"""
