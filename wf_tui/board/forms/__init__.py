"""The forms for a new task and for a change of one, checked while one types."""
