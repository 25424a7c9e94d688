"""A card as lines of text: one to four, by its state and by how much room the screen has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.card_pieces import (
    cost_text,
    cut_to,
    first_that_fits,
    fits_in,
    heard_at,
    is_silent,
    shorter_paths,
    sign_spans,
    step_begun,
    title_role,
    took_text,
)
from wf_tui.board.widgets.line import Line, Role, Span, width_of
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step, TaskState
from wf_tui.picture.age import duration, span
from wf_tui.text import line_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card

__all__ = ["CardDrawing", "CardSize", "KeyHint", "card_height", "card_lines"]

_NEEDS: Final = 4
_LEAST: Final = 4
"""Cells below which nothing is said."""
_INDENT: Final = "  "
_COUNTED: Final = frozenset({BlockedKind.GATE, BlockedKind.DELIVERABLE})
"""Kinds that say which try it was; that of a failure is in its sentence."""


class CardSize(Enum):
    """How high cards are."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True)
class KeyHint:
    """A key that a card names, and what it does there."""

    key: str
    word: str
    action: str = ""
    """The id of the action, which a click on it does."""


@dataclass(frozen=True)
class CardDrawing:
    """How all cards of a view are drawn: whatever is not of one card."""

    glyphs: GlyphSet
    width: int
    """Cells of a line."""
    size: CardSize = CardSize.COMFORTABLE
    costs: bool = False
    """Whether tokens and dollars are on all cards."""
    figures: bool = True
    """Whether any task has a model, tokens or a cost; else the list keeps no room for them."""


def card_height(card: Card, size: CardSize) -> int:
    """Return how many lines a card has: by its state, its kind and the size, by nothing else."""
    is_compact = size is CardSize.COMPACT
    match card.state:
        case TaskState.PENDING:
            return 2 if card.wrong and not is_compact else 1
        case TaskState.IN_PROGRESS:
            return 2 if is_compact else 3
        case TaskState.DONE:
            return 2 if card.answer and not is_compact else 1
        case _ if card.needs_you:
            return _NEEDS - is_compact
        case _:
            return 1


def card_lines(
    card: Card,
    drawing: CardDrawing,
    now: float,
    *,
    selected: bool = False,
    keys: Sequence[KeyHint] = (),
    fresh: bool = False,
) -> tuple[Line, ...]:
    """Return the lines of a card as they read at a time (UTC seconds), `card_height` of them.

    `keys` are those that end what it needs, advised first; they stand on the selected card.
    `fresh` marks its sign as just changed. A view may keep the lines for as long as the card and
    its `clock_words` are the same: they depend on nothing else.
    """
    match card.state:
        case TaskState.PENDING:
            lines = _pending(card, drawing, now, fresh=fresh)
        case TaskState.IN_PROGRESS:
            lines = _running(card, drawing, now, fresh=fresh)
        case TaskState.DONE:
            lines = _done(card, drawing, now, fresh=fresh)
        case _ if card.needs_you:
            lines = _needing(card, drawing, now, keys if selected else (), fresh=fresh)
        case _:
            lines = (_parked(card, drawing, now, fresh=fresh),)
    return tuple(map(drawing.glyphs.drawn, lines[: card_height(card, drawing.size)]))


