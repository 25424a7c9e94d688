"""What each kind of blocked task means, in the checker's own words.

The ledger has the same facts at its `BlockedKind`. They are told a second time here on purpose: a
rule that goes by a wrong fact leaves a log that a checker of the same fact would find right. A
test compares the two, so that a new kind is not forgotten here.
"""

from typing import Final

__all__ = [
    "ABORTING",
    "ACCEPTED_AT",
    "AT_ONCE",
    "BLOCKING",
    "CANCELLED_BY_ABORT",
    "COUNTED",
    "LEFT_ACCEPTED",
    "MENDED",
    "MENDED_BACK",
    "NEEDS_PERSON",
    "NEVER_RETRIED",
    "PASSED_CHECKS",
    "SCOPE_WHYS",
    "UNSETTLED",
]

BLOCKING: Final = frozenset(
    {"failed", "gate", "deliverable", "scope", "conflict", "budget", "cancelled", "dependency"}
)
"""They block whoever needs the result."""
UNSETTLED: Final = frozenset({"quota", "question", "hold", "review", "critic"})
"""They keep their phase from settling."""
COUNTED: Final = frozenset({"failed", "gate", "deliverable"})
"""Failures of an attempt that are counted, and tried again."""
AT_ONCE: Final = frozenset({"scope", "budget", "quota"})
"""Ends of an attempt that are not tried again."""
ABORTING: Final = COUNTED | {"scope", "budget", "conflict"}
"""They abort a run whose phase says so."""
CANCELLED_BY_ABORT: Final = frozenset(
    {"dependency", "question", "quota", "hold", "review", "critic"}
)
"""They are cancelled by an abort; the others stay."""
NEEDS_PERSON: Final = frozenset(
    {"failed", "gate", "deliverable", "scope", "conflict", "budget", "question", "review"}
)
"""They wait for a person, who may put that off."""
NEVER_RETRIED: Final = frozenset({"dependency", "hold"})
"""Neither retried nor reassigned: what ends them is the task in front, or `unhold`."""
ACCEPTED_AT: Final = {
    "scope": "checking",
    "conflict": "harvesting",
    "review": "checking",
    "critic": "checking",
}
"""Work that a person can accept, and the step at which it is taken up."""
MENDED: Final = frozenset({"failed", "gate", "deliverable", "budget", "cancelled"})
"""Work that a person can accept, too, where there is some."""
MENDED_BACK: Final = frozenset({"gate", "deliverable", "scope"})
"""What such work comes back as, beside what it was; it is not tried again."""
PASSED_CHECKS: Final = frozenset({"review", "critic"})
"""Its work is good, so that the tries stay counted when it is sent back."""
LEFT_ACCEPTED: Final = frozenset({"scope", "failed"})
"""Tasks of which a person can take what an attempt left beside its harvest."""
SCOPE_WHYS: Final = ("secret", "filter", "refused", "outside", "left")
"""Why work is held back, in the order in which they count."""
