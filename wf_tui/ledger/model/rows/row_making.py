"""Rows made, copied and compared by code that is written for the fields of their class.

A claim copies a dozen rows of up to 46 fields and compares half of them, and a board keeps ten
thousand: a loop over the names of the fields takes three to eight times as long as a line for each.
Nothing here knows what a field means.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

from wf_tui.ledger.model.rows.run_rows import TaskRow
from wf_tui.values import field_names

__all__ = ["copy_row", "copy_task", "differing", "make_task", "task_values"]

_Row = TypeVar("_Row")
_NAMES: Final = field_names(TaskRow)
task_values: Final = cast("Callable[[TaskRow], tuple[Any, ...]]", attrgetter(*_NAMES))
"""Return the fields of a row, in the order of its class."""
_COMPARING: Final[dict[type, Callable[[object, object], dict[str, Any]]]] = {}
"""What `differing` has written, for each class of rows once it was asked."""


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


def differing(old: object, new: object) -> dict[str, Any]:
    """Return the fields of a new row that differ from an old one of its class."""
    kind = type(new)
    compare = _COMPARING.get(kind)
    if compare is None:
        line = "if (now := new.{0}) is not (was := old.{0}) and now != was: found[{0!r}] = now"
        lines = (line.format(name) for name in field_names(kind))
        compare = _COMPARING[kind] = _written("old, new", "found = {}", *lines, "return found")
    return compare(old, new)
