"""The first lines of the board: is it moving, does it need me, when is it done, at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.ledger.model.states import RunState
from wf_tui.picture.age import span
from wf_tui.picture.usage_text import dollars

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.header import Header

__all__ = ["RunHeader", "header_spans"]

_BAR: Final = 12
"""Cells of the progress bar."""
_GOAL: Final = 16
"""Cells that the goal keeps before something else is left out."""
_THOUSAND: Final = 1000
_ROLES: Final = {
    RunState.RUNNING: Role.IN_PROGRESS,
    RunState.COMPLETED: Role.DONE,
    RunState.STALLED: Role.NEEDS_YOU,
    RunState.ABORTED: Role.BLOCKED,
    RunState.PARTIAL: Role.BLOCKED,
    RunState.PAUSED: Role.WARNING,
}


class RunHeader(LineWidget):
    """One line about the whole run."""

    COMPONENT_CLASSES: ClassVar = component_classes(
        Role.QUIET, Role.TITLE, Role.FRAME, *_ROLES.values()
    )

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="header")
        self.glyphs = glyphs
        self._header: Header | None = None

    def show(self, header: Header) -> None:
        """Show how the run is now."""
        self._header = header
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        width = self.size.width
        if self._header is None:
            return [Row((Span(" " * width, Role.QUIET),))]
        return [Row(header_spans(self._header, width, self.glyphs))]


@dataclass(frozen=True)
class _Part:
    """A part of the header; of two that do not both fit, the one with the higher `rank` goes."""

    rank: int
    spans: tuple[Span, ...]


def header_spans(header: Header, width: int, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return the header for a width in cells: the less it matters, the earlier it is left out.

    The state of the run is never left out; the goal is cut to what room there is.
    """
    parts = _parts(header, glyphs)
    while len(parts) > 1 and _GOAL + sum(width_of(part.spans) + 3 for part in parts) > width:
        parts.remove(max(parts, key=lambda part: part.rank))
    right: list[Span] = []
    for part in parts:
        if right:
            right.append(Span("   ", Role.QUIET))
        right += part.spans
    room = width - width_of(right) - 4
    goal = fitted(Line((Span(header.goal, Role.TITLE),)), max(1, room), glyphs.more)
    line = (Span(" ", Role.QUIET), *goal, Span("  ", Role.QUIET), *right, Span(" ", Role.QUIET))
    return fitted(Line(line), width, glyphs.more)


def _parts(header: Header, glyphs: GlyphSet) -> list[_Part]:
    """Return the parts from left to right."""
    parts = [
        _Part(0, (state_span(header, glyphs),)),
        _Part(2, progress_spans(header, glyphs)),
        _Part(3, (Span(f"{header.working} working", Role.QUIET),)),
    ]
    if header.need_you:
        verb = "needs" if header.need_you == 1 else "need"
        words = f"{glyphs.needs_you} {header.need_you} {verb} you"
        parts.append(_Part(1, (Span(words, Role.NEEDS_YOU),)))
    if header.phase:
        parts.append(_Part(7, (Span(header.phase, Role.QUIET),)))
    if usage := usage_words(header):
        parts.append(_Part(5, (Span(usage, Role.QUIET),)))
    parts.append(_Part(6, (Span(clock_time(header.elapsed), Role.QUIET),)))
    if header.left is not None:
        parts.append(_Part(4, (Span(f"~{span(header.left)} left", Role.QUIET),)))
    return parts


def state_span(header: Header, glyphs: GlyphSet) -> Span:
    """Return the state of a run with its sign: it is never told by colour alone."""
    match header.state:
        case RunState.RUNNING:
            glyph = glyphs.go
        case RunState.COMPLETED:
            glyph = glyphs.done
        case state if state.ended:
            glyph = glyphs.blocked
        case _:
            glyph = glyphs.stop
    return Span(f"{glyph} {header.state}", _ROLES[header.state])


def progress_spans(header: Header, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return the bar of what is done, and the figures; a run without tasks is done."""
    full, tip, empty = tuple(glyphs.bar)
    # Rounded down, so that the bar is full only when all is done.
    filled = _BAR * header.done // header.total if header.total else _BAR
    rest = tip + empty * (_BAR - filled - 1) if filled < _BAR else ""
    return (
        Span(full * filled, Role.DONE),
        Span(rest, Role.FRAME),
        Span(f" {header.done}/{header.total}", Role.TITLE),
    )


def usage_words(header: Header) -> str:
    """Return tokens, and dollars next to their limit, as far as they are known; else ""."""
    usage, limit = header.usage, header.budget
    words = []
    if usage.input_tokens is not None or usage.output_tokens is not None:
        words.append(f"{short_number(usage.tokens)} tok")
    if limit.tokens is not None:
        words.append(f"of {short_number(limit.tokens)}")
    # Where somebody has told nothing, it is more than that.
    least = ">=" if usage.unknown else ""
    if usage.cost_microusd is not None:
        words.append(f"{least}{dollars(usage.cost_microusd)}")
    if limit.cost_microusd is not None:
        words.append(f"of {dollars(limit.cost_microusd)}")
    return " ".join(words)


def clock_time(seconds: float) -> str:
    """Return a length of time as a clock shows it: `0:07`, `12:04`, `1:02:09`."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def short_number(number: int) -> str:
    """Return a number in three or four characters: `950`, `12k`, `1.2M`."""
    if number < _THOUSAND:
        return str(number)
    if number < _THOUSAND * _THOUSAND:
        return f"{number / _THOUSAND:.0f}k"
    return f"{number / _THOUSAND / _THOUSAND:.1f}M"
