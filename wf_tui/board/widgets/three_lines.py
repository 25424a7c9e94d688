"""A card as three lines of text: what it is, why it is where it is, and what was seen last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.age import span

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card

__all__ = ["HEIGHT", "card_lines", "progress_bar"]

HEIGHT: Final = 3
"""Lines of a card."""
_BAR: Final = 8
"""Cells of the bar of one card."""
_ROLES: Final = {
    TaskState.PENDING: Role.TEXT,
    TaskState.IN_PROGRESS: Role.RUNNING,
    TaskState.DONE: Role.DONE,
    TaskState.BLOCKED: Role.MUTED,
}
_SILENT_AFTER: Final = 60.0
"""Seconds without output after which a card says so."""


def card_lines(
    card: Card, glyphs: GlyphSet, now: float, progress: float | None = None
) -> tuple[Line, Line, Line]:
    """Return the lines of a card as they read at a time (UTC seconds).

    `progress` is how far it is, from 0 to 1; None where nothing says so.

    The texts of a card were made safe by the picture. A column keeps the lines for a revision of
    the card and a whole second, so they must not depend on anything else.
    """
    role = Role.NEED if card.needs_you else _ROLES[TaskState(card.state)]
    name = Role.QUIET if card.lost else Role.TITLE
    title = Line((Span(f"{glyphs.of(card)} ", role), Span(card.title or card.id, name)))
    match card.state:
        case TaskState.PENDING:
            second, third = pending_lines(card)
        case TaskState.IN_PROGRESS:
            second, third = in_progress_lines(card, now)
            second = Line(second.left, progress_bar(progress, glyphs))
        case TaskState.DONE:
            second, third = done_lines(card, now)
        case _:
            second, third = blocked_lines(card, role, now)
    return title, second, Line(third.left, third.right, badges(card))


def pending_lines(card: Card) -> tuple[Line, Line]:
    """Return why a card waits, and what it will be given to."""
    priority = f"P{card.priority}" if card.priority else ""
    pinned = f"for {card.pinned}" if card.pinned else ""
    return _indented(card.why, Role.QUIET), _joined(Role.QUIET, priority, card.role, pinned)


def in_progress_lines(card: Card, now: float) -> tuple[Line, Line]:
    """Return who is at which step for how long, and what was seen last of it."""
    since = card.step_at if card.step_at is not None else card.since
    plan = "" if card.plan is None else f"  {card.plan[0]}/{card.plan[1]}"
    step = Line(
        (
            Span(f"  {card.who}  ", Role.QUIET),
            Span(card.step, Role.IN_PROGRESS),
            Span(f" {span(now - since)}{plan}", Role.QUIET),
        )
    )
    heard = card.evidence_at if card.evidence_at is not None else since
    # Only a program that runs is expected to print; the other steps are silent by nature.
    silent = card.step == "running" and now - heard >= _SILENT_AFTER
    has_words = card.evidence not in {"", card.step}
    # An agent may be at one tool for long: what it said it does tells more than that it is silent.
    if silent and not (card.is_agent and has_words):
        return step, _indented(f"no output {span(now - heard)}", Role.WARNING)
    if not has_words:
        return step, Line()
    age = Span(span(now - heard), Role.WARNING if silent else Role.QUIET)
    return step, Line((Span(f"  {card.evidence}", Role.QUIET),), (age,))


def progress_bar(progress: float | None, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return a bar of how far a card is; none where nothing says so."""
    if progress is None:
        return ()
    full, tip, empty = tuple(glyphs.bar)
    filled = int(_BAR * progress)
    # What is done and what is left is one piece each: between two pieces there would be a space.
    rest = tip + empty * (_BAR - filled - 1) if filled < _BAR else ""
    return (Span(full * filled + rest, Role.IN_PROGRESS),)


def done_lines(card: Card, now: float) -> tuple[Line, Line]:
    """Return how it was done with what change, and by whom."""
    # What was merged has its counts as its reason; what was done otherwise has at most a commit.
    changed = card.why if card.why.startswith("+") else (card.commit or "")[:8]
    if card.lost:
        return _joined(Role.QUIET, "skipped:", card.why), _who_and_when(card, now)
    return _joined(Role.DONE, card.kind.replace("_", " "), changed), _who_and_when(card, now)


def blocked_lines(card: Card, role: Role, now: float) -> tuple[Line, Line]:
    """Return what kind of block it is and why, and whose attempt it was; `role` is its colour."""
    kind = card.kind.replace("_", " ")
    if card.questions > 1:
        kind = f"{card.questions} questions"
    # A reason that begins with its kind is not told twice.
    if not card.why or card.why.startswith(kind):
        why = _indented(card.why or kind, role)
    else:
        why = Line((Span(f"  {kind}", role), Span(f": {card.why}", Role.QUIET)))
    return why, _who_and_when(card, now)


def _who_and_when(card: Card, now: float) -> Line:
    return _joined(Role.QUIET, card.who, f"{span(now - card.since)} ago")


def _joined(role: Role, *words: str) -> Line:
    return _indented("  ".join(filter(None, words)), role)


def _indented(text: str, role: Role) -> Line:
    return Line((Span(f"  {text}", role),)) if text else Line()


def badges(card: Card) -> tuple[Span, ...]:
    """Return what is small but good to know, what matters most first.

    They stand at the right end of the last line, as many as there is room for.
    """
    words = [word for word in (card.rival, card.used) if word]
    if card.state == TaskState.DONE:
        if card.attempt > 1:
            words.append(f"attempt {card.attempt}")
    else:
        if card.tries:
            # A blocked task has used its tries; any other one is at the next.
            trying = card.tries if card.state == TaskState.BLOCKED else card.tries + 1
            words.append(f"{min(trying, card.max_attempts)}/{card.max_attempts}")
        if card.has_gate:
            words.append("gate")
        if card.scope:
            words.append("scope")
    return tuple(Span(word, Role.BADGE) for word in words)
