"""Which line of an output tells why something failed: what a card shows as its proof."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LOOKED_AT", "line_that_matters"]

LOOKED_AT: Final = 40
"""How many lines at the end are looked at; those without a word do not count."""
_MATTERS: Final = re.compile(r"^E |error|fail|assert|exception|fatal|panic", re.IGNORECASE)


def line_that_matters(lines: Sequence[str]) -> str:
    """Return the last line that speaks of a failure, else the last that says anything; "" for none.

    Asked by the scheduler as an attempt ends, and by a view of what an older wf has ended. The line
    is not cleaned.
    """
    last: list[str] = []
    for line in reversed(lines):
        if line.strip():
            last.append(line.strip())
            if len(last) == LOOKED_AT:
                break
    return next((line for line in last if _MATTERS.search(line)), last[0] if last else "")
