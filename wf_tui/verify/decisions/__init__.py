"""What the answer of one task decides about others, judged in the checker's own words.

By the events alone. The ledger has the same rules in `ledger/rules/decisions/`, and none is shared.
"""
