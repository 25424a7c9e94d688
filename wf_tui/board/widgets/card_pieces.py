"""The pieces that lines of cards are made of: titles, paths and figures, as there is room."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from wf_tui.board.widgets.line import Line, Look, Role, Span, width_of
from wf_tui.ledger.model.states import Step, TaskState
from wf_tui.picture.age import duration, span
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card

__all__ = [
    "SILENT_AFTER",
    "clock_words",
    "cost_text",
    "cut_to",
    "first_that_fits",
    "fits_in",
    "is_silent",
    "shorter_paths",
    "sign_spans",
    "title_role",
]

SILENT_AFTER: Final = 60.0
"""Seconds without output after which a card says so."""
_PATH: Final = re.compile(r"[^\s“”\"',:()]*/[^\s“”\"',:()]+")
"""A word that is a path, without what stands around it."""


def sign_spans(card: Card, glyphs: GlyphSet, now: float, *, fresh: bool) -> tuple[Span, ...]:
    """Return the sign of a card and a space; on a ground of its own where it has just changed."""
    look = Look.CHANGED if fresh else Look.PLAIN
    return Span(glyphs.of(card), _sign_role(card, now), look=look), Span(" ", Role.MUTED)


def _sign_role(card: Card, now: float) -> Role:
    match card.state:
        case TaskState.PENDING:
            return Role.TEXT if card.ready else Role.MUTED
        case TaskState.IN_PROGRESS:
            return Role.WARNING if card.limited or is_silent(card, now) else Role.RUNNING
        case TaskState.DONE:
            return Role.DONE
        case _:
            return Role.NEED if card.needs_you else Role.MUTED


def title_role(card: Card) -> Role:
    """Return how heavy a title is: as much as the card needs somebody."""
    match card.state:
        case TaskState.PENDING:
            return Role.TEXT if card.ready else Role.MUTED
        case TaskState.IN_PROGRESS:
            return Role.TITLE
        case TaskState.DONE:
            return Role.MUTED
        case _:
            return Role.TITLE if card.needs_you else Role.MUTED


def is_silent(card: Card, now: float) -> bool:
    """Whether a program runs, and has said nothing for a minute; other steps are silent anyway."""
    return card.step == "running" and now - heard_at(card) >= SILENT_AFTER


def heard_at(card: Card) -> float:
    """Return when something was heard of a card last, in UTC seconds."""
    if card.evidence_at is not None:
        return card.evidence_at
    return card.step_at if card.step_at is not None else card.since


def clock_words(card: Card, now: float) -> tuple[str | bool, ...]:
    """Return all that any line of a card says of the time, `now` in UTC seconds.

    While these are the same its lines read the same, so a view keeps the lines by them, and asks
    once a second for each card in view. Whoever lets a line say more of the time says it here, too.
    """
    match card.state:
        case TaskState.PENDING:
            return (card.wrong.at(now),)
        case TaskState.IN_PROGRESS:
            age, step = duration(now - card.since), duration(now - step_begun(card))
            return age, step, span(now - heard_at(card)), is_silent(card, now)
        case TaskState.DONE:
            return (span(now - card.since),)
        case _:
            return span(now - card.since), card.parked.at(now)


def step_begun(card: Card) -> float:
    """Return since when, in UTC seconds, a card is in its step; a program, since its claim."""
    if card.step == Step.RUNNING or card.step_at is None:
        return card.since
    return card.step_at


def cost_text(card: Card, *, tokens: bool) -> str:
    """Return what a card has cost, with `tokens` these, too; "" where nobody has told."""
    words = [f"{count_words(card.tokens)} tok"] if tokens and card.tokens is not None else []
    if card.cost_microusd is not None:
        words.append(dollars(card.cost_microusd))
    return " ".join(words)


def took_text(card: Card) -> str:
    """Return how long the last attempt of a card took; "" where it had none."""
    return "" if card.took is None else duration(card.took)


def shorter_paths(text: str, width: int) -> str:
    """Return a text with as many of its paths cut at the front as it takes to fit, if it does.

    What says most of a path is its end: `…/token_store.py`. The longest is cut first.
    """
    for path in sorted(_PATH.findall(text), key=len, reverse=True):
        if cell_len(text) <= width:
            break
        head, _, last = path.rstrip("/").rpartition("/")
        if head and len(head) > 1:
            text = text.replace(path, f"…/{last}", 1)
    return text


def cut_to(text: str, width: int, more: str) -> str:
    """Return a text in at most so many cells, with `more` at its end where it is cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + more


def first_that_fits(lines: Iterable[Line], width: int) -> Line:
    """Return the first line of which nothing has to be cut, else the last one."""
    line = Line()
    for line in lines:
        if fits_in(line, width):
            break
    return line


def fits_in(line: Line, width: int) -> bool:
    """Whether nothing of a line has to be cut; what it has to spare does not count."""
    right = sum(width_of((span,)) + 1 for span in line.right)
    return width_of(line.left) + right <= width
