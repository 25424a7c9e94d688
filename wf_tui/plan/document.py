"""A plan's text as plain values, each with its place; what the readers of all formats share."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from wf_tui.plan.report import PARSE_ERROR, Many, Problem, quoted

__all__ = [
    "BEYOND_ANY_NUMBER",
    "DEEPEST",
    "MOST_DIGITS",
    "MOST_VALUES",
    "Builder",
    "Document",
    "LateSpot",
    "Mark",
    "Path",
    "Spot",
    "Table",
    "UnreadableError",
    "path_text",
    "screen",
    "screen_value",
    "tables",
    "too_deep",
    "too_many_values",
    "written_phases",
    "written_tasks",
]

DEEPEST = 64
"""Levels of nesting; a plan has six, and code that recurses dies near a thousand."""
MOST_VALUES = 300_000
"""Values of one plan; 10,000 tasks of a dozen fields have half of them."""
MOST_FAULTS = 100
SMALLEST_NUMBER = -(2**63)
LARGEST_NUMBER = 2**64 - 1
"""The widest whole numbers of the plan format; what a field takes of them is its type's matter."""
MOST_DIGITS = 100
BEYOND_ANY_NUMBER = 2**65
"""Stands for a number of more than `MOST_DIGITS`, which int() is slow at or refuses."""
_TASK_KEY = 4
"""Where the key stands in the path of what a task has: `phases[0].tasks[0].mode`."""
_SURROGATE = re.compile("[\ud800-\udfff]")

Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


