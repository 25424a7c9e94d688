"""The registry of actions: bindings, footer, palette, help, user keys and tests read this list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions import conversation, external_programs, handlers
from wf_tui.board.actions.action import Action, Context, Group, Target
from wf_tui.board.actions.screen_actions import SCREEN_ACTIONS
from wf_tui.board.actions.view_actions import VIEWS
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.binding import BindingType

    from wf_tui.board.actions.action import Handler
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.rules.moves import Key, Move

__all__ = ["ACTIONS", "Action", "Context", "Group", "Target", "bindings", "by_id"]

_ADD: Final = (
    "wf add TITLE --phase P --prompt TEXT --sh CMD --needs T --scope P --role R --mode M "
    "--isolation I"
)
_DIALOGS: Final[Mapping[str, Handler]] = {
    moves.REASSIGN.name: handlers.reassign,
    moves.EDIT.name: handlers.edit,
    moves.ACCEPT.name: handlers.accept,
    moves.ANSWER.name: conversation.answer,
    moves.MESSAGE.name: conversation.message,
}
"""What asks for the arguments of a move before it is made, or looks whether it can be."""


def action_of(move: Move[...], key: Key) -> Action:
    """Return the action that makes a move of the table; `key` is what the table says of its key.

    The move is made without arguments, unless a dialog asks for them.
    """

    def make(app: ActionHost, ids: tuple[str, ...]) -> None:
        handlers.make_move(app, move, ids)

    return Action(
        key.action,
        key.keys,
        key.title,
        key.help,
        Group.TASK,
        Target.ONE if key.one_card else Target.TASKS,
        twins=(move.command,),
        moves=(move.name,),
        handler=_DIALOGS.get(move.name, make),
        footer=key.footer,
    )


_HOLD_OR_RELEASE: Final = Action(
    "task.hold_or_release",
    ("b",),
    "Hold/release",
    "Hold what is pending, unhold what is held, release what is in progress",
    Group.TASK,
    Target.TASKS,
    twins=tuple(move.command for move in (moves.HOLD, moves.UNHOLD, moves.RELEASE)),
    moves=tuple(move.name for move in handlers.TOGGLE),
    handler=handlers.hold_or_release,
    footer=True,
)


def move_actions() -> Iterator[Action]:
    """Return the actions of the table, in its order; `b` stands before the hold that it may be."""
    for move in moves.MOVES.values():
        if move is moves.HOLD:
            yield _HOLD_OR_RELEASE
        if move.key is not None:
            yield action_of(move, move.key)


_TASKS: Final = (
    *move_actions(),
    Action(
        "task.shell",
        ("o",),
        "Shell",
        "Your shell in its worktree; the board steps aside until you leave it",
        Group.TASK,
        Target.ONE,
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
        handler=handlers.copy,
    ),
)
_RUN: Final = (
    Action(
        "task.new",
        ("n",),
        "New task",
        "Add a task to the run",
        Group.RUN,
        Target.RUN,
        twins=(_ADD,),
        moves=("add",),
        handler=handlers.new_task,
        footer=True,
    ),
    Action(
        "run.pause",
        ("p",),
        "Pause/resume",
        "Start nothing new; or resume, with a new scheduler if there is none",
        Group.RUN,
        Target.RUN,
        twins=("wf pause", "wf resume"),
        moves=("pause", "resume"),
        handler=handlers.pause_or_resume,
        footer=True,
    ),
    Action(
        "run.more_jobs",
        ("+",),
        "More jobs",
        "Let one more task run at once",
        Group.RUN,
        Target.RUN,
        twins=("wf jobs N",),
        handler=handlers.more_jobs,
    ),
    Action(
        "run.fewer_jobs",
        ("-",),
        "Fewer jobs",
        "Let one task fewer run at once; interrupts nothing",
        Group.RUN,
        Target.RUN,
        twins=("wf jobs N",),
        handler=handlers.fewer_jobs,
    ),
    Action(
        "run.undo",
        ("u",),
        "Undo",
        "Undo your last action, unless a worker has acted on it",
        Group.RUN,
        Target.RUN,
        twins=("wf undo",),
        handler=handlers.undo,
        footer=True,
    ),
    Action(
        "run.stop",
        (),
        "Stop after current tasks",
        "Pause the run and let its scheduler exit once nothing runs",
        Group.RUN,
        Target.RUN,
        twins=("wf stop",),
        moves=("stop",),
        handler=handlers.stop,
    ),
    Action(
        "run.stop_now",
        (),
        "Stop now",
        "Stop what runs, put it back into the queue, and let the scheduler exit",
        Group.RUN,
        Target.RUN,
        twins=("wf stop --now",),
        moves=("stop_now",),
        handler=handlers.stop_now,
    ),
    Action(
        "run.abort",
        (),
        "Abort the run",
        "Cancel all that is not done; what is merged stays",
        Group.RUN,
        Target.RUN,
        twins=("wf abort",),
        moves=("abort",),
        handler=handlers.abort,
    ),
)


ACTIONS: Final = (*VIEWS, *_TASKS, *_RUN, *SCREEN_ACTIONS)
"""Every action, in the order of footer and help."""
_BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


def by_id(name: str) -> Action:
    """Return the action with this id; raise KeyError where there is none."""
    return _BY_ID[name]


def bindings(context: Context) -> list[BindingType]:
    """Return the bindings of a screen: those of all actions that have keys in its context.

    A screen makes its `BINDINGS` of this; what the actions call are methods of the screen and of
    the application.
    """
    return [action.binding for action in ACTIONS if context in action.contexts and action.keys]
