"""What of a tree plan is decided while it runs: which phases a node may add, and when."""

from collections.abc import Mapping
from enum import StrEnum

from wf_tui.values import field, frozen

__all__ = ["Decided", "Deciding"]


class Deciding(StrEnum):
    """How a node decides."""

    COND = "cond"
    """One of two arms, by a verdict."""
    LOOP = "loop_until"
    """Another round, until a verdict says that it is enough."""
    EXPAND = "expand"
    """One copy of its template for each item of a list that a task has answered."""


@frozen
class Decided:
    """A node that adds phases to its run; the plan has them all, as if each of them ran once.

    Made by the compiler of tree plans. `ledger/model/new_tasks.py` takes the phases of `arms` out
    of what a run begins with, and puts them into the `node` of the phase that decides.
    """

    phase: str
    """The phase whose end decides."""
    kind: Deciding
    prefix: str
    """What the ids of all that it adds begin with, up to the number of the round or item."""
    most: int = 1
    """How many rounds or items there are at most."""
    text: str = ""
    """The condition, as it is written; of an expand: its source."""
    source: str = ""
    """Of an expand: the task whose answer is the list."""
    arms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of phases: `pass` and `fail` of a cond, `again` of a loop, `each` of an expand."""

    @property
    def added(self) -> tuple[str, ...]:
        """The phases that a run does not begin with; a loop has its first round in any case."""
        if self.kind is Deciding.LOOP:
            return ()
        return tuple(name for names in self.arms.values() for name in names)
