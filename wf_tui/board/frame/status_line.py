"""The line above the footer: what was just told, else what stands in the way, else what happened.

It is one line and stays one, so nothing on the board moves or is covered when something is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.card_pieces import cut_to
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from wf_tui.board.frame.notices import Notice
    from wf_tui.board.frame.toasts import Toast
    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["Status", "StatusLine", "status_row"]

_GAP: Final = 3
"""Cells that stay free around what stands at the right."""
_STEP: Final = 10
"""Seconds below which no countdown goes with reduced motion."""


@dataclass(frozen=True)
class Status:
    """What the line has to choose from. Texts are safe to draw; `now` as in `Toast`."""

    toast: Toast | None = None
    notice: Notice | None = None
    event: str = ""
    """What happened last in the run."""
    place: str = ""
    """Where the selected task is."""
    now: float = 0.0
    motion: bool = True
    """Whether seconds are counted down."""


class StatusLine(LineWidget):
    """One line of every screen of a run; its screen tells it what there is to say."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="status-line")
        self.glyphs = glyphs
        self._status = Status()

    def show(self, status: Status) -> None:
        """Show what of this comes first."""
        before, self._status = self._status, status
        if status.toast is not None or replace(status, now=before.now) != before:
            self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [status_row(self._status, self.size.width, self.glyphs)]


def status_row(status: Status, width: int, glyphs: GlyphSet) -> Row:
    """Return the line for a width in cells.

    A toast goes before a standing notice, and that before what happened last. Where it is narrow
    the place goes, then the end of the text, since the second half of a notice has the key that
    helps. A half that only explains, or that takes more than half of the line, goes, and the place
    stays while it fits.
    """
    left: tuple[Span, ...]
    more: tuple[Span, ...] = ()
    if status.toast is not None:
        left = _toast_spans(status.toast, glyphs)
        right = _offer_spans(status.toast, status) or _place(status)
    elif status.notice is not None:
        left, more = _notice_spans(status.notice, glyphs)
        right = _place(status)
    else:
        left = (Span(status.event, Role.MUTED),)
        right = _place(status)
    edge = Span(" ", Role.MUTED)
    if more and status.notice is not None:
        left = _with_more(left, more, width - 2, glyphs.more if status.notice.helps else "")
    if right == _place(status) and width_of((edge, *left, *right)) + _GAP > width:
        right = ()
    return Row(fitted(Line((edge, *left), (*right, Span("", Role.MUTED))), width, glyphs.more))


def _toast_spans(toast: Toast, glyphs: GlyphSet) -> tuple[Span, ...]:
    match toast.severity:
        case "information":
            return Span(f"{glyphs.done} ", Role.DONE), Span(toast.text, Role.TEXT)
        case "warning":
            return (Span(toast.text, Role.WARNING),)
        case "error":
            return (Span(toast.text, Role.ERROR),)


def _offer_spans(toast: Toast, status: Status) -> tuple[Span, ...]:
    if toast.offer is None:
        return ()
    left = math.ceil(toast.left(status.now))
    counted = f" {left}s" if status.motion or left > _STEP else ""
    return (Span(toast.offer.text + counted, Role.KEY),)


def _notice_spans(notice: Notice, glyphs: GlyphSet) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    role = Role.WARNING if notice.warns else Role.MUTED
    sign = f"{glyphs.stop} " if notice.warns else ""
    more = (Span(f" {glyphs.dot} {notice.more}", Role.MUTED),) if notice.more else ()
    return (Span(f"{sign}{notice.text}", role),), more


def _with_more(
    left: tuple[Span, ...], more: tuple[Span, ...], width: int, cut: str
) -> tuple[Span, ...]:
    """Return both halves of a notice where they fit; `cut` ends the first one, "" leaves it."""
    room = width - width_of(more)
    if cut and room >= width // 2:
        left = tuple(replace(span, text=cut_to(span.text, room, cut)) for span in left)
    return (*left, *more) if width_of(left) <= room else left


def _place(status: Status) -> tuple[Span, ...]:
    return (Span(status.place, Role.MUTED),) if status.place else ()
