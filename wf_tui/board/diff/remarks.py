"""Comments on lines of a diff, as they are drawn below the lines that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import TextLine, safe
from wf_tui.board.widgets.line import Look, Role, Span
from wf_tui.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wf_tui.board.diff.patch import FilePatch

__all__ = ["Remark", "by_place", "remark_lines"]

_QUOTED: Final = 60
_KEYS: Final = (
    *(Span("e", Role.KEY, "edit"), Span("edit", Role.MUTED, "edit")),
    *(Span("x", Role.KEY, "drop"), Span("drop", Role.MUTED, "drop")),
)


@dataclass(frozen=True)
class Remark:
    """A comment of a person on a line, or on a file where it names none."""

    id: int
    path: str
    side: str
    """`new` or `old`: of which version the line is."""
    line: int | None
    text: str
    quote: str = ""
    """The line as it was when it was written."""
    who: str = "you"
    draft: bool = True
    """Whether it has not gone back to the worker yet."""
    own: bool = True
    """Whether it is of the person who looks: others' drafts can be read and not changed."""
    when: str = ""
    """To which attempt it went, in words; of a draft nothing."""


def by_place(
    remarks: Iterable[Remark], patch: FilePatch
) -> tuple[Mapping[tuple[str, int], Sequence[Remark]], Sequence[Remark]]:
    """Return the comments of a file by their lines, and those whose line is not in its diff.

    A comment that has gone to the worker is of an earlier version: its line has to be the same.
    """
    shown = {line.place: line.text for hunk in patch.hunks for line in hunk.lines}
    placed: dict[tuple[str, int], list[Remark]] = {}
    loose = []
    for remark in remarks:
        place = (remark.side, remark.line or 0)
        is_there = place in shown and (remark.draft or shown[place] == safe(remark.quote))
        if is_there:
            placed.setdefault(place, []).append(remark)
        else:
            loose.append(remark)
    return placed, loose


def remark_lines(remark: Remark, indent: int, recipient: str, *, loose: bool) -> Iterator[TextLine]:
    """Yield the lines of a comment: who and what, then where it belongs and where it goes."""
    mark = f"comment:{remark.id}"
    first, *rest = remark.text.strip().split("\n")
    edge = (Span(" " * indent), Span("┃ ", Role.NEED_WORD))
    keys = _KEYS if remark.draft and remark.own else ()
    hang = indent + 2
    who = safe(remark.who)
    spans = (*edge, Span(f"{who} ", Role.NEED_WORD), Span(safe(first)))
    yield TextLine(spans, Look.NEED, keys, mark, hang + len(who) + 1)
    for line in rest:
        yield TextLine((*edge, Span(safe(line.removesuffix("\r")))), Look.NEED, (), mark, hang)
    yield TextLine(
        (*edge, Span(_where(remark, recipient, loose=loose), Role.MUTED)), Look.NEED, (), mark
    )


def _where(remark: Remark, recipient: str, *, loose: bool) -> str:
    where = f"on line {remark.line}" if remark.line else "on the file"
    if remark.side == "old" and remark.line:
        where += " of before"
    if loose and remark.quote.strip():
        where += f", which was “{cut(safe(remark.quote.strip()), _QUOTED)}”"
    if not remark.draft:
        return f"{where} · {remark.when or 'went back'}"
    return f"{where} · goes back{f' to {safe(recipient)}' if recipient else ''} with R"
