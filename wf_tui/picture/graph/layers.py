"""Which task stands where: a column for each phase, a line for each task, folded if long."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from wf_tui.picture.graph.graph import Graph

__all__ = ["GAP", "Layer", "layer_widths", "layers_of"]

_MOST: Final = 40
"""Tasks of a layer that stand there one by one, unless a person opens it."""
_WIDEST: Final = 30
"""Cells of a layer where others want room, too."""
_LEAST: Final = 20
"""Cells below which nobody can read a title; what does not fit then is scrolled to."""
_LEAST_OVER: Final = 9
"""The same of a layer of which all is done."""
GAP: Final = 4
"""Cells between two layers, for the arrow."""


@dataclass(frozen=True)
class Layer:
    """A column: the tasks of a phase, or only how many of them are where."""

    phase: str
    tasks: tuple[str, ...]
    """Empty where it is folded."""
    counts: tuple[tuple[TaskState, int], ...]
    done: int
    total: int

    @property
    def is_folded(self) -> bool:
        """Whether only counts are shown."""
        return not self.tasks and self.total > 0

    @property
    def is_over(self) -> bool:
        """Whether all of it is done."""
        return self.done == self.total


def layers_of(graph: Graph, toggled: frozenset[str]) -> list[Layer]:
    """Return the columns; those over 40 tasks are folded, `toggled` are the other way round."""
    found = []
    for phase in graph.phases:
        tasks = graph.layer(phase)
        folded = (len(tasks) > _MOST) ^ (phase in toggled)
        counts = Counter(task.state for task in tasks)
        found.append(
            Layer(
                phase=phase,
                tasks=() if folded else tuple(task.id for task in tasks),
                counts=tuple((state, counts[state]) for state in TaskState if counts[state]),
                done=counts[TaskState.DONE],
                total=len(tasks),
            )
        )
    return [layer for layer in found if layer.total]


def layer_widths(layers: list[Layer], width: int, wants: list[int]) -> list[int]:
    """Return the cells of each layer; where they do not fit, what is over gives way first.

    Where there is more room than that, those grow whose titles are longer. The sum may be more than
    there is room for.
    """
    leasts = [_LEAST_OVER if layer.is_over else _LEAST for layer in layers]
    widths = [min(_WIDEST, max(_LEAST_OVER, want)) for want in wants]
    room = width - GAP * max(0, len(layers) - 1)
    for over in (True, False):
        places = [place for place, layer in enumerate(layers) if layer.is_over is over]
        while sum(widths) > room:
            wide = [place for place in places if widths[place] > leasts[place]]
            if not wide:
                break
            widths[max(wide, key=widths.__getitem__)] -= 1
    growing = [place for place, want in enumerate(wants) if widths[place] < want]
    while growing and sum(widths) < room:
        least = min(growing, key=widths.__getitem__)
        widths[least] += 1
        growing = [place for place in growing if widths[place] < wants[place]]
    return widths
