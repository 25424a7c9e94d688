"""What a shape is, and what it is made for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError
from wf_tui.swarm.template import Template
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Shape", "ShapeOptions"]

_NAMED: Final = 3
MOST_ITEMS: Final = 1000
MOST_TRIES: Final = 20
"""So many may run at once; more attempts at one thing are no better plan."""


@dataclass(frozen=True)
class ShapeOptions:
    """What the plan of a shape is about."""

    goal: str
    """What is to be done; with `{{item}}` in it, it is the prompt of each item."""
    items: tuple[str, ...] = ()
    """The parts, steps or ways, as the shape says."""
    n: int | None = None
    """How many attempts or rounds; None is what the shape thinks right."""
    scope: tuple[str, ...] = ()
    """The paths that tasks may change, `{{item}}` for the item; none is all of them."""
    profiles: tuple[str, ...] = ()
    """Who does it, in turn; the last one judges. None leaves it to the run."""
    runs: bool = False
    """Whether the items are commands for the shell, and not prompts."""
    gate: str = ""
    """The command that has to pass before anything is merged."""
    by_person: bool = False
    """Whether a person chooses the best one, and no model."""


@dataclass(frozen=True)
class Shape:
    """A plan that is ready but for its goal."""

    name: str
    summary: str
    """In one line."""
    takes: str
    """What its items and its number are, for the help."""
    write: Callable[[ShapeOptions], str]
    fewest: int = 0
    """Items that it needs."""
    fewest_n: int = 1
    default_n: int | None = None
    """Its number where none is given; None for a shape that has no number."""
    can_run: bool = False
    """Whether its items can be commands."""
    in_parts: bool = False
    """Whether each item is a part that is done once: two equal ones would do, and pay, it twice."""

    def text(self, options: ShapeOptions) -> str:
        """Return the plan as YAML. Raises `UsageError` for what the shape cannot be made of."""
        self._require(options)
        if self.in_parts:
            _refuse_equal(options.items)
        return self.write(options)

    def _require(self, options: ShapeOptions) -> None:
        if not options.goal.strip():
            raise UsageError("the goal is blank", "say what is to be done")
        for word in (options.goal, *options.items, options.gate):
            if "\0" in word or not _is_text(word):
                raise UsageError(f"no text: {clean(word, limit=80)!r}", "leave it out")
        blank = next((i for i, item in enumerate(options.items, 1) if not item.strip()), None)
        if blank is not None:
            raise UsageError(f"item {blank} is blank", "leave it out")
        if not options.items and Template.parse(options.goal).places:
            raise UsageError("the goal has {{item}}, and there are no items", "give it some items")
        if len(options.items) < self.fewest:
            needed = "an item" if self.fewest == 1 else f"{self.fewest} items"
            raise UsageError(f"the shape {self.name} needs {needed}", f"its items are {self.takes}")
        if len(options.items) > MOST_ITEMS:
            raise UsageError(f"there are {len(options.items)} items", f"at most {MOST_ITEMS}")
        if options.runs and not self.can_run:
            raise UsageError(
                f"the shape {self.name} is for prompts, not for commands",
                "leave the commands out, or take fan-out, pipeline, speculative or best-of-n",
            )
        if options.n is not None:
            self._require_number(options.n)

    def _require_number(self, n: int) -> None:
        if self.default_n is None:
            raise UsageError(f"the shape {self.name} has no number", "leave -n out")
        if not self.fewest_n <= n <= MOST_TRIES:
            raise UsageError(
                f"{n} is no number for {self.name}", f"{self.fewest_n} to {MOST_TRIES}"
            )


def _refuse_equal(items: Sequence[str]) -> None:
    counts = Counter(item.strip() for item in items)
    equal = [item for item, count in counts.items() if count > 1]
    if equal:
        named = listed([f'"{clean(item, limit=80)}"' for item in equal], _NAMED)
        raise UsageError(f"equal items: {named}", "leave out all but one of them")


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
