"""The line of a seat: its task, what was seen of it, and what that took; or why it is idle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.card_lines import evidence_words
from wf_tui.board.widgets.card_pieces import heard_at, sign_spans, title_role
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.board.widgets.list_lines import at_right, filled, in_column, task_words
from wf_tui.ledger.model.states import Step, TaskState
from wf_tui.picture.age import duration, span
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars

if TYPE_CHECKING:
    from wf_tui.board.widgets.card_lines import CardDrawing
    from wf_tui.picture.card import Card
    from wf_tui.picture.seats.idle import Idle
    from wf_tui.picture.seats.seat import SeatView

__all__ = ["NOBODY_TOLD", "SeatFacts", "head_line", "seat_line"]

NOBODY_TOLD: Final = "unknown"
"""What is said of tokens and money of a model of which nobody told any."""
_FIGURES_FROM: Final = 105
"""Cells from which a line has time, tokens and cost."""
_SIGN: Final = 2
_AGE, _FIGURE = 6, 9
_SEAT_WIDE: Final = 14
_SEAT: Final = 11
_WIDE_TITLE: Final = 0.29
_TITLE: Final = 0.36


@dataclass(frozen=True)
class SeatFacts:
    """What the line of a seat is made of."""

    seat: SeatView
    card: Card | None = None
    """The card of the task that it names, if it is there."""
    idle: Idle | None = None
    next: str = ""
    """The title of the task that it would take first."""

    @property
    def holds(self) -> bool:
        """Whether the task is still its own."""
        return self.card is not None and self.card.claimed and self.seat.step != "stopping"


@dataclass(frozen=True)
class _Widths:
    """The cells of the columns, which follow the width alone."""

    name: int
    title: int
    words: int
    figures: bool


def _widths(width: int) -> _Widths:
    figures = width >= _FIGURES_FROM
    name = _SEAT_WIDE if figures else _SEAT
    title = int(width * (_WIDE_TITLE if figures else _TITLE))
    ends = _AGE + 3 * _FIGURE * figures
    return _Widths(name, title, width - _SIGN - name - title - ends, figures)


def head_line(drawing: CardDrawing) -> Line:
    """Return the names of the columns."""
    widths = _widths(drawing.width)
    spans = [
        Span(" " * _SIGN, Role.MUTED),
        in_column("seat", widths.name, Role.FAINT, drawing),
        in_column("task", widths.title, Role.FAINT, drawing),
        in_column("evidence", widths.words, Role.FAINT, drawing),
        at_right("age", _AGE, Role.FAINT, drawing),
    ]
    if widths.figures:
        spans += [at_right(one, _FIGURE, Role.FAINT, drawing) for one in ("time", "tokens", "cost")]
    return Line(tuple(spans))


def seat_line(facts: SeatFacts, drawing: CardDrawing, now: float) -> Line:
    """Return the line of a seat at a time in UTC seconds."""
    widths = _widths(drawing.width)
    if facts.card is None or not facts.seat.task:
        return drawing.glyphs.drawn(Line(_free(facts, widths, drawing)))
    card = facts.card
    if not facts.holds:
        sign: tuple[Span, ...] = (Span(f"{drawing.glyphs.in_progress} ", Role.MUTED),)
        name, title = Role.MUTED, Role.MUTED
        words: tuple[Span, ...] = (Span("stopping", Role.MUTED),)
        ends: tuple[Span, ...] = (Span(" " * (_AGE + 3 * _FIGURE * widths.figures), Role.MUTED),)
    else:
        sign = sign_spans(card, drawing.glyphs, now, fresh=False)
        # Bold is what needs the person: here the others at work are all there is to see.
        name = title = title_role(card) if card.needs_you else Role.TEXT
        words = _words(card, now, widths.words)
        ends = _ends(facts, card, now, widths, drawing)
    spans = (
        *sign,
        in_column(facts.seat.name, widths.name, name, drawing),
        in_column(card.title, widths.title, title, drawing),
        *filled(words, widths.words, drawing),
        *ends,
    )
    return drawing.glyphs.drawn(Line(spans))


def _free(facts: SeatFacts, widths: _Widths, drawing: CardDrawing) -> tuple[Span, ...]:
    """Return the line of a seat without a task; why it has none may be longer than a title."""
    idle = facts.idle
    room = drawing.width - _SIGN - widths.name
    words = [Span(idle.text if idle else facts.seat.state, Role.MUTED)]
    if facts.next:
        first = in_column(
            words[0].text, max(widths.title, len(words[0].text) + 2), Role.MUTED, drawing
        )
        words = [first, Span(f"next: {facts.next}", Role.FAINT)]
    return (
        Span(f"{drawing.glyphs.waiting} ", Role.MUTED),
        in_column(facts.seat.name, widths.name, Role.MUTED, drawing),
        *filled(tuple(words), room, drawing),
    )


def _words(card: Card, now: float, width: int) -> tuple[Span, ...]:
    """Return what a task does; a step that is not its work begins with its word."""
    words = task_words(card, now, width - 1)
    if card.state != TaskState.IN_PROGRESS or card.step == Step.RUNNING:
        return words
    seen = "" if words[0].text == card.step else f" {words[0].text.removeprefix('gate: ')}"
    return Span(card.step, Role.RUNNING), Span(seen, Role.MUTED)


def _ends(
    facts: SeatFacts, card: Card, now: float, widths: _Widths, drawing: CardDrawing
) -> tuple[Span, ...]:
    is_running = card.state == TaskState.IN_PROGRESS
    # Of one that is silent the words say for how long, so its age is that of nothing else.
    old = evidence_words(card, now)[1] or span(now - heard_at(card))
    spans = [at_right(old if is_running else span(now - card.since), _AGE, Role.FAINT, drawing)]
    if widths.figures:
        spans += [
            at_right(text, _FIGURE, Role.FAINT, drawing)
            for text in (duration(now - card.since), *_used(card, facts.seat))
        ]
    return tuple(spans)


def _used(card: Card, seat: SeatView) -> tuple[str, str]:
    """Return tokens and cost of a task; of a command there are none, of a model they are told."""
    if card.tokens is None and card.cost_microusd is None:
        return NOBODY_TOLD if seat.is_agent else "", ""
    tokens = "" if card.tokens is None else count_words(card.tokens)
    return tokens, "" if card.cost_microusd is None else dollars(card.cost_microusd)
