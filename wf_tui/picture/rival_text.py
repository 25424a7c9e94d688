"""A rival, or the judge of some, in a few words: for cards, `wf status` and `wf show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import DoneKind, TaskState
from wf_tui.plan.choices import Pick
from wf_tui.text import plural

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["rival_text"]

_WINS: Final = {Pick.FIRST: "first wins", Pick.BEST: "the best wins"}


def rival_text(task: TaskRow) -> str:
    """Return what a task is among those that try the same; "" of any other one.

    Of one that lost its note says which was taken.
    """
    spec = task.spec
    if spec.judges:
        return f"judges {plural(spec.rivals or 0, 'rival')}"
    if not spec.rival or (task.state is TaskState.DONE and task.kind is not DoneKind.MERGED):
        return ""
    if task.kind is DoneKind.MERGED:
        return f"won over {plural((spec.rivals or 1) - 1, 'rival')}"
    return f"rival of {spec.rivals}, {_WINS[Pick(spec.rival)]}"
