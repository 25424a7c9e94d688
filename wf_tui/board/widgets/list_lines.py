"""The lines of the list and of what stands between cards: a task a line, groups, ghosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from wf_tui.board.widgets.card_lines import evidence_words
from wf_tui.board.widgets.card_pieces import (
    cost_text,
    cut_to,
    shorter_paths,
    sign_spans,
    title_role,
)
from wf_tui.board.widgets.glyph_sets import WORDS
from wf_tui.board.widgets.line import Line, Role, Span, width_of
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState
from wf_tui.picture.age import duration, span
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars, line_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.widgets.card_lines import CardDrawing, KeyHint
    from wf_tui.picture.card import Card
    from wf_tui.picture.group_titles import GroupTitle

__all__ = [
    "SIMILAR_HEIGHT",
    "at_right",
    "filled",
    "ghost_line",
    "group_line",
    "in_column",
    "list_line",
    "section_line",
    "similar_lines",
    "task_words",
]

SIMILAR_HEIGHT: Final = 2
"""Lines of a card that stands for several alike."""
_WORDS_FROM: Final = 56
"""Cells from which a line has words, below only title and age."""
_SEAT_FROM: Final = 72
_ALL_FROM: Final = 108
_AGE, _SEAT, _ID, _MODEL, _TOKENS, _COST = 6, 11, 13, 10, 6, 7
_NARROW_TITLE: Final = 0.38
_WIDE_TITLE: Final = 0.26
_SAID: Final = 32
"""Cells for which a ghost gives away its title."""
_TIMES: Final = "\N{MULTIPLICATION SIGN}"


def list_line(card: Card, drawing: CardDrawing, now: float, *, fresh: bool = False) -> Line:
    """Return a task as a line: title, words, seat and age, in columns that follow the width."""
    width = drawing.width
    sign = sign_spans(card, drawing.glyphs, now, fresh=fresh)
    ends = _ends(card, drawing, now)
    rest = width - width_of(sign) - width_of(ends)
    if width < _WORDS_FROM:
        spans = (*sign, in_column(card.title, rest, title_role(card), drawing), *ends)
        return drawing.glyphs.drawn(Line(spans))
    share = _WIDE_TITLE if width >= _ALL_FROM and drawing.figures else _NARROW_TITLE
    room = max(12, int(width * share))
    title = in_column(card.title, room, title_role(card), drawing)
    words = filled(task_words(card, now, rest - room - 1), rest - room, drawing)
    return drawing.glyphs.drawn(Line((*sign, title, *words, *ends)))


def _ends(card: Card, drawing: CardDrawing, now: float) -> tuple[Span, ...]:
    """Return the columns at the right, each as wide as in all lines."""
    width, columns = drawing.width, []
    if width >= _ALL_FROM:
        tokens = "" if card.tokens is None else count_words(card.tokens)
        cost = "" if card.cost_microusd is None else dollars(card.cost_microusd)
        seat = (card.who, _SEAT, Role.MUTED)
        columns = [(card.id, _ID, Role.FAINT), seat]
        if drawing.figures:
            columns.insert(1, (card.model, _MODEL, Role.FAINT))
            columns += [(tokens, _TOKENS, Role.FAINT), (cost, _COST, Role.FAINT)]
    elif drawing.costs:
        columns.append((cost_text(card, tokens=False), _COST, Role.FAINT))
    elif width >= _SEAT_FROM:
        columns.append((card.who, _SEAT, Role.MUTED))
    columns.append((_age(card, now), _AGE, Role.FAINT))
    return tuple(at_right(text, room, role, drawing) for text, room, role in columns)


def _age(card: Card, now: float) -> str:
    if card.state == TaskState.IN_PROGRESS:
        return duration(now - card.since)
    # Of what has not begun nobody asks how long.
    return "" if card.state == TaskState.PENDING else span(now - card.since)


def task_words(card: Card, now: float, width: int) -> tuple[Span, ...]:
    """Return what a card says in one line, the same as its lines on the board."""
    match card.state:
        case TaskState.PENDING if card.wrong:
            return (Span(shorter_paths(card.wrong.at(now), width), Role.WARNING),)
        case TaskState.PENDING:
            text = f"← {card.waits_for}" if card.waits_for else card.phase
            return (Span(text, Role.FAINT),)
        case TaskState.IN_PROGRESS:
            words, _ = evidence_words(card, now)
            if not words.text:
                return (Span(card.step, Role.RUNNING),)
            return (Span(shorter_paths(words.text, width), words.role),)
        case TaskState.DONE:
            return (Span(_done_words(card), Role.MUTED),)
        case _ if card.needs is not None:
            return _needs(card, width)
        case _:
            return (Span(card.parked.at(now), Role.FAINT),)


def _done_words(card: Card) -> str:
    if card.answer:
        return card.answer
    if card.kind != DoneKind.MERGED:
        return card.kind.replace("_", " ")
    return f"merged {line_counts(card.added, card.removed)}".rstrip()


def _needs(card: Card, width: int) -> tuple[Span, ...]:
    """Return the word of its kind, then the proof of a failure, else the sentence."""
    needs = card.needs
    if needs is None:
        return ()
    # Which file is missing says more than the last line of who did not write it.
    is_failure = needs.is_error and needs.proof and card.kind != BlockedKind.DELIVERABLE
    text, role = (needs.proof, Role.ERROR) if is_failure else (needs.sentence, Role.TEXT)
    text = shorter_paths(text, width - len(needs.word) - 1)
    return Span(f"{needs.word} ", Role.NEED_WORD), Span(text, role)


def in_column(text: str, width: int, role: Role, drawing: CardDrawing) -> Span:
    """Return a text in exactly so many cells, the last one a space."""
    cut = cut_to(text, max(0, width - 1), drawing.glyphs.more)
    return Span(set_cell_size(cut, max(0, width)), role)


def at_right(text: str, width: int, role: Role, drawing: CardDrawing) -> Span:
    """Return a text at the right of exactly so many cells, the first one a space."""
    cut = cut_to(text, width - 1, drawing.glyphs.more)
    return Span(" " * (width - cell_len(cut)) + cut, role)


def filled(spans: tuple[Span, ...], width: int, drawing: CardDrawing) -> tuple[Span, ...]:
    """Return pieces in exactly so many cells."""
    out: list[Span] = []
    left = max(0, width)
    for piece in spans:
        text = cut_to(piece.text, left, drawing.glyphs.more) if left else ""
        out.append(Span(text, piece.role))
        left -= cell_len(text)
    return (*out, Span(" " * left, Role.MUTED))


# -- between the cards


def group_line(title: GroupTitle, drawing: CardDrawing, *, folded: bool = False) -> Line:
    """Return the header of a group in a column; one that has finished says what it took and cost.

    How many of a phase there are in all is said of those of which some are elsewhere.
    """
    glyphs = drawing.glyphs
    left = [Span(f"{glyphs.folded if folded else glyphs.opened} ", Role.FAINT)]
    if title.finished and folded:
        left.append(Span(f"{glyphs.done} ", Role.DONE))
    left += [Span(title.name, Role.MUTED), Span(f" {_count(title)}", Role.FAINT)]
    facts = []
    if folded and title.took is not None:
        facts.append(Span(span(title.took), Role.FAINT))
    if folded and title.cost_microusd is not None:
        facts.append(Span(dollars(title.cost_microusd), Role.FAINT))
    return glyphs.drawn(Line(tuple(left), (), tuple(facts)))


def section_line(title: GroupTitle, drawing: CardDrawing, *, folded: bool = False) -> Line:
    """Return the header of a group of the list, with a rule to the end of the line."""
    glyphs = drawing.glyphs
    role = Role.NEED if title.needs else Role.LABEL
    sign, role = (f"{glyphs.folded} ", Role.MUTED) if folded else ("", role)
    words = Span(f"{sign}{title.name} {_count(title)} ", role)
    rest = max(0, drawing.width - cell_len(words.text))
    return glyphs.drawn(Line((words, Span(glyphs.rule * rest, Role.RULE))))


def _count(title: GroupTitle) -> str:
    of = "" if title.of in {None, title.count} else f" of {title.of}"
    return f"{title.count}{of}"


def ghost_line(card: Card, how: str, drawing: CardDrawing, now: float) -> Line:
    """Return what stands where a task was: where it went, and `how`, as `kimi-2, answered “yes”`.

    Where the filter hides it, `how` is all that is said.
    """
    where = WORDS[TaskState(card.state)].lower()
    if card.parked:
        # Who worked on it last has nothing to do with why it lies there.
        where, how = card.parked.at(now), how if how.startswith("hidden") else ""
    said = f" ({how})" if how and not how.startswith("hidden") else ""
    words = how if how.startswith("hidden") else where
    sign = sign_spans(card, drawing.glyphs, now, fresh=False)
    title = Span(card.title, Role.MUTED)
    end = f"{drawing.glyphs.becomes} {words}"
    # What became of it is what one looks for there, so that the title is cut, not this.
    room = max(8, drawing.width - width_of(sign) - cell_len(end) - 1 - min(cell_len(said), _SAID))
    title = Span(cut_to(card.title, room, drawing.glyphs.more), Role.MUTED)
    spans = (*sign, title, Span(f" {end}", Role.RUNNING), Span(said, Role.MUTED))
    return drawing.glyphs.drawn(Line(spans, (), (Span(card.id, Role.FAINT),)))


def _alike(card: Card) -> tuple[Span, ...]:
    """Return what cards have in common: how they failed, and the proof of it."""
    needs = card.needs
    if needs is None:
        return ()
    if card.kind == BlockedKind.FAILED:
        return Span(f"{card.why}: ", Role.NEED_WORD), Span(needs.proof, Role.ERROR)
    if card.kind == BlockedKind.DELIVERABLE:
        return Span(f"{needs.word} ", Role.NEED_WORD), Span(needs.sentence, Role.TEXT)
    return Span(f"{needs.word} ", Role.NEED_WORD), Span(needs.proof or needs.sentence, Role.ERROR)


def similar_lines(
    cards: Sequence[Card],
    count: int,
    drawing: CardDrawing,
    *,
    selected: bool = False,
    keys: Sequence[KeyHint] = (),
) -> tuple[Line, ...]:
    """Return a card that stands for `count` alike, of which `cards` are the first ones."""
    first = Line(
        (
            Span(f"{drawing.glyphs.needs_you} ", Role.NEED),
            Span(f"{count} {_TIMES} ", Role.TITLE),
            *(_alike(cards[0]) if cards else ()),
        )
    )
    second = Line((Span(f"  {', '.join(card.title for card in cards)}", Role.MUTED),))
    if selected and keys:
        hints = [
            piece
            for hint in keys
            for piece in (
                Span(f"  {hint.key}", Role.KEY, hint.action),
                Span(f" {hint.word}", Role.MUTED, hint.action),
            )
        ]
        second = Line(tuple(hints))
    return drawing.glyphs.drawn(first), drawing.glyphs.drawn(second)
