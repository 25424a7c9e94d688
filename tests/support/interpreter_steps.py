"""What work costs, counted in steps of the interpreter: the same on every machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction


def count_steps(work: Callable[[], object]) -> int:
    """Return how many steps the interpreter takes to do this work."""
    taken = 0

    def trace(frame: FrameType, event: str, _: object) -> TraceFunction:
        nonlocal taken
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        taken += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return taken
