"""The lines that follow an act of the person: what changed, and each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import plural

if TYPE_CHECKING:
    from wf_tui.board.host import ActResult

__all__ = ["ResultMessage", "result_messages"]

_MOST: Final = 3
"""More cards than these are counted and not named."""


@dataclass(frozen=True)
class ResultMessage:
    """One line for the person."""

    text: str
    refused: bool = False


def result_messages(result: ActResult, label: str) -> list[ResultMessage]:
    """Return what to say of a result; `label` is what was done, in the past: `retried`.

    A result is a sentence of its own, whether something changed, nothing, or a row for each task.
    Each line becomes a toast, of which only few can stand: what many tasks have in common is said
    once.
    """
    if isinstance(result, str):
        return [ResultMessage(result)]
    if result is None or result is True:
        return [ResultMessage(label)]
    if result is False:
        return [ResultMessage(f"nothing to do: {label} already", refused=True)]
    messages = []
    changed = [row.task for row in result if row.changed]
    if changed:
        names = ", ".join(changed) if len(changed) <= _MOST else plural(len(changed), "task")
        messages.append(ResultMessage(f"{label} {names}"))
    # Each reason once, in the order of the tasks: most often all are refused for the same one.
    refusals = list(dict.fromkeys(row.reason for row in result if not row.changed))
    messages += [ResultMessage(reason, refused=True) for reason in refusals[:_MOST]]
    if len(refusals) > _MOST:
        more = f"and {len(refusals) - _MOST} more were refused"
        messages.append(ResultMessage(more, refused=True))
    return messages
