"""The log of an attempt as lines of a text view: tool calls on one line each, until one is opened.

Belongs to the event loop; the entries come from a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.log.entries import CallEnd
from wf_tui.board.text_view.text_line import TextLine
from wf_tui.board.widgets.line import Role, Span
from wf_tui.line_that_matters import line_that_matters
from wf_tui.picture.age import time_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.board.detail.log.entries import LogEntry

__all__ = ["LogText", "place_that_matters"]

_LAST: Final = 400
"""Lines at the end among which the one that matters is looked for; some of them are empty."""
_MOST_OPENABLE: Final = 2000
"""Entries that can be opened; of older ones only the line is kept."""
_VERB: Final = 8
"""Cells of the verb, with the blank after it."""
_TIME: Final = 9


@dataclass
class LogText:
    """The entries that are shown, by number, and which of them are open."""

    _calls: dict[str, int] = field(default_factory=dict)
    _openable: dict[int, LogEntry] = field(default_factory=dict)
    """What can be opened, by the number in its mark."""
    _open: set[int] = field(default_factory=set)
    _next: int = 0
    _stamps: dict[int, str] = field(default_factory=dict)
    """The time that stands before each of them."""
    _clock: str = ""
    """The time of the last line: the same one is not written again."""

    def add(
        self, entries: Iterable[LogEntry | CallEnd]
    ) -> tuple[list[TextLine], dict[str, list[TextLine]]]:
        """Take entries; return the lines that are new, and by their mark those that differ."""
        new: list[TextLine] = []
        changed: dict[str, list[TextLine]] = {}
        made: dict[str, int] = {}
        for entry in entries:
            if isinstance(entry, CallEnd) or (entry.call and entry.call in self._calls):
                number = self._update(entry)
                if number is None:
                    continue
                mark = _mark(number)
                lines = self._lines(number)
                if mark in made:
                    new[made[mark]] = lines[0]
                else:
                    changed[mark] = lines
                continue
            number = self._keep(entry)
            if number is not None:
                made[_mark(number)] = len(new)
            new.append(self._line(entry, number))
        return new, changed

    def toggle(self, mark: str) -> list[TextLine] | None:
        """Open what a mark is of, or close it; its lines, or None where it opens to nothing."""
        number = _number(mark)
        if number is None or number not in self._openable or not self._openable[number].body:
            return None
        self._open ^= {number}
        return self._lines(number)

    def unfinished(self, entry: LogEntry | None) -> TextLine | None:
        """Return the line that is still being written."""
        return None if entry is None else self._line(entry, None, keeps_time=False)

    def _keep(self, entry: LogEntry) -> int | None:
        if not entry.body and not entry.call:
            return None
        self._next += 1
        self._openable[self._next] = entry
        self._openable.pop(self._next - _MOST_OPENABLE, None)
        if entry.call:
            self._calls[entry.call] = self._next
        return self._next

    def _update(self, news: LogEntry | CallEnd) -> int | None:
        number = self._calls.get(news.call)
        if number is None or number not in self._openable:
            return None
        before = self._openable[number]
        if isinstance(news, CallEnd):
            text = f"{before.text}  {news.status}" if news.status else before.text
            role = Role.ERROR if news.status else before.role
            self._openable[number] = replace(
                before, text=text, role=role, body=(*before.body, *news.body)
            )
            del self._calls[news.call]
        else:
            self._openable[number] = replace(before, text=news.text, body=news.body or before.body)
        return number

    def _lines(self, number: int) -> list[TextLine]:
        """Return the line of an entry, and below it what it opens to, where it is open."""
        entry = self._openable[number]
        lines = [self._line(entry, number)]
        if number in self._open:
            indent = " " * (_TIME + _VERB)
            lines += [
                TextLine(
                    (Span(indent), Span(text, Role.MUTED)), mark=_mark(number), hang=len(indent)
                )
                for text in entry.body
            ]
        return lines

    def _line(self, entry: LogEntry, number: int | None, *, keeps_time: bool = True) -> TextLine:
        if entry.rule:
            return TextLine((Span(entry.text, Role.MUTED),), fill=True)
        shown = Span(self._stamp(entry, number, keeps_time=keeps_time), Role.FAINT)
        spans = [shown]
        if entry.verb:
            verb = "" if entry.goes_on else entry.verb
            spans.append(Span(f"{verb:<{_VERB - 1}} ", Role.MUTED))
        spans.append(Span(entry.text, entry.role))
        mark = "" if number is None else _mark(number)
        right: tuple[Span, ...] = ()
        if number is not None and entry.body:
            right = (Span("▾" if number in self._open else "▸", Role.FAINT),)
        return TextLine(
            tuple(spans), right=right, mark=mark, hang=_TIME + (_VERB if entry.verb else 0)
        )

    def _stamp(self, entry: LogEntry, number: int | None, *, keeps_time: bool) -> str:
        """Return the time before a line: blank where it is that of the line above."""
        if number is not None and number in self._stamps:
            return self._stamps[number]
        clock = time_of_day(entry.at)
        stamp = " " * _TIME if clock == self._clock else f"{clock} "
        if keeps_time:
            self._clock = clock
        if number is not None:
            self._stamps[number] = stamp
            self._stamps.pop(number - _MOST_OPENABLE, None)
        return stamp


def place_that_matters(lines: Sequence[TextLine]) -> int | None:
    """Return the place of the line at the end of a log that says why; None where all are empty."""
    said = [line.spans[-1].text if line.spans else "" for line in lines[-_LAST:]]
    matters = line_that_matters(said)
    at = next((at for at in range(len(said) - 1, -1, -1) if said[at].strip() == matters), None)
    return None if at is None or not matters else len(lines) - len(said) + at


def _mark(number: int) -> str:
    return f"call:{number}"


def _number(mark: str) -> int | None:
    return int(mark.removeprefix("call:")) if mark.startswith("call:") else None
