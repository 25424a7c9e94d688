"""The plan: what a person or a model writes, read, checked, ordered and drawn."""
