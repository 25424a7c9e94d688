"""Rows made, copied and compared without a loop over the names of their fields.

A claim copies a dozen rows of up to 46 fields and compares half of them, and a board keeps ten
thousand: such a loop takes three to eight times as long. Nothing here knows what a field means.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from itertools import compress
from operator import attrgetter, is_not
from typing import Any, Final, TypeVar, cast

from wf_tui.ledger.model.rows.run_rows import TaskRow
from wf_tui.values import field_names

__all__ = ["copy_row", "copy_task", "differing", "make_task", "row_values"]

_Row = TypeVar("_Row")
_NAMES: Final = field_names(TaskRow)
_task_values: Final = cast("Callable[[object], tuple[Any, ...]]", attrgetter(*_NAMES))


def _written(parameters: str, *lines: str) -> Callable[..., Any]:
    """Return the function with these lines, in which all names are our own."""
    made: dict[str, Callable[..., Any]] = {}
    exec(f"def written({parameters}):\n    " + "\n    ".join(lines), made)  # noqa: S102 - see there
    return made["written"]


class _Unguarded:
    """The slots of a task row, without what keeps them from being set."""

    __slots__ = _NAMES
    __init__ = _written(f"row, {', '.join(_NAMES)}", *(f"row.{one} = {one}" for one in _NAMES))


@lru_cache(maxsize=1)
def _copier() -> Callable[[TaskRow, object], None]:
    """Return what sets the slots of its second argument to those of its first; made when needed."""
    return _written("row, new", *(f"new.{name} = row.{name}" for name in _NAMES))


def make_task(values: Iterable[object]) -> TaskRow:
    """Return the row with these fields, in the order of its class.

    A frozen class sets each slot by a call of its own, which costs twenty times as much. So they
    are set while nothing guards them yet, and then the row becomes what it is: both classes have
    the same slots, or Python would refuse that.
    """
    row = _Unguarded(*values)
    object.__setattr__(row, "__class__", TaskRow)
    return cast("TaskRow", row)


def row_values(row: object) -> Collection[Any]:
    """Return the fields of a row, in the order of its class."""
    # In that order however it was made: by `__init__`, by `decode` or by `evolve`.
    return _task_values(row) if type(row) is TaskRow else row.__dict__.values()


def copy_task(row: TaskRow, changes: Mapping[str, object]) -> TaskRow:
    """Return the row with some fields changed; raises `TypeError` for one that it does not have."""
    new = object.__new__(_Unguarded)
    _copier()(row, new)
    try:
        for name, value in changes.items():
            setattr(new, name, value)
    except AttributeError:
        raise TypeError(f"TaskRow has no field {name!r}") from None
    object.__setattr__(new, "__class__", TaskRow)
    return cast("TaskRow", new)


def copy_row(row: _Row, changes: Mapping[str, object]) -> _Row:
    """Return a row of another class with some fields changed; raises `TypeError` as `copy_task`."""
    fields = {**row.__dict__, **changes}
    if len(fields) != len(row.__dict__):
        names = ", ".join(changes)
        raise TypeError(f"{type(row).__name__} has not all of these fields: {names}")
    new = object.__new__(type(row))
    object.__setattr__(new, "__dict__", fields)
    return new


def differing(old: _Row, new: _Row) -> dict[str, Any]:
    """Return the fields of a new row that differ from an old one of its class.

    Nearly all are the same objects, which are passed over without a step of Python. Nothing is
    compiled for it, since many a process changes one row and ends.
    """
    was, now = row_values(old), row_values(new)
    others = compress(zip(field_names(type(new)), was, now, strict=True), map(is_not, was, now))
    return {name: there for name, before, there in others if there != before}
