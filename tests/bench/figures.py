"""Figures beside their floors: measuring both in turn, and the table that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final, TypeVar

from tests.bench.goals import NO_GOAL, Aim, Goal, Of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = [
    "HEAD",
    "Aim",
    "Figure",
    "Goal",
    "Of",
    "Section",
    "Verdict",
    "against",
    "by_turns",
    "cells",
    "number",
    "percentile",
    "row",
]

_T = TypeVar("_T")
_WIDTHS: Final = (44, 9, 15, 9, 8, 14)
_WHOLE: Final = 100
_ONE_PLACE: Final = 10


@dataclass(frozen=True)
class Figure:
    """One row: what was measured and, where there is one, its floor in the same unit.

    What could not be measured has the value `math.nan`, and the reason as its note.
    """

    what: str
    value: float
    unit: str
    floor: float | None = None
    goal: Goal = NO_GOAL
    """Its goal, where it is none of the page's first table."""
    note: str = ""
    wrong: bool = False
    """Whether this is a fault of the product, however quick it was."""
    aim: Aim | None = None
    """The line of the page's first table that it fills, which has its goal."""
    spread: tuple[float, float] | None = None
    """The least and the most of the samples."""

    @property
    def absent(self) -> bool:
        """Whether it could not be measured."""
        return isnan(self.value)

    @property
    def ratio(self) -> float | None:
        """The value over its floor."""
        return self.value / self.floor if self.floor and not self.absent else None

    def judged(self, pace: float) -> Verdict | None:
        """Return how it stands to its goal on a machine of this pace; None where it has none."""
        goal = self.aim.value.goal if self.aim else self.goal
        value = self.ratio if goal.of is Of.RATIO else self.value
        if not goal or value is None or isnan(value):
            return None
        here = goal.here(pace)
        return Verdict(here, value, here.met(value))


@dataclass(frozen=True)
class Verdict:
    """How a figure stands to its goal."""

    goal: Goal
    """As it is on this machine."""
    value: float
    """What was judged: the ratio, or the value itself."""
    met: bool

    def __str__(self) -> str:
        """Return the goal, and whether it is met."""
        return f"{self.goal} {'met' if self.met else 'MISSED'}"


@dataclass(frozen=True)
class Section:
    """Figures that belong together: `measure` gets an empty folder and whether to be quick."""

    name: str
    floor: str
    """What the floor of these figures is."""
    measure: Callable[[Path, bool], Iterable[Figure]]


def by_turns(rounds: int, *works: Callable[[], _T]) -> list[list[_T]]:
    """Do each work in turn, several times; return the samples of each.

    The machine may be busy: what disturbs one round of a work disturbs its floor as well.
    """
    samples: list[list[_T]] = [[] for _ in works]
    for _ in range(rounds):
        for work, kept in zip(works, samples, strict=True):
            kept.append(work())
    return samples


def against(
    what: str,
    unit: str,
    values: Sequence[float],
    floors: Sequence[float],
    goal: Goal = NO_GOAL,
    note: str = "",
    aim: Aim | None = None,
) -> Figure:
    """Return the median of some samples beside the median of their floor."""
    middle, spread = median(values), (min(values), max(values))
    return Figure(what, middle, unit, median(floors), goal, note, aim=aim, spread=spread)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that this share of the values does not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def cells(figure: Figure, pace: float) -> tuple[str, ...]:
    """Return a figure in words: what, measured, spread, floor, ratio, goal, note."""
    ratio, spread = figure.ratio, figure.spread
    return (
        f"{figure.what} [{figure.unit}]" if figure.unit else figure.what,
        "absent" if figure.absent else number(figure.value),
        f"{number(spread[0])}..{number(spread[1])}" if spread and spread[0] < spread[1] else "",
        "" if figure.floor is None else number(figure.floor),
        "" if ratio is None else f"{ratio:.2f}x",
        str(figure.judged(pace) or ""),
        "WRONG " * figure.wrong + figure.note,
    )


HEAD: Final = ("", "measured", "spread", "floor", "ratio", "goal", "")
"""What stands above the cells of a figure."""


def row(words: Sequence[str]) -> str:
    """Return some cells as a line of the terminal."""
    head, *numbers = words[:-1]
    padded = [word.rjust(width) for word, width in zip(numbers, _WIDTHS[1:], strict=True)]
    return "  ".join([head.ljust(_WIDTHS[0]), *padded, words[-1]]).rstrip()


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if abs(value) >= _WHOLE or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= _ONE_PLACE else f"{value:.2f}"
