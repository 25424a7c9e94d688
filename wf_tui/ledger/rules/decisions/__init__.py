"""What the answer of one task decides about others: whether work is merged, and which.

Each is a part of the transaction in which that answer comes in. A decision is made once, and no
crash comes between the two.
"""
