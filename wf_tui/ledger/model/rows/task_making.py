"""Task rows made and copied past their `__init__`; a board keeps ten thousand of them."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, cast

from wf_tui.ledger.model.rows.run_rows import TaskRow
from wf_tui.values import field_names

__all__ = ["copy_task", "make_task", "task_values"]

_NAMES: Final = field_names(TaskRow)
_PLACES: Final[Mapping[str, int]] = {name: place for place, name in enumerate(_NAMES)}
task_values: Final = cast("Callable[[TaskRow], tuple[Any, ...]]", attrgetter(*_NAMES))
"""Return the fields of a row, in the order of its class."""


def _fill_in() -> Callable[..., None]:
    """Return the function that sets all slots of its first argument to the others.

    Written for these names, since a loop over them takes eight times as long.
    """
    lines = "".join(f"\n    row.{name} = {name}" for name in _NAMES)
    made: dict[str, Callable[..., None]] = {}
    exec(f"def fill_in(row, {', '.join(_NAMES)}):{lines}", made)  # noqa: S102 - names of our own
    return made["fill_in"]


class _Unguarded:
    """The slots of a task row, without what keeps them from being set."""

    __slots__ = _NAMES
    __init__ = _fill_in()


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
    values = list(task_values(row))
    try:
        for name, value in changes.items():
            values[_PLACES[name]] = value
    except KeyError as error:
        raise TypeError(f"TaskRow has no field {error}") from None
    return make_task(values)
