"""What keys, clicks, drops and the palette do: the registry of actions, and their handlers."""
