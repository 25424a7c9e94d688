"""One thing that `wf doctor` has looked at, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from wf_tui.errors import WfError

__all__ = ["Detail", "Finding", "Level", "failed"]

Detail: TypeAlias = Mapping[str, str | int | float | bool | Sequence[str] | None]


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"
    """Something that wf needs is missing."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do about it.

    `check` names the thing, `text` is one line and safe to show, `detail` has
    the same for programs. The command ends with status 3 where any finding is a problem.
    """

    check: str
    level: Level
    text: str
    hint: str = ""
    detail: Detail = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return all of it."""
        return {
            "check": self.check,
            "level": self.level.value,
            "text": self.text,
            "hint": self.hint,
            "detail": dict(self.detail),
        }


def failed(check: str, error: WfError) -> Finding:
    """Return a finding for what could not be looked at, or is not as wf needs it."""
    return Finding(check, Level.PROBLEM, error.message, error.hint)
