"""Workers of kind `acp`: any agent that speaks the Agent Client Protocol over its stdio.

The scheduler's process has `acp_worker` alone, which runs a Python program of wf's own under the
shim. That program, `driver/`, starts the agent and is its client; only there the official library
is imported. The two share `driver_spec`.
"""
