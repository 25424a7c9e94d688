"""The streams of coding agents, each read by one module into signs.

The driver calls them in its own process, line by line. All that they read is foreign: what is
missing or of another type than expected is passed over, and nothing of it raises.
"""
