"""Every rule that changes a run; each function works on one open `Change`."""
