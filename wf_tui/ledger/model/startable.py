"""Which tasks could start now, in the words of SQL: the one condition that all claims stand on."""

from typing import Final

__all__ = ["STARTABLE", "UNPARKED"]

UNPARKED: Final = "state = 'pending' AND unmet = 0 AND not_before IS NULL"
"""It waits for nobody and for no time; whether a scope keeps it back is not asked."""

STARTABLE: Final = f"{UNPARKED} AND wait_queue IS NULL"
"""It could be claimed: a row of `task` is in the walk of a claim if and only if this is true of it.

The partial indexes of the schema carry the same words. SQLite uses such an index only for a query
whose condition contains that of the index term by term, so a claim among 100,000 tasks costs what
one among a hundred does as long as both sides say exactly this; a test compares them.
"""
