"""The picture of a run, for every view of it: what status shows, and one line for each event."""
