"""The strip below the header: a segment for each task, by phase, laid into the cells there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from wf_tui.text import clean, cut

__all__ = ["Segment", "StripPart", "StripPhase", "bar_cells", "lay_strip"]

_WIDEST: Final = 4
"""Cells of one task, at most."""
_GAP: Final = 3
"""Blanks between two phases."""
_NARROWEST: Final = 8
"""Cells of a bar, below which it says nothing; but one for each kind of segment in it."""
_NAME: Final = 24


class Segment(Enum):
    """What the tasks of a piece of the bar are, in the order in which they stand in it."""

    DONE = "done"
    IN_PROGRESS = "in progress"
    NEEDS_YOU = "needs you"
    PARKED = "parked"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True)
class StripPhase:
    """One phase; its name is as the plan has it, and not safe to draw."""

    name: str
    done: int
    in_progress: int
    needs: int
    parked: int
    not_begun: int

    @property
    def count(self) -> int:
        """How many tasks it has."""
        return sum(self.tasks)

    @property
    def tasks(self) -> tuple[int, int, int, int, int]:
        """How many tasks each segment stands for, in the order of `Segment`."""
        return self.done, self.in_progress, self.needs, self.parked, self.not_begun

    @property
    def finished(self) -> bool:
        """Whether all of it is done."""
        return 0 < self.done == self.count

    @property
    def begun(self) -> bool:
        """Whether anything of it is more than planned."""
        return self.not_begun < self.count


@dataclass(frozen=True)
class StripPart:
    """One phase as it is drawn: `model`, its bar, `6/7`; without a bar its name and number."""

    phase: str
    """As the plan has it, for who clicks on it."""
    name: str
    """As it is drawn."""
    finished: bool
    """Whether it is shrunk to `✓ scan 6`."""
    figures: str
    bar: tuple[tuple[Segment, int], ...] = ()
    """How many cells each segment takes, those of none left out."""

    @property
    def width(self) -> int:
        """How many cells it takes, the mark of a finished one included."""
        bar = sum(cells for _, cells in self.bar)
        words = len(self.name) + 1 + len(self.figures) + 2 * self.finished
        return words + bar + (bar > 0)


def lay_strip(phases: Sequence[StripPhase], cells: int) -> tuple[StripPart, ...]:
    """Return the phases as they fit into so many cells, with three between any two.

    Finished ones are shrunk always. Where that leaves less than a cell for each task those that
    have not begun are, the last one first, then finished ones go, the first one first. Where even
    so there is less than a cell a task, that is done only to keep bars long enough to be read; of
    what does not fit then the last ones go. Wide names are counted by their letters: the view cuts
    a line that is too long after all.
    """
    pairs: _Pairs = [(phase, _shrunk(phase) if phase.finished else None) for phase in phases]
    for fewest in (_each_task, _fewest):
        kept = _reduced(pairs, cells, fewest)
        if _least(kept, fewest) <= cells:
            return _filled(kept, cells, fewest)
    while kept and _least(kept, _fewest) > cells:
        kept = kept[:-1]
    return _filled(kept, cells, _fewest)


_Pairs = list[tuple[StripPhase, "StripPart | None"]]
"""Phases, each with how it is drawn where it has no bar."""
_Fewest = Callable[[StripPhase], int]
"""Tells how many cells the bar of a phase has at least."""


def _reduced(pairs: _Pairs, cells: int, fewest: _Fewest) -> _Pairs:
    """Return the phases with as many shrunk and gone as is needed, or as there can be."""
    kept = list(pairs)
    for place in reversed(range(len(kept))):
        phase, part = kept[place]
        if part is None and not phase.begun and _least(kept, fewest) > cells:
            kept[place] = (phase, _shrunk(phase))
    for pair in pairs:
        if pair[0].finished and len(kept) > 1 and _least(kept, fewest) > cells:
            kept.remove(pair)
    return kept


def _shrunk(phase: StripPhase) -> StripPart:
    return StripPart(phase.name, _drawn(phase.name), phase.finished, str(phase.count))


def _drawn(name: str) -> str:
    return cut(clean(name), _NAME)


def _figures(phase: StripPhase) -> str:
    return f"{phase.done}/{phase.count}"


def _words(phase: StripPhase) -> int:
    return len(_drawn(phase.name)) + len(_figures(phase)) + 2


def _each_task(phase: StripPhase) -> int:
    return phase.count


def _kinds(phase: StripPhase) -> int:
    return sum(many > 0 for many in phase.tasks)


def _fewest(phase: StripPhase) -> int:
    return max(_kinds(phase), min(_NARROWEST, phase.count))


def _least(pairs: _Pairs, fewest: _Fewest) -> int:
    """Return the cells that these take at least."""
    widths = [
        part.width if part is not None else _words(phase) + fewest(phase) for phase, part in pairs
    ]
    return sum(widths) + _GAP * max(0, len(widths) - 1)


def _filled(pairs: _Pairs, cells: int, fewest: _Fewest) -> tuple[StripPart, ...]:
    """Give the bars the cells that the words leave."""
    bars = [phase for phase, part in pairs if part is None]
    room = cells - _least(pairs, fewest) + sum(map(fewest, bars))
    tasks = sum(phase.count for phase in bars)
    each = min(_WIDEST, room // tasks) if tasks else 0
    if each >= 1:
        widths = [phase.count * each for phase in bars]
    else:
        widths = _shares([phase.count for phase in bars], room, [_kinds(one) for one in bars])
    found = iter(widths)
    return tuple(part if part is not None else _barred(phase, next(found)) for phase, part in pairs)


def _barred(phase: StripPhase, width: int) -> StripPart:
    bar = bar_cells(phase, width)
    return StripPart(
        phase.name, _drawn(phase.name), finished=False, figures=_figures(phase), bar=bar
    )


def bar_cells(phase: StripPhase, width: int) -> tuple[tuple[Segment, int], ...]:
    """Return how many of `width` cells each segment takes, at least one where there is any."""
    least = [int(many > 0) for many in phase.tasks]
    cells = _shares(phase.tasks, width, least)
    return tuple((one, many) for one, many in zip(Segment, cells, strict=True) if many)


def _shares(amounts: Sequence[int], cells: int, least: Sequence[int]) -> list[int]:
    """Divide cells in proportion to amounts by largest remainder, with so many for each at least.

    `least` together is no more than the cells. What would get less than that gets it first, and
    the others share what is left.
    """
    fixed: dict[int, int] = {}
    while True:
        free = [place for place in range(len(amounts)) if place not in fixed]
        total, room = sum(amounts[place] for place in free), cells - sum(fixed.values())
        short = [p for p in free if total and amounts[p] * room < least[p] * total]
        if not short:
            break
        fixed |= {place: least[place] for place in short}
    shares = {place: amounts[place] * room // total if total else 0 for place in free}
    rest = room - sum(shares.values()) if total else 0
    # The largest remainder first; of equal ones the first.
    by_remainder = sorted(free, key=lambda place: (-(amounts[place] * room % max(1, total)), place))
    for place in by_remainder[:rest]:
        shares[place] += 1
    return [(fixed | shares)[place] for place in range(len(amounts))]
