"""A card as three lines of text: what it is, why it is where it is, and what was seen last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.age import span

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card

__all__ = ["HEIGHT", "card_lines"]

HEIGHT: Final = 3
"""Lines of a card."""
_SILENT_AFTER: Final = 60.0
"""Seconds without output after which a card says so."""


def card_lines(card: Card, signs: GlyphSet, now: float) -> tuple[Line, Line, Line]:
    """Return the lines of a card as they read at a time (UTC seconds)."""
    role = Role.NEEDS_YOU if card.needs_you else Role(card.state)
    title = Line((Span(f"{signs.of(card)} ", role), Span(card.title or card.id, Role.TITLE)))
    second, third = _rest(card, role, now)
    return title, second, Line(third.left, third.right, _badges(card))


def _rest(card: Card, role: Role, now: float) -> tuple[Line, Line]:
    match card.state:
        case TaskState.PENDING:
            return _pending(card)
        case TaskState.IN_PROGRESS:
            return _in_progress(card, now)
        case TaskState.DONE:
            return _done(card, now)
        case _:
            return _blocked(card, role, now)


def _pending(card: Card) -> tuple[Line, Line]:
    words = [f"P{card.priority}"] if card.priority else []
    words += [card.role, *([f"for {card.pinned}"] if card.pinned else [])]
    return _line(card.why, Role.QUIET), _line("  ".join(filter(None, words)), Role.QUIET)


def _in_progress(card: Card, now: float) -> tuple[Line, Line]:
    since = card.step_at if card.step_at is not None else card.since
    step = Line((Span(f"  {card.who}  ", Role.QUIET), Span(card.step, Role.IN_PROGRESS)))
    step = Line((*step.left, Span(f" {span(now - since)}", Role.QUIET)))
    heard = card.evidence_at if card.evidence_at is not None else since
    if card.step == "running" and now - heard >= _SILENT_AFTER:
        return step, _line(f"no output {span(now - heard)}", Role.WARNING)
    if card.evidence in {"", card.step}:
        return step, _line("", Role.QUIET)
    return step, Line(
        (Span(f"  {card.evidence}", Role.QUIET),), (Span(span(now - heard), Role.QUIET),)
    )


def _done(card: Card, now: float) -> tuple[Line, Line]:
    changed = card.why if card.why.startswith("+") else (card.commit or "")[:8]
    words = [card.kind.replace("_", " "), changed]
    how = _line("  ".join(filter(None, words)), Role.DONE)
    return how, _line(_who_and_when(card, now), Role.QUIET)


def _blocked(card: Card, role: Role, now: float) -> tuple[Line, Line]:
    kind = card.kind.replace("_", " ")
    same = not card.why or card.why.startswith(kind)
    word = Span(f"  {kind}", role)
    why = _line(card.why or kind, role) if same else Line((word, Span(f": {card.why}", Role.QUIET)))
    return why, _line(_who_and_when(card, now), Role.QUIET)


def _who_and_when(card: Card, now: float) -> str:
    return "  ".join(filter(None, [card.who, f"{span(now - card.since)} ago"]))


def _line(text: str, role: Role) -> Line:
    return Line((Span(f"  {text}", role),)) if text else Line()


def _badges(card: Card) -> tuple[Span, ...]:
    """Return what is small but good to know, what matters most first."""
    words = []
    if card.state == TaskState.DONE:
        words += [f"attempt {card.attempt}"] if card.attempt > 1 else []
    else:
        trying = card.tries + (card.state != TaskState.BLOCKED)
        words += [f"{min(trying, card.max_attempts)}/{card.max_attempts}"] if card.tries else []
        words += ["gate"] if card.has_gate else []
        words += ["scope"] if card.scope else []
    return tuple(Span(word, Role.BADGE) for word in words)
