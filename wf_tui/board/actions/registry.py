"""The registry of actions: bindings, footer, palette, help, user keys and tests read this list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions import external_programs, handlers
from wf_tui.board.actions.action import Action, Group, Where
from wf_tui.board.actions.screen_actions import SCREEN_ACTIONS
from wf_tui.board.actions.view_actions import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

__all__ = ["ACTIONS", "Action", "Group", "Where", "bindings", "by_id"]

_EDIT: Final = (
    "wf edit TASK --title TEXT --prompt TEXT --sh CMD --gate CMD --scope P --role R "
    "--max-attempts N --timeout S"
)
_ADD: Final = (
    "wf add TITLE --phase P --prompt TEXT --sh CMD --needs T --scope P --role R --mode M "
    "--isolation I"
)
_TASKS: Final = (
    Action(
        "task.retry",
        ("r",),
        "Retry",
        "Give it another chance, with its tries reset; ends a back-off",
        Group.TASK,
        Where.CARDS,
        twins=("wf retry TASK...",),
        moves=("retry",),
        handler=handlers.retry,
        footer=True,
    ),
    Action(
        "task.reassign",
        ("a",),
        "Reassign",
        "Give it to a worker of your choice; it waits for that one",
        Group.TASK,
        Where.CARDS,
        twins=("wf reassign TASK... --to WORKER",),
        moves=("reassign",),
        handler=handlers.reassign,
        footer=True,
    ),
    Action(
        "task.cancel",
        ("x",),
        "Cancel",
        "Give it up, and with it what needs its result",
        Group.TASK,
        Where.CARDS,
        twins=("wf cancel TASK...",),
        moves=("cancel",),
        handler=handlers.cancel,
        footer=True,
    ),
    Action(
        "task.hold_or_release",
        ("b",),
        "Hold/release",
        "Hold what is pending, unhold what is held, release what is in progress",
        Group.TASK,
        Where.CARDS,
        twins=("wf hold TASK...", "wf unhold TASK...", "wf release TASK..."),
        moves=("hold", "unhold", "release"),
        handler=handlers.hold_or_release,
        footer=True,
    ),
    Action(
        "task.hold",
        (),
        "Hold",
        "Keep it from running until it is unheld; a running attempt is stopped",
        Group.TASK,
        Where.CARDS,
        twins=("wf hold TASK...",),
        moves=("hold",),
        handler=handlers.hold,
    ),
    Action(
        "task.skip",
        ("f",),
        "Skip",
        "Count it as done without its work, finished by hand",
        Group.TASK,
        Where.CARDS,
        twins=("wf skip TASK...",),
        moves=("skip",),
        handler=handlers.skip,
        footer=True,
    ),
    Action(
        "task.edit",
        ("e",),
        "Edit",
        "Change its title, prompt, scope, limits",
        Group.TASK,
        Where.ONE,
        twins=(_EDIT,),
        moves=("edit",),
        handler=handlers.edit,
        footer=True,
    ),
    Action(
        "task.accept",
        ("A",),
        "Accept",
        "Take work that its scope or a conflict held back, as it is now",
        Group.TASK,
        Where.CARDS,
        twins=("wf accept TASK...",),
        moves=("accept",),
        handler=handlers.accept,
        footer=True,
    ),
    Action(
        "task.shell",
        ("o",),
        "Shell",
        "Your shell in its worktree; the board steps aside until you leave it",
        Group.TASK,
        Where.ONE,
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
        Where.ONE,
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
        Where.ONE,
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
        Where.RUN,
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
        Where.RUN,
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
        Where.RUN,
        twins=("wf jobs N",),
        handler=handlers.more_jobs,
    ),
    Action(
        "run.fewer_jobs",
        ("-",),
        "Fewer jobs",
        "Let one task fewer run at once; interrupts nothing",
        Group.RUN,
        Where.RUN,
        twins=("wf jobs N",),
        handler=handlers.fewer_jobs,
    ),
    Action(
        "run.undo",
        ("u",),
        "Undo",
        "Undo your last action, unless a worker has acted on it",
        Group.RUN,
        Where.RUN,
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
        Where.RUN,
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
        Where.RUN,
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
        Where.RUN,
        twins=("wf abort",),
        moves=("abort",),
        handler=handlers.abort,
    ),
)


ACTIONS: Final = (*VIEWS, *_TASKS, *_RUN, *SCREEN_ACTIONS)
"""Every action, in the order of footer and help."""
_BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


def by_id(name: str) -> Action:
    """Return the action with this id."""
    return _BY_ID[name]


def bindings(*where: Where) -> list[BindingType]:
    """Return the bindings of the actions of the application."""
    return [action.binding for action in ACTIONS if action.where in where and action.keys]
