"""What a patch wants: changes of files, each with its pieces."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Action", "Change", "Hunk"]


class Action(StrEnum):
    """What is done with a file."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Hunk:
    """One piece of a file: lines that are there, and what they become."""

    lines: tuple[tuple[str, str], ...]
    """Each with its sign: a blank for one that stays, `-`, `+`."""
    headers: tuple[str, ...] = ()
    """Lines that stand somewhere above it, the outer ones first."""
    line: int | None = None
    """The number of its first line, as the patch says it."""
    at_end: bool = False
    """Whether it is at the end of the file."""
    ends_open: bool = False
    """Whether the file is to end without a line break."""

    @property
    def old(self) -> list[str]:
        """The lines that have to be there."""
        return [text for sign, text in self.lines if sign != "+"]


@dataclass(frozen=True)
class Change:
    """What is to be done with one file."""

    action: Action
    path: str
    new_path: str | None = None
    """Where it is moved to."""
    hunks: tuple[Hunk, ...] = ()
    executable: bool | None = None
    """Whether it is to be a program; None leaves it as it is."""