def _title(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> tuple[Span, ...]:
    sign = sign_spans(card, drawing.glyphs, now, fresh=fresh)
    return (*sign, Span(card.title, title_role(card)))


def _named(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> tuple[Line, str]:
    """Return a first line with the id where both fit, and the id where it has no room there."""
    title = _title(card, drawing, now, fresh=fresh)
    with_id = Line(title, (Span(card.id, Role.FAINT),))
    is_wide = card.title != card.id and fits_in(with_id, drawing.width)
    rest = "" if is_wide or card.title == card.id else card.id
    id_ = with_id.right if is_wide else ()
    return Line(title, id_, _faint(card.rival)), rest


def _indented(text: str, role: Role) -> tuple[Span, ...]:
    return (Span(_INDENT, Role.MUTED), Span(text, role)) if text else ()


def _faint(*words: str) -> tuple[Span, ...]:
    return tuple(Span(word, Role.FAINT) for word in words if word)


def at_end(
    before: tuple[Span, ...], text: str, role: Role, drawing: CardDrawing
) -> tuple[Span, ...]:
    """Return what is said at the end of a line, cut so that the start keeps half of it."""
    room = drawing.width - min(width_of(before), drawing.width // 2) - 1
    if not text or room < _LEAST:
        return ()
    return (Span(cut_to(text, room, drawing.glyphs.more), role),)


# -- pending


def _pending(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> tuple[Line, ...]:
    title = _title(card, drawing, now, fresh=fresh)
    cost = _faint(cost_text(card, tokens=True)) if drawing.costs else ()
    if card.wrong:
        wrong = shorter_paths(card.wrong.at(now), drawing.width - len(_INDENT))
        if drawing.size is CardSize.COMPACT:
            return (Line(title, at_end(title, wrong, Role.WARNING, drawing)),)
        return Line(title, (), (*_faint(card.rival), *cost)), Line(_indented(wrong, Role.WARNING))
    waits = f"{drawing.glyphs.needs} {card.waits_for}" if card.waits_for else ""
    return (Line(title, (), (*_faint(waits, card.rival), *cost)),)


# -- in progress


def _running(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> tuple[Line, ...]:
    first, rest = _named(card, drawing, now, fresh=fresh)
    if drawing.size is CardSize.COMPACT:
        return first, _seat_and_evidence(card, drawing, now)
    third = _evidence(card, drawing.width, now)
    named = Line(third.left, (*_faint(rest), *third.right))
    third = named if fits_in(named, drawing.width) else third
    return first, _seat(card, drawing, now), third


def _seat(card: Card, drawing: CardDrawing, now: float) -> Line:
    """Return who works on it and how far it is; what is cut first is the cost, then the model."""
    cost = _faint(cost_text(card, tokens=drawing.costs))
    full, model = _progress(card, now, "step "), _model(card)
    short = _progress(card, now, "")
    plain = _progress(card, now, None)
    seat = _indented(card.who, Role.MUTED)
    variants = [
        Line((*seat, *model, *full), cost),
        Line((*seat, *model, *full)),
        Line((*seat, *full), cost),
        Line((*seat, *short), cost),
        Line((*seat, *short)),
        Line((*seat, *plain)),
    ]
    if drawing.costs:  # asked for by a key: then it goes last
        variants = [Line((*one.left,), cost) for one in variants if one.right] + variants
    return first_that_fits(variants, drawing.width)


def _model(card: Card) -> tuple[Span, ...]:
    return (Span(f" {card.model}", Role.FAINT),) if card.model else ()


def _progress(card: Card, now: float, steps: str | None) -> tuple[Span, ...]:
    """Return the step where it is not the usual one, its time, and how much of a plan is done."""
    spans = [] if card.step == Step.RUNNING else [Span(f" {card.step}", Role.RUNNING)]
    spans.append(Span(f" {duration(now - step_begun(card))}", Role.MUTED))
    if card.plan is not None and steps is not None:
        done, total = card.plan
        spans.append(Span(f" · {steps}{done}/{total}", Role.MUTED))
    return tuple(spans)


def evidence_words(card: Card, now: float) -> tuple[Span, str]:
    """Return what was seen of a card last, and how old that is; the age is "" where it says it."""
    heard = heard_at(card)
    if is_silent(card, now):
        return Span(f"no output for {span(now - heard)}", Role.WARNING), ""
    if card.step == Step.CHECKING and card.gate:
        return Span(f"gate: {card.gate}", Role.MUTED), span(now - heard)
    if card.evidence in {"", card.step, "claimed"}:
        is_command = card.step == Step.RUNNING and card.command
        return Span(f"$ {card.command}" if is_command else "", Role.MUTED), ""
    role = Role.WARNING if card.limited else Role.MUTED
    return Span(card.evidence, role), span(now - heard)


def _evidence(card: Card, width: int, now: float) -> Line:
    words, old = evidence_words(card, now)
    if not words.text:
        return Line()
    room = width - len(_INDENT) - (len(old) + 1 if old else 0)
    return Line(_indented(shorter_paths(words.text, room), words.role), _faint(old))


def _seat_and_evidence(card: Card, drawing: CardDrawing, now: float) -> Line:
    words, old = evidence_words(card, now)
    short = (*_indented(card.who, Role.MUTED), *_progress(card, now, ""))
    room = drawing.width - sum(len(span.text) for span in short) - len(old) - 4
    if not words.text or room < len(_INDENT):
        return Line(short, _faint(cost_text(card, tokens=drawing.costs)))
    text = shorter_paths(words.text, room)
    return Line((*short, Span(" · ", Role.MUTED), Span(text, words.role)), _faint(old))


# -- done


def _done(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> tuple[Line, ...]:
    title = _title(card, drawing, now, fresh=fresh)
    cost = cost_text(card, tokens=True) if drawing.costs else ""
    changed = line_counts(card.added, card.removed)
    if card.kind == DoneKind.NO_CHANGES:
        changed = "no changes"
    facts = [(changed, cost, took_text(card)), (changed, took_text(card)), (took_text(card),)]
    if drawing.costs:
        facts.insert(1, (cost, took_text(card)))
    lines = [*(Line(title, _faint(*some)) for some in facts), Line(title)]
    first = first_that_fits(lines, drawing.width)
    first = Line(first.left, first.right, _faint(card.rival))
    answer = Role.FAINT if card.kind == DoneKind.SKIPPED else Role.MUTED
    return first, Line(_indented(card.answer, answer))


# -- blocked


def _parked(card: Card, drawing: CardDrawing, now: float, *, fresh: bool) -> Line:
    title = _title(card, drawing, now, fresh=fresh)
    cost = _faint(cost_text(card, tokens=True)) if drawing.costs else ()
    return Line(
        title, at_end(title, card.parked.at(now), Role.FAINT, drawing), (*_faint(card.rival), *cost)
    )


def _needing(
    card: Card, drawing: CardDrawing, now: float, keys: Sequence[KeyHint], *, fresh: bool
) -> tuple[Line, ...]:
    first, rest = _named(card, drawing, now, fresh=fresh)
    needs = card.needs
    if needs is None:
        return (first, *[Line()] * (_NEEDS - 1))
    room = drawing.width - len(_INDENT)
    sentence = shorter_paths(needs.sentence, room - len(needs.word) - 1)
    word = Span(f"{needs.word} ", Role.NEED_WORD)
    second = Line((Span(_INDENT, Role.MUTED), word, Span(sentence, Role.TEXT)))
    proof = shorter_paths(needs.proof, room)
    third = Line(_indented(proof, Role.ERROR if needs.is_error else Role.MUTED))
    last = whose = _whose(card, drawing, now)
    if not needs.proof:
        # Whose it is moves up, so that no line is empty between two that say something.
        third, last = whose, Line()
    if keys:
        is_told = whose is third and drawing.size is CardSize.COMFORTABLE
        last = _ways_out(keys, () if is_told else (card.who, span(now - card.since)))
    elif rest:
        last = Line(last.left, (Span(rest, Role.FAINT),))
    if drawing.size is CardSize.COMPACT:
        return first, second, last if keys and not needs.proof else third
    return first, second, third, last


def _whose(card: Card, drawing: CardDrawing, now: float) -> Line:
    """Return who worked on it, since when it waits, and which try it was."""
    words = [card.who, span(now - card.since), _try(card)]
    if drawing.costs or not words[-1]:
        words.append(cost_text(card, tokens=drawing.costs))
    return Line(_indented(" · ".join(filter(None, words)), Role.MUTED))


def _try(card: Card) -> str:
    if card.kind == BlockedKind.CONFLICT and card.attempt > 1:
        last = card.attempt % 10 if card.attempt not in {11, 12, 13} else 0
        return f"{card.attempt}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') } time"
    if card.kind in _COUNTED and card.max_attempts > 1 and card.tries:
        return f"try {min(card.tries, card.max_attempts)} of {card.max_attempts}"
    return ""


def _ways_out(keys: Sequence[KeyHint], whose: Sequence[str]) -> Line:
    spans = [Span(_INDENT, Role.MUTED)]
    for number, hint in enumerate(keys):
        gap = _INDENT if number else ""
        spans += [
            Span(f"{gap}{hint.key}", Role.KEY, hint.action),
            Span(f" {hint.word}", Role.MUTED, hint.action),
        ]
    return Line(tuple(spans), (), _faint(" · ".join(filter(None, whose))))
