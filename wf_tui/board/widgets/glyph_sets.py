"""The characters that the board draws with: a state is never told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Line, Span
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.picture import glyphs
from wf_tui.text import fits, signs_in_ascii

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.picture.card import Card

__all__ = ["ASCII", "UNICODE", "WORDS", "GlyphSet", "needs_ascii"]

WORDS: Final = {
    TaskState.PENDING: "Pending",
    TaskState.IN_PROGRESS: "In progress",
    TaskState.DONE: "Done",
    TaskState.BLOCKED: "Blocked",
}
"""The names of the columns."""


@dataclass(frozen=True)
class GlyphSet:
    """One set of characters; each sign is one cell wide, and in no column two things have one."""

    needs_you: str = glyphs.NEEDS_YOU
    in_progress: str = glyphs.IN_PROGRESS
    pending: str = glyphs.PENDING
    waiting: str = glyphs.WAITING
    blocked: str = glyphs.BLOCKED
    """Blocked, and nobody has to do anything: parked."""
    done: str = glyphs.DONE
    cancelled: str = glyphs.CANCELLED
    opened: str = "▾"
    """Before a group of which the cards are seen."""
    folded: str = "▸"
    selected: str = "┃"
    """The bar of the cursor; and the part of a rule that says where one is."""
    side: str = "│"
    rule: str = "─"
    heavy: str = "━"
    """The rule of what has the keys; of the strip what is done."""
    stop: str = "‖"
    go: str = "▶"
    warns: str = "⚠"
    marked: str = "+"
    more: str = "…"
    needs: str = "←"
    becomes: str = "→"
    strip: str = "━╍◆◇─"
    """Of a bar of tasks: done, in progress, needs you, parked, not begun."""
    into: str = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    """Between a phase and a task of it."""
    least: str = "≥"
    """Before a figure that is at least so much."""
    dot: str = "·"
    """Between two facts."""
    ascii: bool = field(default=False, kw_only=True)

    def of(self, card: Card) -> str:
        """Return the sign of a card's state."""
        match card.state:
            case TaskState.PENDING:
                return self.pending if card.ready else self.waiting
            case TaskState.IN_PROGRESS:
                return self.in_progress
            case TaskState.DONE:
                return self.done
            case _ if card.needs_you:
                return self.needs_you
            case _:
                return self.cancelled if card.kind == BlockedKind.CANCELLED else self.blocked

    def legend(self) -> dict[str, str]:
        """Return the signs of the states, with what each says of a task."""
        return {
            self.needs_you: "needs you",
            self.in_progress: "in progress",
            self.pending: "ready",
            self.waiting: "waits",
            self.blocked: "parked",
            self.done: "done",
            self.cancelled: "cancelled",
        }

    def drawn(self, line: Line) -> Line:
        """Return a line with letters for our signs, where there may be nothing but ASCII."""
        if not self.ascii:
            return line
        return Line(_ascii(line.left), _ascii(line.right), _ascii(line.spare))


def _ascii(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(Span(signs_in_ascii(one.text), one.role, one.hit, one.look) for one in spans)


UNICODE: Final = GlyphSet()
ASCII: Final = GlyphSet(
    needs_you="!",
    in_progress="*",
    pending="o",
    waiting=".",
    blocked="#",
    done="v",
    cancelled="x",
    opened="-",
    folded="+",
    selected=">",
    side="|",
    rule="-",
    heavy="=",
    stop="=",
    go=">",
    warns="!",
    marked="+",
    more="~",
    needs="<",
    becomes=">",
    strip="=*!#-",
    into=">",
    least=">",
    dot="-",
    ascii=True,
)


def needs_ascii(environ: Mapping[str, str], encoding: str | None, ambiguous_width: int) -> bool:
    """Return whether a terminal can draw nothing but ASCII in one cell each.

    The console of Linux has few signs; a terminal whose locale is not UTF-8 has none, whatever
    Python makes of its encoding; one that draws characters of ambiguous width in two cells would
    shift all that follows `◆ ● ○ ◇ ·`.
    """
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((environ[name] for name in names if environ.get(name)), "utf-8")
    is_utf8 = locale.lower().replace("-", "").rpartition(".")[2].startswith("utf8")
    return (
        environ.get("TERM") == "linux" or not is_utf8 or not fits(encoding) or ambiguous_width > 1
    )
