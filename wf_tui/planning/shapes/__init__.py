"""Plans that are ready but for their goal: fan-out, pipeline, diamond, speculative, critique, best.

Each is written as YAML that a person can read and edit, without a model and without a run. Called
by `wf plan new --shape NAME` and by the start screen of the board, on whichever thread.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wf_tui.planning.shapes.critique import CRITIQUE
from wf_tui.planning.shapes.joined import DIAMOND, FAN_OUT, PIPELINE
from wf_tui.planning.shapes.rivals import BEST_OF_N, SPECULATIVE
from wf_tui.planning.shapes.shape import Shape, ShapeOptions

__all__ = ["SHAPES", "Shape", "ShapeOptions"]

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {shape.name: shape for shape in (FAN_OUT, PIPELINE, DIAMOND, SPECULATIVE, CRITIQUE, BEST_OF_N)}
)
"""Every shape, by its name, in the order in which they are explained."""
