"""The standing notice: what keeps the run from going on, or cards from being seen, and what helps.

One at a time; of several it is the one that has to be dealt with first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.picture.notices import NoticeKind
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.picture.picture import Picture

__all__ = ["Notice", "marked", "narrowed", "notice", "unreadable"]

_STOPS: Final = frozenset(
    {NoticeKind.DISK, NoticeKind.PAUSED, NoticeKind.NO_SCHEDULER, NoticeKind.STALLED}
)
"""What keeps all of a run from going on."""
_TYPED: Final = 40
"""Characters of a filter that are repeated."""


@dataclass(frozen=True)
class Notice:
    """What is said for as long as it is so; its texts are safe to draw."""

    text: str
    """What is so."""
    more: str = ""
    """What follows from it, or what helps; left out where there is no room."""
    warns: bool = True
    """Whether something does not go on by itself."""
    helps: bool = True
    """Whether what follows says what helps, and does not only explain."""


def unreadable(reason: str, since: str) -> Notice | None:
    """Return that the ledger cannot be read, since a time of day; None without a reason."""
    if not reason:
        return None
    more = f"{reason}; below is how it was then, it is tried again"
    return Notice(f"the ledger cannot be read since {since}", more, helps=False)


def notice(picture: Picture, now: float, selected: str | None = None) -> Notice | None:
    """Return what there is to say; None where all goes well and all is seen.

    `now` is what countdowns go by, in UTC seconds, `selected` the task of the cursor. What the
    person has set themselves, marks and a filter, comes behind what keeps all of the run from
    going on.
    """
    standing = picture.notices
    first = standing[0] if standing else None
    own = marked(picture, selected) or narrowed(picture)
    if first is None or (own is not None and first.kind not in _STOPS):
        return own
    helps = first.kind is not NoticeKind.LANE  # which seats wait is no help
    return Notice(first.text.at(now), first.more, first.warns, helps)


def marked(picture: Picture, selected: str | None) -> Notice | None:
    """Return that keys work on what is marked; None where nothing is."""
    count = len(picture.marks)
    if not count:
        return None
    text = f"keys work on the {count} marked"
    if selected not in picture.marks:
        text += ", not on the cursor"
    return Notice(text, "Esc lets them go", warns=False)


def narrowed(picture: Picture) -> Notice | None:
    """Return which filter is on, and how many cards it lets through; None where all are seen.

    A forgotten filter is the likeliest reason why a card is missing.
    """
    if not picture.filtered.active:
        return None
    text = clean(picture.filtered.text, limit=_TYPED)
    words = f"{picture.filtered.quick} {text}".strip()
    count = sum(picture.counts.values())
    return Notice(f"filter {words}: {picture.shown} of {count}", "Esc shows all", warns=False)
