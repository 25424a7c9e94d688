"""The foot of the seats: what the selected one has done in this run, and the plan it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from wf_tui.board.seats.seat_lines import NOBODY_TOLD
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.picture.age import duration
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.seats.records import SeatRecord
    from wf_tui.picture.seats.seat import SeatView

__all__ = ["FootFacts", "SeatFoot", "foot_lines"]

_NAMED: Final = 3
_DONE, _NOW = "completed", "in_progress"
"""The states of an item of a plan, as programs tell them."""
_ITEM: Final = 60


@dataclass(frozen=True)
class FootFacts:
    """What the foot is made of."""

    seat: SeatView
    record: SeatRecord | None
    """What it has done; None where that is not read yet."""
    plan: Sequence[tuple[str, str]] = ()
    """The items of its plan with their states, as its program told them."""


class SeatFoot(LineWidget):
    """Three lines below the seats; a body that is low has none."""

    HEIGHT: ClassVar = 3

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="seat-foot")
        self.glyphs = glyphs
        self._facts: FootFacts | None = None

    def show(self, facts: FootFacts | None) -> None:
        """Show this from now on; nothing where no seat is selected."""
        self._facts = facts
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the lines."""
        width = self.size.width
        lines = [Line(), Line()] if self._facts is None else foot_lines(self._facts, self.glyphs)
        rule = Line((Span(self.glyphs.rule * (width - 2), Role.RULE),))
        edge = Span(" ", Role.MUTED)
        return [
            Row((edge, *fitted(line, max(0, width - 2), self.glyphs.more), edge))
            for line in (rule, *lines)
        ]


def foot_lines(facts: FootFacts, glyphs: GlyphSet) -> list[Line]:
    """Return what a seat has done, and what it is about to do."""
    seat = facts.seat
    about = [f"profile {seat.profile}"]
    if seat.roles:
        about.append(f"roles {listed(seat.roles, _NAMED)}")
    first = Line((Span(f"{seat.name} ", Role.TITLE), *_record(facts)), (), _faint(about))
    writes = [f"writes {listed(seat.writes, _NAMED)}"] if seat.writes else []
    return [glyphs.drawn(first), glyphs.drawn(Line(_plan(facts, glyphs), (), _faint(writes)))]


def _faint(words: Sequence[str]) -> tuple[Span, ...]:
    return tuple(Span(f" {word}", Role.FAINT) for word in words)


def _record(facts: FootFacts) -> tuple[Span, ...]:
    record, seat = facts.record, facts.seat
    if record is None:
        return (Span("this run  nothing yet", Role.MUTED),)
    words = [
        plural(record.tasks, "task"),
        f"{record.merged} merged",
        f"{record.failed} failed",
    ]
    if used := seat.cost or (f"{seat.tokens} tok" if seat.tokens else ""):
        words.append(used)
    elif seat.is_agent:
        words.append(f"usage {NOBODY_TOLD}")
    if record.median is not None:
        words.append(f"median {duration(record.median)}")
    return Span("this run  ", Role.MUTED), Span(" · ".join(words), Role.TEXT)


def _plan(facts: FootFacts, glyphs: GlyphSet) -> tuple[Span, ...]:
    if not facts.plan:
        words = "has told no plan" if facts.seat.task and facts.seat.is_agent else ""
        return (Span(words, Role.FAINT),)
    spans = [Span("now  ", Role.MUTED)]
    for text, status in facts.plan:
        sign, role, words = glyphs.pending, Role.FAINT, Role.MUTED
        if status == _DONE:
            sign, role = glyphs.done, Role.DONE
        elif status == _NOW:
            sign, role, words = glyphs.in_progress, Role.RUNNING, Role.RUNNING
        item = clean(" ".join(text.split()), limit=_ITEM)
        spans += [Span(f"{sign} ", role), Span(f"{item}  ", words)]
    return tuple(spans)
