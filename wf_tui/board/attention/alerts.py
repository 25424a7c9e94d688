"""What a person who looks elsewhere is told: each item once, several together, nothing old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries.budget_reads import percent_used
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.picture.header import Header
    from wf_tui.picture.picture import Picture

__all__ = ["Alerts", "Item"]

_TOGETHER: Final = 3.0
"""Seconds for which items are collected: a failure seldom comes alone."""
_ALONE: Final = 60.0
"""Seconds without a key after which nobody looks, in a terminal that tells of no focus."""
_NEAR: Final = 80
"""Percent of a budget."""
_NAMED: Final = 5


@dataclass(frozen=True)
class Item:
    """One thing that a person may want to know."""

    kind: str
    """`need`, `ended`, `stalled` or `budget`."""
    task: str = ""
    """Which task needs the person."""
    key: str = ""
    """What makes it another one than the last of its kind and task."""


class Alerts:
    """Decides what is told, and when; the application asks it at each beat, on the event loop.

    Times are seconds of a clock that never goes back. What there is at the first look is old: the
    person has just opened the board.
    """

    def __init__(self, now: float, *, with_words: bool = False) -> None:
        self._with_words = with_words
        self._known: set[Item] | None = None
        self._waiting: dict[Item, float] = {}
        """What is to be told, with the time at which it came."""
        self._is_away: bool | None = None
        """Whether the terminal has lost the focus; None where it has never told."""
        self._pressed = now

    def focus(self, *, has: bool) -> None:
        """Take what the terminal says of its focus; who looks has seen what was to be told."""
        self._is_away = not has
        if has:
            self._waiting.clear()

    def pass_key(self, now: float) -> None:
        """Note a key, which nobody presses without looking."""
        self._pressed = now
        self._waiting.clear()

    def is_away(self, now: float) -> bool:
        """Whether nobody looks at the board."""
        if self._is_away is not None:
            return self._is_away
        return now - self._pressed >= _ALONE

    def look(self, picture: Picture, now: float) -> str:
        """Return what is to be told now, "" for nothing; `picture` has been read at least once."""
        there = set(_items(picture))
        if self._known is None:
            self._known = there
        new = there - self._known
        # What went and comes again is told again: another question, or one that was put off.
        self._known = there
        if self.is_away(now):
            self._waiting |= dict.fromkeys(
                sorted(new, key=lambda item: (item.kind, item.task)), now
            )
        else:
            self._waiting.clear()
        if not self._waiting or now - min(self._waiting.values()) < _TOGETHER:
            return ""
        # What was answered meanwhile, on another board or by itself, needs nobody any more.
        told = [item for item in self._waiting if item in there]
        self._waiting.clear()
        return message(told, picture, with_words=self._with_words)


def message(items: list[Item], picture: Picture, *, with_words: bool) -> str:
    """Return one line for some items, not yet safe to write; "" where there are none.

    Titles are of the plan; what workers said of a need is in it only `with_words`.
    """
    parts = []
    needs = [item.task for item in items if item.kind == "need"]
    if needs:
        verb = "needs" if len(needs) == 1 else "need"
        names = ", ".join(picture.cards[task].title or task for task in needs[:_NAMED])
        parts.append(f"{len(needs)} {verb} you: {names}")
        if with_words and len(needs) == 1:
            parts[-1] += f": {picture.why(needs[0])}"
    header = picture.header
    for item in items:
        match item.kind:
            case "ended":
                parts.append(f"the run is {header.state}, {header.done}/{header.total} done")
            case "stalled":
                parts.append(f"nothing moves, {plural(header.need_you, 'task')} for you")
            case "budget":
                parts.append(f"{_percent(header)} % of the budget are spent")
    return f"wf: {'. '.join(parts)}" if parts else ""


def _items(picture: Picture) -> Iterator[Item]:
    for task in picture.needs:
        row = picture.row(task)
        yield Item("need", task, f"{row.epoch} {row.kind} {row.since}")
    header = picture.header
    if header.state.ended:
        yield Item("ended", key=header.state)
    if header.state is RunState.STALLED:
        yield Item("stalled")
    if _percent(header) >= _NEAR:
        yield Item("budget")


def _percent(header: Header) -> int:
    return percent_used(header.budget, header.usage) if header.budget.limits else 0
