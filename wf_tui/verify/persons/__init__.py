"""What persons put off, say to lines of work, and take back, judged in the checker's own words.

By the events alone. The ledger has the same rules in `rules/attention/`, `rules/conversation/` and
`rules/undo/`, and none is shared.
"""
