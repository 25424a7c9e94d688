"""The `agent` worker: a headless coding agent, driven by a small program of wf's under the shim.

The driver starts the agent in a process group of its own, reads its stream, and says it again in
the words of the line; it is plain standard library, for it runs in a fork of the shim parent. The
worker in the scheduler makes its command line, and judges its last word on the event loop.
"""
