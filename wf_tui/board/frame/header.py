"""The first line of every screen: is it moving, does it need me, when is it done, at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.states import RunState
from wf_tui.picture.age import duration, span
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars

if TYPE_CHECKING:
    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.header import Header

__all__ = ["RunHeader", "header_spans"]

SHORT_BELOW: Final = 107
"""Columns below which words are left out that the figures can do without."""
_TOKENS_FROM: Final = 150
"""Columns from which on tokens are shown."""
_GOAL: Final = 16
"""Cells that the goal keeps, at least, before a figure is left out."""
_GOAL_PART: Final = 5
"""The part of the width that the goal keeps, where that is more."""
_NEAR: Final = 0.8
"""The part of a budget from which on it warns."""
_NEED, _COST = "view.next_need", "view.cost"
"""What a click on ◆ and on the money does."""


@dataclass(frozen=True)
class _Room:
    """What there is room for; in this order it is given up where it is narrow."""

    tokens: bool = True
    budget: bool = True
    seats: bool = True
    left: bool = True
    elapsed: bool = True
    money: bool = True
    words: bool = True
    """Whether figures have a word behind them; this goes by the width alone."""


_LESS: Final = ("tokens", "budget", "seats", "left", "elapsed", "money")


class RunHeader(LineWidget):
    """One line about the whole run; its ◆ leads to what needs the person, its money shows costs."""

    at_once = True

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="header")
        self.glyphs = glyphs
        self._header: Header | None = None
        self._as_of = ""

    def show(self, header: Header, as_of: str = "") -> None:
        """Show how the run is now, or how it was at a time of day, `as_of`."""
        if (header, as_of) != (self._header, self._as_of):
            self._header, self._as_of = header, as_of
            self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        width = self.size.width
        if self._header is None:
            return [Row((Span(" " * width, Role.MUTED),))]
        return [Row(header_spans(self._header, width, self.glyphs, self._as_of))]

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked."""
        if action := self.hit_at(event.x):
            self.post_message(ActionChosen(action))


def header_spans(header: Header, width: int, glyphs: GlyphSet, as_of: str = "") -> tuple[Span, ...]:
    """Return the header for a width in cells: the less it matters, the earlier it is left out.

    What needs the person, the state and what is done never are; the goal is cut to what is left,
    but loses its last sixteen cells after all that can be left out.
    """
    words = width >= SHORT_BELOW
    room = dict.fromkeys(("budget", "seats"), words) | {"tokens": width >= _TOKENS_FROM}
    goal = min(cell_len(header.goal), max(_GOAL, width // _GOAL_PART))
    for name in ("", *_LESS):
        if name:
            room[name] = False
        left, right = _sides(header, glyphs, _Room(**room, words=words), as_of)
        if goal + width_of(left) + width_of(right) + 2 <= width:
            break
    most = max(1, width - width_of(left) - width_of(right) - 2)
    title = Line((Span(header.goal, Role.TITLE),))
    shown = fitted(title, min(most, cell_len(header.goal)), glyphs.more)
    blank = Span(" " * max(0, most - width_of(shown)), Role.MUTED)
    edge = Span(" ", Role.MUTED)
    line = Line((edge, *shown, *left, blank, *right, edge))
    return fitted(line, width, glyphs.more)


def _sides(
    header: Header, glyphs: GlyphSet, room: _Room, as_of: str
) -> tuple[list[Span], list[Span]]:
    """Return what stands behind the goal, and what at the right end."""
    gap = Span(" " * (3 if room.words else 2), Role.MUTED)
    left = [gap, *_state(header, glyphs, room)]
    if header.need_you:
        verb = "needs" if header.need_you == 1 else "need"
        words = f"{glyphs.needs_you} {header.need_you} {verb} you"
        left += [gap, Span(words, Role.NEED, _NEED)]
    figures = (
        _done(header, room),
        _tokens(header, room),
        _money(header, glyphs, room),
        [Span(duration(header.elapsed), Role.MUTED)] if room.elapsed else [],
        _ending(header, glyphs, room, as_of),
    )
    right = [gap]
    for figure in filter(None, figures):
        if len(right) > 1:
            right.append(gap)
        right += figure
    return left, right


def _state(header: Header, glyphs: GlyphSet, room: _Room) -> list[Span]:
    """Return the state of a run with its sign: it is never told by colour alone."""
    match header.state:
        case RunState.RUNNING if header.scheduler_alive:
            seats = f" of {header.jobs} working" if room.seats else ""
            return [Span(glyphs.go, Role.RUNNING), Span(f" {header.working}{seats}", Role.MUTED)]
        case RunState.RUNNING:
            return [Span(f"{glyphs.stop} no scheduler", Role.WARNING)]
        case RunState.COMPLETED:
            return [Span(f"{glyphs.done} {header.state}", Role.DONE)]
        case state if state.ended:
            return [Span(f"{glyphs.cancelled} {state}", Role.WARNING)]
        case state:
            return [Span(f"{glyphs.stop} {state}", Role.WARNING)]


def _done(header: Header, room: _Room) -> list[Span]:
    word = " done" if room.words else ""
    return [Span(str(header.done), Role.TITLE), Span(f"/{header.total}{word}", Role.MUTED)]


def _tokens(header: Header, room: _Room) -> list[Span]:
    """Return the tokens as far as they are known; unknown is not nothing."""
    usage = header.usage
    if not room.tokens or (usage.input_tokens is None and usage.output_tokens is None):
        return []
    most = header.budget.tokens
    limit = f" of {count_words(most)}" if most is not None and room.budget else ""
    return [Span(f"{count_words(usage.tokens)}{limit} tokens", Role.MUTED)]


def _money(header: Header, glyphs: GlyphSet, room: _Room) -> list[Span]:
    """Return what was spent of what may be; where somebody has told nothing, it is more."""
    spent, most = header.usage.cost_microusd, header.budget.cost_microusd
    if not room.money or (spent is None and most is None):
        return []
    is_near = most is not None and (spent or 0) >= _NEAR * most
    least = glyphs.least if header.usage.unknown else ""
    role = Role.WARNING if is_near else Role.TITLE
    spans = [Span(least + dollars(spent or 0), role, _COST)]
    if most is not None and room.budget:
        spans.append(Span(f" of {dollars(most).removesuffix('.00')}", Role.MUTED, _COST))
    return spans


def _ending(header: Header, glyphs: GlyphSet, room: _Room, as_of: str) -> list[Span]:
    """Return the least time that is left, or at which time it looked so; the latter always."""
    if as_of:
        return [Span(f"as of {as_of}", Role.WARNING)]
    if header.left is None or not room.left:
        return []
    word = " left" if room.words else ""
    return [Span(f"{glyphs.least}{span(header.left)}{word}", Role.MUTED)]
