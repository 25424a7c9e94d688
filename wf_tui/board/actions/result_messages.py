"""What is said after something was done by hand: what changed, and each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.rules.moves import MoveResult

__all__ = ["Told", "result_messages"]

_MOST: Final = 3
"""More cards than these are counted and not named."""


@dataclass(frozen=True)
class Told:
    """One line for the person."""

    text: str
    refused: bool = False


def result_messages(result: Sequence[MoveResult] | bool | str | None, label: str) -> list[Told]:  # noqa: FBT001 - what the ledger returns
    """Return what to say of a result; `label` is what was done, in the past: `retried`."""
    if isinstance(result, str):
        return [Told(result)]
    if isinstance(result, bool):
        return [Told(label)] if result else [Told(f"nothing to do: {label} already", refused=True)]
    if result is None:
        return [Told(label)]
    changed = [one.task for one in result if one.changed]
    told = [Told(f"{label} {_names(changed)}")] if changed else []
    refusals = list(dict.fromkeys(one.reason for one in result if not one.changed))
    told += [Told(reason, refused=True) for reason in refusals[:_MOST]]
    if len(refusals) > _MOST:
        told.append(Told(f"and {len(refusals) - _MOST} more were refused", refused=True))
    return told


def _names(tasks: Sequence[str]) -> str:
    return ", ".join(tasks) if len(tasks) <= _MOST else plural(len(tasks), "task")