class UnreadableError(Exception):
    """The text ends being a plan at this mark: nothing after it can be understood.

    It never leaves the readers: each of them turns it into a document whose only values are faults.
    Without a mark the fault is of the whole text.
    """

    def __init__(self, message: str, mark: Mark | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.hint = hint

    def problem(self) -> Problem:
        """Return what a person is told."""
        line, column = (self.mark.line, self.mark.column) if self.mark else (None, None)
        return Problem(PARSE_ERROR, self.message, "", line, column, self.hint)


def too_deep(mark: Mark) -> UnreadableError:
    """Return the refusal of nesting that no plan needs and that recursive code dies of."""
    return UnreadableError(f"nested more than {DEEPEST} levels deep", mark)


def too_many_values(mark: Mark) -> UnreadableError:
    """Return the refusal of a text that would take minutes and gigabytes."""
    return UnreadableError(f"more than {MOST_VALUES:,} values", mark)


@dataclass(slots=True)
class Spot:
    """Where a value stands: its key, or the item itself; with the spots of what it holds.

    A tree of its own beside the values, so that those stay plain and the standard readers and
    pydantic can have them.
    """

    mark: Mark
    parts: "dict[str | int, Spot]" = field(default_factory=dict)


class LateSpot:
    """A spot that is looked for when it is first asked for: most plans have no fault to place."""

    def __init__(self, find: "Callable[[], Spot | LateSpot]") -> None:
        self._find = find

    @cached_property
    def _found(self) -> "Spot | LateSpot":
        return self._find()

    @property
    def mark(self) -> Mark:
        """Where it stands."""
        return self._found.mark

    @property
    def parts(self) -> dict[str | int, Spot]:
        """The spots of what it holds."""
        return self._found.parts


@dataclass(frozen=True)
class Document:
    """The values of a plan, where they stand, and what could not be taken as written.

    Made by one of the readers; `value` is None where the text could not be understood, and then
    `faults` is not empty. The rules make their problems by `problem`, so that all have a place.
    """

    format: str
    value: object
    spot: Spot | LateSpot
    faults: tuple[Problem, ...] = ()
    renamed: Mapping[Path, str] = field(default_factory=dict)
    """Of each key that `value` has under its right name, the one that is written."""
    places: Mapping[Path, Path] = field(default_factory=dict)
    """Of each part of a value that was compiled of another form, where that has it."""

    def problem(
        self,
        code: str,
        path: Path,
        message: str,
        hint: str = "",
        many: Many | None = None,
        **detail: str | int,
    ) -> Problem:
        """Return a problem at `path`; `detail` is what programs get of it beside the message.

        `many` is how several of them are told as one.
        """
        path = self.written(path)
        mark = self.mark(path)
        return Problem(code, message, path_text(path), mark.line, mark.column, hint, detail, many)

    def written(self, path: Path) -> Path:
        """Return where the text has what a plan has at `path`.

        What a task has from `defaults` stands there, once for all tasks; what another tool calls
        otherwise stands at that tool's word.
        """
        if path[:1] == ("phases",) and path[2:3] == ("tasks",) and len(path) > _TASK_KEY:
            key = path[_TASK_KEY]
            task, defaults = self.table(path[:_TASK_KEY]), self.table(("defaults",))
            if key not in task and key in defaults:
                path = ("defaults", *path[_TASK_KEY:])
        for end in range(1, len(path) + 1) if self.renamed else ():
            if path[:end] in self.renamed:
                return (*path[: end - 1], self.renamed[path[:end]], *path[end:])
        return self._before_compiling(path)

    def _before_compiling(self, path: Path) -> Path:
        """Return where the other form has it: at the nearest part that it is told of."""
        for end in range(len(path), 0, -1) if self.places else ():
            if path[:end] in self.places:
                return (*self.places[path[:end]], *path[end:])
        return path

    def table(self, path: Path) -> Mapping[str, object]:
        """Return the table at `path`, or an empty one where the text has none."""
        value = self.value
        for part in path:
            if isinstance(value, dict):
                value = value.get(str(part))
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return {}
        return value if isinstance(value, dict) else {}

    def mark(self, path: Path) -> Mark:
        """Return where `path` stands, or the nearest place around it that the text has."""
        # A missing key, and a default that a task has from elsewhere, stand nowhere themselves.
        spot: Spot | LateSpot = self.spot
        for part in self._before_compiling(path):
            if part not in spot.parts:
                break
            spot = spot.parts[part]
        return spot.mark


class Builder:
    """Takes the pieces of a text in order and grows the document, without recursion.

    For readers that meet a text piece by piece (JSON and YAML): they call `open_map`, `open_list`,
    `key`, `scalar` and `close` as the pieces come, then `document`, or `broken` where they had to
    give up. Each but `close` raises `UnreadableError` where a plan would become too deep or large.
    """

    def __init__(self, most_values: int = MOST_VALUES) -> None:
        self.faults: list[Problem] = []
        self._most_values = most_values
        self._open: list[_Container] = []
        self._root: tuple[object, Spot] | None = None
        self._values = 0

    def open_map(self, mark: Mark) -> None:
        """Start a table; until `close` a `key` has to come before each of its values."""
        self._open_container({}, mark)

    def open_list(self, mark: Mark) -> None:
        """Start a list."""
        self._open_container([], mark)

    def close(self) -> None:
        """End the table or list that was started last."""
        self._open.pop()

    def key(self, text: str, mark: Mark) -> None:
        """Name the value that comes next in a table.

        A key that is there already is a fault; its newer value counts, as in the usual readers.
        """
        container = self._open[-1]
        container.key, container.key_mark = text, mark
        if text in container.spot.parts:
            first = container.spot.parts[text].mark.line
            self.fault(f"the key {quoted(text)} is written twice, first in line {first}", mark)

    def scalar(self, value: object, mark: Mark) -> None:
        """Add a value that holds no others."""
        self._add(value, mark)

    def fault(self, message: str, mark: Mark, hint: str = "") -> None:
        """Note what cannot be taken as written, and go on, so that all is reported at once."""
        # The next value is not there yet: the outer containers already count the inner ones, the
        # innermost has its end as the place.
        places = [container.newest for container in self._open[:-1]]
        places += [container.position for container in self._open[-1:]]
        path = path_text(places)
        self.faults.append(Problem(PARSE_ERROR, message, path, mark.line, mark.column, hint))
        # A file of another kind has one in each line, and nobody reads the second hundred.
        if len(self.faults) >= MOST_FAULTS:
            raise UnreadableError(f"more than {MOST_FAULTS} faults, the rest is not read", mark)

    def document(self, format_: str) -> Document:
        """Return what was built."""
        value, spot = self._root or (None, Spot(Mark(1, 1)))
        return Document(format_, value, spot, tuple(self.faults))

    def broken(self, format_: str, error: UnreadableError) -> Document:
        """Return a document without values: its text is none from some place on."""
        return Document(format_, None, Spot(Mark(1, 1)), (*self.faults, error.problem()))

    def _open_container(self, value: "dict[str, object] | list[object]", mark: Mark) -> None:
        spot = self._add(value, mark)
        self._open.append(_Container(value, spot))
        if len(self._open) > DEEPEST:
            raise too_deep(mark)

    def _add(self, value: object, mark: Mark) -> Spot:
        self._values += 1
        if self._values > self._most_values:
            raise too_many_values(mark)
        if self._open:
            return self._open[-1].add(value, mark)
        self._root = value, Spot(mark)
        return self._root[1]


@dataclass(slots=True)
class _Container:
    value: "dict[str, object] | list[object]"
    spot: Spot
    key: str = ""
    key_mark: Mark | None = None

    @property
    def position(self) -> str | int:
        return len(self.value) if isinstance(self.value, list) else self.key

    @property
    def newest(self) -> str | int:
        return len(self.value) - 1 if isinstance(self.value, list) else self.key

    def add(self, value: object, mark: Mark) -> Spot:
        # In a table a value is looked for at its key, which is what a fault names.
        spot = Spot(mark if self.key_mark is None else self.key_mark)
        self.spot.parts[self.position] = spot
        if isinstance(self.value, list):
            self.value.append(value)
        else:
            self.value[self.key] = value
        return spot


Table = Mapping[str, object]


def tables(value: object, path: Path) -> Iterator[tuple[Path, Table]]:
    """Yield the tables of a list with their places; the types refuse what else is in it."""
    items = value if isinstance(value, list) else ()
    return (((*path, index), item) for index, item in enumerate(items) if isinstance(item, dict))


def written_phases(root: Table) -> Iterator[tuple[Path, Table]]:
    """Yield each phase as it is written."""
    return tables(root.get("phases"), ("phases",))


def written_tasks(root: Table) -> Iterator[tuple[Path, Table]]:
    """Yield each task as it is written."""
    for path, phase in written_phases(root):
        yield from tables(phase.get("tasks"), (*path, "tasks"))


def path_text(path: Sequence[str | int]) -> str:
    """Write a path as people do: `phases[1].tasks[0].mode`.

    A key that would be read as more than one (it has a dot, a blank, a bracket) stands in brackets
    and quotes. Numbers count from 0, as in the programs that read `wf plan check --json`.
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part and not set(part) & set(' .[]"'):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text


def screen(document: Document) -> Iterator[Problem]:
    """Yield a problem for each value that no ledger, process or database could take.

    Of texts: lone surrogates, and NUL but in a scope, where a check of its own names it; of
    numbers: NaN, infinities, and whole numbers beyond 64 bits. `shape` calls it for all values,
    also under keys that nothing reads: their names are printed, too.
    """
    # Reversed, so that what is written first is looked at first: the stack gives the last one.
    pending: list[tuple[Path, object]] = [((), document.value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            for key in value:
                yield from screen_value(document, (*path, key), key)
            pending += reversed([((*path, key), part) for key, part in value.items()])
        elif isinstance(value, list):
            pending += reversed([((*path, index), part) for index, part in enumerate(value)])
        else:
            yield from screen_value(document, path, value)


def screen_value(document: Document, path: Path, value: object) -> Iterator[Problem]:
    """Yield the problem of one text or number, or of a key, if it has one."""
    message = hint = ""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            message, hint = "half of a character (a lone surrogate)", "write the whole character"
        elif "\0" in value and "file_scope" not in path[:-1]:
            message, hint = "a NUL character", "leave it out: no program can be given it"
    elif isinstance(value, int) and not SMALLEST_NUMBER <= value <= LARGEST_NUMBER:
        message, hint = "a number of more than 64 bits", "write a smaller number"
    elif isinstance(value, float) and not math.isfinite(value):
        message = "a number that is not finite"
        hint = "write a plain number, or leave the key out"
    if message:
        yield document.problem(PARSE_ERROR, path, message, hint)
