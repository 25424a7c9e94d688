"""What came of a file of another tool: a plan, with what is not in it, or why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Conversion", "NotFaithfulError", "plan_id", "steps"]

_LONGEST_ID: Final = 60


@dataclass(frozen=True)
class Conversion:
    """A plan as plain values."""

    plan: Mapping[str, object]
    notes: tuple[str, ...] = ()
    """What of the file is not in it, a line each; safe to show."""


class NotFaithfulError(Exception):
    """The file asks for what a plan cannot do by itself; the message goes on from `it `."""


def plan_id(text: str, taken: set[str]) -> str:
    """Return an id made of a text, which no other one has; it is added to those `taken`."""
    words = re.sub(r"[^\w.-]+", "-", text.lower()).strip("-.")[:_LONGEST_ID].strip("-.") or "task"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    taken.add(name)
    return name


def steps(
    tasks: Mapping[str, Mapping[str, object]], needs: Mapping[str, Sequence[str]]
) -> list[dict[str, object]]:
    """Return phases in which each task comes after those that it needs; all else is side by side.

    Both are by id. Raises `NotFaithfulError` for a circle.
    """
    level: dict[str, int] = {}
    left = list(tasks)
    while left:
        ready = [name for name in left if all(it in level for it in needs.get(name, ()))]
        if not ready:
            raise NotFaithfulError(f"has a circle: {clean(left[0], limit=80)} needs itself")
        for name in ready:
            level[name] = 1 + max((level[it] for it in needs.get(name, ())), default=0)
        left = [name for name in left if name not in level]
    phases: list[dict[str, object]] = []
    for number in range(1, max(level.values(), default=0) + 1):
        names = [name for name in tasks if level[name] == number]
        each = [dict(tasks[name]) for name in names]
        for name, task in zip(names, each, strict=True):
            if needs.get(name):
                task["depends_on_results"] = list(needs[name])
        phases.append({"name": f"step {number}", "parallel": True, "tasks": each})
    return phases
