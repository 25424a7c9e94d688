"""What git ignored of what an attempt left, in words: on the card, in `wf show` and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow

__all__ = ["ignored_text"]

_NAMED: Final = 3
_NAME: Final = 60


def ignored_text(attempt: AttemptRow) -> str:
    """Return what was not taken because git ignores it; "" for nothing."""
    if not attempt.ignored:
        return ""
    names = [clean(name, limit=_NAME) for name in attempt.ignored_names[:_NAMED]]
    more = attempt.ignored - len(names)
    return f"{attempt.ignored} ignored by git: {', '.join(names)}" + (
        f" and {more} more" if more else ""
    )
