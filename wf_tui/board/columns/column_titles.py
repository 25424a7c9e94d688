"""The titles of the columns: above each, as signs beside the pane, and as tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Line, Role, Span, fitted, width_of
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.group_titles import GroupTitle

__all__ = ["count_words", "glyph_tabs", "tab_rows", "title_row"]

_BETWEEN_TABS: Final = 3
_HEAVY: Final = "━"


def count_words(title: GroupTitle, *, short: bool = False) -> str:
    """Return how many cards a column has: `3`, with a filter `1 of 3`, in progress `3 of 8`."""
    if title.of is None:
        return str(title.count)
    return f"{title.count}{'/' if short else ' of '}{title.of}"


def title_row(title: GroupTitle, width: int, glyphs: GlyphSet, *, lit: bool) -> tuple[Span, ...]:
    """Return name and count of a column and a rule, heavy and lit where the keys are for it."""
    spans = _named(title, glyphs, lit=lit)
    return _with_rule(spans, width, glyphs, lit=lit)


def glyph_tabs(
    titles: Mapping[TaskState, GroupTitle], current: TaskState, width: int, glyphs: GlyphSet
) -> tuple[Span, ...]:
    """Return the columns in one line: the current one by its name, the others by their signs."""
    signs = {
        TaskState.PENDING: glyphs.pending,
        TaskState.IN_PROGRESS: glyphs.in_progress,
        TaskState.DONE: glyphs.done,
        TaskState.BLOCKED: glyphs.blocked,
    }
    spans: list[Span] = []
    for state, title in titles.items():
        if spans:
            spans.append(Span(" " * _BETWEEN_TABS, Role.RULE))
        if state is current:
            spans += _named(title, glyphs, lit=True)
            continue
        sign = glyphs.needs_you if title.needs else signs[state]
        role = Role.NEED if title.needs else Role.MUTED
        spans.append(Span(f"{sign} {title.needs or title.count}", role, state.value))
    return _with_rule(tuple(spans), width, glyphs, lit=True)


def tab_rows(
    titles: Mapping[TaskState, GroupTitle], current: TaskState, width: int, glyphs: GlyphSet
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the tabs of the columns, and the rule below them, heavy below the current one."""
    spans: list[Span] = [Span(" ", Role.RULE)]
    start = end = 0
    for state, title in titles.items():
        if len(spans) > 1:
            spans.append(Span(" " * _BETWEEN_TABS, Role.RULE))
        named = _named(title, glyphs, lit=state is current, short=True)
        if state is current:
            start, end = width_of(spans), width_of(spans) + width_of(named)
        spans += [Span(one.text, one.role, state.value) for one in named]
    light = glyphs.rule
    rule = (
        Span(f" {light * (start - 1)}", Role.RULE),
        Span(glyphs.heavy * (end - start), Role.FOCUS),
        Span(f"{light * (width - end - 1)} ", Role.RULE),
    )
    return fitted(Line(tuple(spans)), width, glyphs.more), rule


def _named(
    title: GroupTitle, glyphs: GlyphSet, *, lit: bool, short: bool = False
) -> tuple[Span, ...]:
    words = count_words(title, short=short)
    spans = (
        Span(title.name, Role.FOCUS if lit else Role.TITLE),
        Span(f" {words}", Role.FOCUS if lit else Role.MUTED),
    )
    if not title.needs:
        return spans
    return (*spans, Span(" ", Role.RULE), Span(f"{glyphs.needs_you}{title.needs}", Role.NEED))


def _with_rule(
    spans: tuple[Span, ...], width: int, glyphs: GlyphSet, *, lit: bool
) -> tuple[Span, ...]:
    left = max(0, width - width_of(spans) - 1)
    across = glyphs.heavy if lit else glyphs.rule
    rule = Span(f" {across * left}", Role.FOCUS if lit else Role.RULE)
    return fitted(Line((*spans, rule)), width, glyphs.more)
