"""Why an action cannot be done now, and what would help; one sentence for key, footer and menu."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.names import titled
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState
from wf_tui.ledger.rules import moves
from wf_tui.ledger.rules.moves import Situation
from wf_tui.picture.picture import ENTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.picture.picture import Picture

__all__ = ["why_not"]

_S = Situation
_ACTION: Final = re.compile(r"\{([a-z_.]+)\}")
"""The place of the key of an action in a sentence."""
_OVER: Final = "its work is over; {task.new} adds a task"
_HELPS: Final[Mapping[str, Mapping[Situation, str]]] = {
    moves.RETRY.name: {
        _S.WORKING: "{task.hold} stops it, {task.reassign} gives it away",
        _S.MERGING: "its work goes into the branch now",
        _S.PENDING: "it is in the queue already; {task.reassign} chooses who takes it",
        _S.DONE: _OVER,
    },
    moves.REASSIGN.name: {_S.MERGING: "its work goes into the branch now", _S.DONE: _OVER},
    moves.CANCEL.name: {_S.MERGING: "its work goes into the branch now", _S.DONE: "it is over"},
    moves.SKIP.name: {_S.MERGING: "its work goes into the branch now", _S.DONE: "it is over"},
    moves.RELEASE.name: {
        _S.PENDING: "it is in the queue already",
        _S.BACKOFF: "it is in the queue already",
        _S.BLOCKED: "{task.retry} puts it back into the queue",
        _S.DONE: _OVER,
    },
    moves.HOLD.name: {
        _S.BLOCKED: "it does not run anyway; {task.cancel} gives it up",
        _S.MERGING: "its work goes into the branch now",
        _S.DONE: "it is over",
    },
    moves.UNHOLD.name: {},
    moves.EDIT.name: {_S.DONE: _OVER},
    moves.PRIORITY.name: {_S.DONE: "it is over"},
    moves.MESSAGE.name: {_S.DONE: _OVER},
    moves.ACCEPT.name: {
        _S.PENDING: "there is no work of it yet",
        _S.BACKOFF: "{task.retry} tries again now",
        _S.WORKING: "it is accepted when it ends, unless something is wrong",
        _S.ASKING: "{task.answer} answers what it asks",
        _S.MERGING: "its work goes into the branch now",
        _S.BLOCKED: "{task.shell} opens what there is of it, {task.retry} tries again",
        _S.DONE: "its work is in the branch",
    },
    moves.ANSWER.name: dict.fromkeys(
        (_S.PENDING, _S.BACKOFF, _S.WORKING, _S.MERGING, _S.BLOCKED),
        "it asks nothing; {task.message} writes to its worker",
    )
    | {_S.DONE: "it asks nothing any more"},
    moves.SNOOZE.name: dict.fromkeys(
        (_S.PENDING, _S.BACKOFF, _S.WORKING, _S.MERGING, _S.BLOCKED, _S.DONE), "it needs nobody now"
    ),
    ENTER: {
        _S.PENDING: "it has no worktree before it begins",
        _S.BACKOFF: "{view.diff} shows what its last try changed",
        _S.BLOCKED: "nothing of it was kept; {task.retry} tries again",
        _S.DONE: "its worktree is gone; {view.diff} shows what it changed",
        _S.SKIPPED: "it has left no worktree",
    },
}
"""What would help, by the name of the move and where the task is."""
_KIND_HELPS: Final[Mapping[tuple[str, str], str]] = {
    (moves.RETRY.name, BlockedKind.HOLD): "{task.hold} lets it go",
    (moves.REASSIGN.name, BlockedKind.HOLD): "{task.hold} lets it go first",
    (moves.RETRY.name, BlockedKind.DEPENDENCY): "what it waits for comes first: {view.next_need}",
    (moves.REASSIGN.name, BlockedKind.DEPENDENCY): "what it waits for comes first",
    (moves.CANCEL.name, BlockedKind.CANCELLED): "{task.retry} brings it back",
    (moves.ACCEPT.name, BlockedKind.HOLD): "{task.hold} lets it go",
}
"""The same for a task that is blocked in this way, before the others."""
_KINDS: Final[Mapping[str, str]] = {
    BlockedKind.HOLD: "held",
    BlockedKind.CANCELLED: "cancelled",
    BlockedKind.DEPENDENCY: "parked behind others",
    BlockedKind.QUESTION: "asking",
    DoneKind.SKIPPED: "skipped",
}
_SITUATIONS: Final[Mapping[Situation, str]] = {
    _S.PENDING: "pending",
    _S.BACKOFF: "waiting for its next try",
    _S.WORKING: "running",
    _S.ASKING: "asking",
    _S.MERGING: "merging",
    _S.BLOCKED: "blocked",
    _S.DONE: "done",
    _S.SKIPPED: "skipped",
}


def why_not(
    picture: Picture, names: Sequence[str], tasks: Sequence[str], keys_of: Callable[[str], str]
) -> str | None:
    """Return why none of these moves can be made on any of these tasks, or None where one can.

    The reason is that of the first task, and of the last of the moves, which is the plainest. It
    ends at the first that is possible: the footer asks this of every action at each change.
    `keys_of` gives the keys of an action, as the person has them.
    """
    first = None
    for task in tasks:
        for name in names:
            reason = picture.why_not(name, task)
            if reason is None:
                return None
            if task == tasks[0]:
                first = (name, reason)
    if first is None or not tasks[0]:
        return first and first[1]
    return sentence(picture, *first, tasks[0], keys_of)


def sentence(
    picture: Picture, name: str, reason: str, task: str, keys_of: Callable[[str], str]
) -> str:
    """Return the sentence about one task; `reason` is the ledger's own, for what only it knows."""
    row = picture.row(task)
    situation = moves.situation_of(row, lambda _: True)
    move = moves.MOVES.get(name)
    title = titled(picture, task)
    if move is not None and move.allows(situation, row.kind):
        # The state would allow it: something else is in the way, which the ledger names.
        return reason.replace(f"task {task!r}", title)
    kind = row.kind or ""
    helps = _KIND_HELPS.get((name, kind)) or _HELPS.get(name, {}).get(situation, "")
    helps = _ACTION.sub(lambda found: keys_of(found[1]).split(" ")[0], helps)
    where = state_words(row, situation)
    return f"{title} is {where}; {helps}" if helps else f"{title} is {where}"


def state_words(row: TaskRow, situation: Situation) -> str:
    """Return where a task is, as a person says it: `running`, `held`, `blocked (gate)`."""
    if row.kind and row.kind in _KINDS:
        return _KINDS[row.kind]
    if row.state is TaskState.BLOCKED and row.kind:
        return f"blocked ({row.kind.replace('_', ' ')})"
    return _SITUATIONS[situation]
