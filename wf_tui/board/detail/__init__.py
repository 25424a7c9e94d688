"""The detail pane: everything of one task, in tabs, read on threads of its own."""
