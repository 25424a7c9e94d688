"""The strip below the header of the board: each phase with what became of its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.messages import PhaseChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.picture.strip import Segment, bar_cells, lay_strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.strip import StripPart, StripPhase

__all__ = ["PhaseStrip", "bar_spans", "strip_spans"]

_ROLES: Final = {
    Segment.DONE: Role.DONE,
    Segment.IN_PROGRESS: Role.RUNNING,
    Segment.NEEDS_YOU: Role.NEED,
    Segment.PARKED: Role.MUTED,
    Segment.NOT_BEGUN: Role.RULE,
}
_GAP: Final = Span("   ", Role.MUTED)
_EDGE: Final = Span(" ", Role.MUTED)


class PhaseStrip(LineWidget):
    """One line; a click on a phase shows only what is in it."""

    at_once = True

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="strip")
        self.glyphs = glyphs
        self._phases: Sequence[StripPhase] = ()

    def show(self, phases: Sequence[StripPhase]) -> None:
        """Show how far each phase is."""
        if phases != self._phases:
            self._phases = phases
            self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        width = self.size.width
        line = Line(strip_spans(self._phases, width, self.glyphs))
        return [Row(fitted(line, width, self.glyphs.more))]

    def on_click(self, event: events.Click) -> None:
        """Show only the phase that is clicked."""
        if phase := self.hit_at(event.x):
            self.post_message(PhaseChosen(phase))


def strip_spans(phases: Sequence[StripPhase], width: int, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return the strip for a width in cells; see `lay_strip` for what goes where it is narrow."""
    by_name = {phase.name: phase for phase in phases}
    spans = [_EDGE]
    for part in lay_strip(phases, width - 2):
        if len(spans) > 1:
            spans.append(_GAP)
        spans += _part(part, by_name[part.phase], glyphs)
    return tuple(spans)


def _part(part: StripPart, phase: StripPhase, glyphs: GlyphSet) -> list[Span]:
    name = part.phase
    if not part.bar:
        sign = [Span(f"{glyphs.done} ", Role.DONE, name)] if part.finished else []
        return [*sign, Span(f"{part.name} {part.figures}", Role.MUTED, name)]
    done, _, count = part.figures.partition("/")
    return [
        Span(f"{part.name} ", Role.TEXT, name),
        *_segments(part.bar, phase, glyphs),
        Span(f" {done}", Role.TITLE, name),
        Span(f"/{count}", Role.MUTED, name),
    ]


def bar_spans(tasks: StripPhase, width: int, glyphs: GlyphSet) -> tuple[Span, ...]:
    """Return a bar of exactly so many cells, for tasks that are not told apart by phase."""
    return tuple(_segments(bar_cells(tasks, width), tasks, glyphs))


def _segments(
    bar: Sequence[tuple[Segment, int]], phase: StripPhase, glyphs: GlyphSet
) -> list[Span]:
    return [
        Span(_drawn(segment, phase.tasks[place], cells, glyphs), _ROLES[segment], phase.name)
        for segment, cells in bar
        for place in (list(Segment).index(segment),)
    ]


def _drawn(segment: Segment, tasks: int, cells: int, glyphs: GlyphSet) -> str:
    """Return the cells of a segment; each task that is blocked has its sign, if there is room."""
    signs_of = dict(zip(Segment, glyphs.strip, strict=True))
    sign, lines = (
        signs_of[segment],
        {
            Segment.NEEDS_YOU: signs_of[Segment.DONE],
            Segment.PARKED: signs_of[Segment.NOT_BEGUN],
        },
    )
    if segment not in lines:
        return sign * cells
    signs, line = min(tasks, cells), lines[segment]
    ends = [cells * (place + 1) // signs for place in range(signs)]
    widths = [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
    return "".join(sign + line * (width - 1) for width in widths)
