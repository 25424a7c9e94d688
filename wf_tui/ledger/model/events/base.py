"""What all events have in common: a kind, three facts of it, and the data that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, dataclass_transform

__all__ = ["EventBase", "Shape"]

Shape = Mapping[str, object]
"""A part of an event that has a shape of its own: what was edited, the phases of a plan."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class EventBase:
    """One event. A subclass lists its data in the order in which JSON has them; None is left out.

    To the type checker each subclass is a frozen dataclass with keyword arguments. It is none when
    it runs, for `dataclass` takes 0.4 ms a class: 17 ms more for each command, with 43 kinds.

    `kind` is the word for it in the ledger and in JSON. `changes_row` is false where the row of its
    task stays as it is, `reaches_dependants` where nothing changes for those that wait for its
    task; views read again what the two name, so true is the safe answer. `proves_life` says that a
    worker gave a sign of life.
    """

    event_kind: ClassVar[str]
    changes_row: ClassVar[bool]
    reaches_dependants: ClassVar[bool]
    proves_life: ClassVar[bool]
    names: ClassVar[tuple[str, ...]]

    def __init_subclass__(
        cls,
        *,
        kind: str,
        changes_row: bool = True,
        reaches_dependants: bool = True,
        proves_life: bool = False,
    ) -> None:
        """Note the facts of a kind; by default, those that a view cannot go wrong with."""
        cls.event_kind = kind
        cls.changes_row = changes_row
        cls.reaches_dependants = changes_row and reaches_dependants
        cls.proves_life = proves_life
        cls.names = tuple(cls.__annotations__)

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an event does not change: {name} of {self!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.data() == other.data()

    def __hash__(self) -> int:
        return hash(self.event_kind)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.data().items())
        return f"{type(self).__name__}({values})"

    def data(self) -> dict[str, object]:
        """Return what is stored of it, in order, without what is absent."""
        return {name: value for name in self.names if (value := getattr(self, name)) is not None}
