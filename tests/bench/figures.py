"""Figures beside their floors: measuring both in turn, and the table that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Figure", "Goal", "Section", "against", "by_turns", "lines", "percentile"]

_T = TypeVar("_T")
_WIDTHS: Final = (44, 11, 11, 8, 14)
_WHOLE: Final = 100
_ONE_PLACE: Final = 10


@dataclass(frozen=True)
class Goal:
    """What a ratio should be at least, or at most."""

    least: float | None = None
    most: float | None = None

    def judge(self, ratio: float) -> str:
        """Return the goal and whether this ratio meets it."""
        if self.least is not None:
            return f">= {self.least:g} {'ok' if ratio >= self.least else 'MISSED'}"
        if self.most is not None:
            return f"<= {self.most:g} {'ok' if ratio <= self.most else 'MISSED'}"
        return ""


@dataclass(frozen=True)
class Figure:
    """One row: what was measured and, where there is one, its floor in the same unit."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    goal: Goal = Goal()
    note: str = ""
    wrong: bool = False
    """Whether this is a fault of the product, however quick it was."""

    @property
    def ratio(self) -> float | None:
        """The value over its floor."""
        return self.value / self.floor if self.floor else None


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
    goal: Goal = Goal(),
    note: str = "",
) -> Figure:
    """Return the median of some samples beside the median of their floor."""
    return Figure(what, median(values), unit, median(floors), goal, note)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that this share of the values does not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def lines(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the table of some figures, a line each as soon as it is known."""
    yield _line("", "measured", "floor", "ratio", "goal", "")
    for figure in figures:
        ratio = figure.ratio
        yield _line(
            f"{figure.what} [{figure.unit}]",
            _number(figure.value),
            "" if figure.floor is None else _number(figure.floor),
            "" if ratio is None else f"{ratio:.2f}x",
            "" if ratio is None else figure.goal.judge(ratio),
            "WRONG " * figure.wrong + figure.note,
        )


def _line(*cells: str) -> str:
    head, *numbers = cells[:-1]
    padded = [number.rjust(width) for number, width in zip(numbers, _WIDTHS[1:], strict=True)]
    return "  ".join([head.ljust(_WIDTHS[0]), *padded, cells[-1]]).rstrip()


def _number(value: float) -> str:
    if abs(value) >= _WHOLE or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= _ONE_PLACE else f"{value:.2f}"
