"""What agents write into their own homes, and do not say on their streams.

The parsers ask here, in the driver's process, while the agent works or when it has ended. The agent
can put anything there: no link is followed, a file is read up to a size, and nothing raises.
"""
