"""The actions on tasks: the moves of the table, and what opens, copies or leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import RUN_VIEWS, Action, Context, Group, Target
from wf_tui.board.actions.handlers import (
    accepting,
    conversation,
    external_programs,
    looking,
    reassigning,
    snoozing,
    task_acts,
)
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.actions.action import Handler
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.rules.moves import Move

__all__ = ["TASK_ACTIONS"]

_DIALOGS: Final[Mapping[str, Handler]] = {
    moves.REASSIGN.name: reassigning.reassign,
    moves.EDIT.name: looking.edit,
    moves.ACCEPT.name: accepting.accept,
    moves.ANSWER.name: conversation.answer,
    moves.MESSAGE.name: conversation.message,
}
"""What asks for the arguments of a move before it is made, or looks whether it can be."""
_REVIEWED: Final = RUN_VIEWS | {Context.REVIEW}
"""Where the keys work that the review has, too."""


def _move(
    move: Move[...],
    keys: tuple[str, ...],
    title: str,
    text: str,
    *,
    one: bool = False,
    contexts: frozenset[Context] = RUN_VIEWS,
) -> Action:
    """Return the action that makes a move of the table, without arguments unless a dialog asks."""

    def make(app: ActionHost, ids: tuple[str, ...]) -> None:
        task_acts.make_move(app, move, ids)

    return Action(
        f"task.{move.name}",
        keys,
        title,
        text,
        Group.TASK,
        Target.ONE if one else Target.TASKS,
        contexts,
        twins=(move.command,),
        moves=(move.name,),
        handler=_DIALOGS.get(move.name, make),
        footer=bool(keys),
    )


TASK_ACTIONS: Final = (
    _move(
        moves.ANSWER, ("y",), "Answer", "Answer what its worker asks, allow or deny it", one=True
    ),
    _move(
        moves.MESSAGE,
        ("m",),
        "Message",
        "Write to its worker: at once where it can hear, else with its next attempt",
        one=True,
    ),
    _move(
        moves.RETRY,
        ("r",),
        "Retry",
        "Give it another chance, with its tries reset; ends a back-off",
    ),
    Action(
        "task.retry_note",
        ("ctrl+r",),
        "Retry with a note",
        "The same, and its worker is told what you write",
        Group.TASK,
        Target.TASKS,
        twins=("wf retry TASK... --note TEXT",),
        moves=(moves.RETRY.name,),
        handler=task_acts.retry_with_note,
    ),
    _move(
        moves.REASSIGN, ("a",), "Assign", "Give it to a worker of your choice; it waits for that"
    ),
    _move(
        moves.ACCEPT,
        ("A",),
        "Accept",
        "Take work that a review, its scope or a conflict held back, as it is now",
        contexts=_REVIEWED,
    ),
    Action(
        "task.hold",
        ("b",),
        "Hold",
        "Hold what waits, stop and hold what runs, let go what is held",
        Group.TASK,
        Target.TASKS,
        twins=(moves.HOLD.command, moves.UNHOLD.command),
        moves=tuple(move.name for move in task_acts.HOLDS),
        handler=task_acts.hold,
        title_now=task_acts.hold_title,
        widest=task_acts.STOP_AND_HOLD,
        footer=True,
    ),
    _move(moves.RELEASE, (), "Release", "Stop its worker and put it back into the queue"),
    _move(moves.SKIP, ("f",), "Skip", "Count it as done without its work, finished by hand"),
    _move(moves.CANCEL, ("x",), "Cancel", "Give it up, and with it what needs its result"),
    _move(moves.EDIT, ("e",), "Edit", "Change its title, prompt, scope, limits", one=True),
    Action(
        "task.snooze",
        ("s",),
        "Snooze",
        "Not now: for a while, or until it changes; again, and it is back",
        Group.TASK,
        Target.ONE,
        twins=("wf snooze TASK TIME",),
        moves=(moves.SNOOZE.name,),
        handler=snoozing.snooze,
    ),
    Action(
        "task.shell",
        ("o",),
        "Shell",
        "Your shell in its worktree; the board steps aside until you leave it",
        Group.TASK,
        Target.ONE,
        _REVIEWED,
        twins=("wf shell TASK",),
        moves=("enter",),
        handler=external_programs.open_shell,
        footer=True,
    ),
    Action(
        "task.editor",
        ("E",),
        "Editor",
        "$VISUAL or $EDITOR in its worktree, on the conflicting files",
        Group.TASK,
        Target.ONE,
        _REVIEWED,
        twins=("wf shell TASK",),
        moves=("enter",),
        handler=external_programs.open_editor,
    ),
    Action(
        "task.copy",
        ("c",),
        "Copy",
        "Copy its id, the path of its tree, or the branch",
        Group.TASK,
        Target.ONE,
        twins=("wf show TASK --json",),
        handler=looking.copy,
    ),
    Action(
        "task.priority",
        (),
        "Priority",
        "Sooner or later in the queue",
        Group.TASK,
        Target.TASKS,
        twins=(moves.PRIORITY.command,),
        moves=(moves.PRIORITY.name,),
        handler=task_acts.prioritise,
    ),
)
"""In the order of help and menu."""
