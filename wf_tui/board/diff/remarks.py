"""Comments on lines of a diff, as they are drawn below the lines that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.comment_place import CommentPlace
from wf_tui.board.text_view.text_line import TextLine, safe
from wf_tui.board.widgets.line import Look, Role, Span
from wf_tui.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.board.diff.patch import FilePatch

__all__ = ["Remark", "by_place", "remark_lines"]

_QUOTED: Final = 60
_KEPT: Final = 1000
"""Characters of a line that are kept."""
_KEYS: Final = (
    *(Span("e", Role.KEY, "edit"), Span("edit", Role.MUTED, "edit")),
    *(Span("x", Role.KEY, "drop"), Span("drop", Role.MUTED, "drop")),
)


@dataclass(frozen=True)
class Remark:
    """A comment of a person on lines, or on a file where it names none."""

    id: int
    """Its number; below 0 for a new one that is half written, which nobody else sees."""
    path: str
    side: str
    """`new` or `old`: of which version the lines are."""
    line: int | None
    """The last of the lines."""
    text: str
    quote: str = ""
    """The lines as they were when it was written."""
    who: str = "you"
    draft: bool = True
    """Whether it has not gone back to the worker yet."""
    own: bool = True
    """Whether it is of the person who looks: others' drafts can be read and not changed."""
    when: str = ""
    """To which attempt it went, in words; of a draft nothing."""
    begun: str | None = None
    """The words that this person has begun to write in place of `text`."""

    @property
    def is_new(self) -> bool:
        """Whether it is half written and was never kept."""
        return self.id < 0

    @property
    def can_be_changed(self) -> bool:
        """Whether this person can edit and drop it."""
        return self.draft and self.own

    @property
    def place(self) -> CommentPlace:
        """Where its words are written."""
        number = None if self.is_new else self.id
        return CommentPlace(self.path, self.side, self.line, self.quote, number)


def by_place(
    remarks: Sequence[Remark], patch: FilePatch
) -> tuple[Mapping[tuple[str, int], Sequence[Remark]], Sequence[Remark]]:
    """Return the comments of a file by their last lines, and those whose lines are not in its diff.

    The work may be another one by now: the lines have to be what they were, as far as is known.
    """
    placed: dict[tuple[str, int], list[Remark]] = {}
    loose: list[Remark] = []
    if not remarks:
        return placed, loose
    shown = {line.place: line.text for hunk in patch.hunks for line in hunk.lines}
    for remark in remarks:
        place = (remark.side, remark.line or 0)
        if place in shown and _is_same(remark, shown):
            placed.setdefault(place, []).append(remark)
        else:
            loose.append(remark)
    return placed, loose


def _is_same(remark: Remark, shown: Mapping[tuple[str, int], str]) -> bool:
    quoted = remark.quote.split("\n") if remark.quote else ()
    first = (remark.line or 0) - len(quoted) + 1
    for at, line in enumerate(quoted):
        text = shown.get((remark.side, first + at))
        # The ledger keeps the beginning of a long line only.
        begins_so = text is not None and text.startswith(safe(line)[:_KEPT])
        if text != safe(line) and not (begins_so and len(line) >= _KEPT):
            return False
    return True


def remark_lines(remark: Remark, indent: int, recipient: str, *, loose: bool) -> Iterator[TextLine]:
    """Yield the lines of a comment: who and what, then where it belongs and where it goes."""
    mark = f"comment:{remark.id}"
    text = remark.text if remark.begun is None else remark.begun
    first, *rest = text.strip().split("\n")
    edge = (Span(" " * indent), Span("┃ ", Role.NEED_WORD))
    keys = _KEYS if remark.can_be_changed else ()
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
    where = f"on {remark.place.words}"
    if remark.side == "old" and remark.line:
        where += " of before"
    if remark.begun is not None:
        return f"{where} · half written, and only yours: e goes on"
    if loose and remark.quote.strip():
        were = "were" if "\n" in remark.quote else "was"
        where += f", which {were} “{cut(safe(remark.quote.strip()), _QUOTED)}”"
    if not remark.draft:
        return f"{where} · {remark.when or 'went back'}"
    return f"{where} · goes back{f' to {safe(recipient)}' if recipient else ''} with R"
