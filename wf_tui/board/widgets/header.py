"""The first lines of the board: is it moving, does it need me, when is it done, at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.disk_space import DISK_FULL
from wf_tui.ledger.model.states import RunState
from wf_tui.picture.age import span
from wf_tui.picture.usage_text import dollars
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.header import Header
    from wf_tui.picture.picture import Picture

__all__ = ["BoardHeader", "Notice", "header_spans", "narrowed", "notice"]

_BAR: Final = 12
"""Cells of the progress bar."""
_GOAL: Final = 16
"""Cells that the goal keeps before something else is left out."""
_TYPED: Final = 40
"""Characters of a filter that are repeated."""
_THOUSAND: Final = 1000
_ROLES: Final = {
    RunState.RUNNING: Role.IN_PROGRESS,
    RunState.COMPLETED: Role.DONE,
    RunState.STALLED: Role.NEEDS_YOU,
    RunState.ABORTED: Role.BLOCKED,
    RunState.PARTIAL: Role.BLOCKED,
    RunState.PAUSED: Role.WARNING,
}


class BoardHeader(LineWidget):
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


class Notice(LineWidget):
    """One line: what keeps the run from going on, and what keeps cards from being seen."""

    COMPONENT_CLASSES: ClassVar = component_classes(
        Role.QUIET, Role.KEY, Role.WARNING, Role.NEEDS_YOU
    )

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="notice")
        self.glyphs = glyphs
        self._line = Line()

    def show(self, header: Header, narrowed: str) -> None:
        """Say what there is to say; with nothing to say the line is not there.

        `narrowed` is said first: it is why a card that somebody looks for is not there.
        """
        text = notice(header)
        role = Role.WARNING if header.state == RunState.PAUSED else Role.NEEDS_YOU
        if header.state.ended:
            role = Role.QUIET
        own = (Span(f" {narrowed} ", Role.KEY),) if narrowed else ()
        self._line = Line((*own, Span(f" {text}", role)))
        self.set_class(bool(text or narrowed), "-said")
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [Row(fitted(self._line, self.size.width, self.glyphs.more))]


def notice(header: Header) -> str:
    """Return what keeps a run from going on, with the key that helps; "" where nothing does.

    Of several reasons it is the one that has to be dealt with first: a full disk comes before a
    pause, since no scheduler would get far on it.
    """
    state = header.state
    if state.ended:
        where = f"its work is on the branch {header.branch}"
        return f"{state}: {where}" + (f" ({header.export_note})" if header.export_note else "")
    if header.full:
        return f"{DISK_FULL} {header.full}"
    if state is RunState.PAUSED:
        return "paused, nothing new starts: p resumes"
    if not header.scheduler_alive:
        return "no scheduler is running, so nothing moves: p starts one"
    return f"stalled: {header.stalled}" if header.stalled else ""


def narrowed(picture: Picture) -> str:
    """Return which filter is on, and how many cards the keys work on; "" where all are seen.

    A forgotten filter or mark is the likeliest reason why a card is missing or a key does too much.
    """
    parts = []
    if picture.filtered.active:
        text = clean(picture.filtered.text, limit=_TYPED)
        words = f"{picture.filtered.quick} {text}".strip()
        shown = sum(len(column) for column in picture.columns.values())
        parts.append(f"filter {words}: {shown} of {sum(picture.counts.values())}")
    # Marks that the filter hides do not count, so they are asked for as an action would.
    marked = len(picture.targets(None)) if picture.marks else 0
    if marked:
        parts.append(f"{marked} marked")
    return f"{', '.join(parts)} (escape: all again)" if parts else ""


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
