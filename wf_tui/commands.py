"""What a person can do to a run, for keys and for the command line.

Moves on tasks are those of the table, `ledger.rules.moves`. Each command leaves a scheduler behind
where it gave the run something to do. It is called on the thread of the caller, with a ledger that
`project.open_ledger` has opened, and is one transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, ParamSpec, TypeVar

from wf_tui.ledger.model.accept_choices import NO_CHOICES, Choices
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.states import WORKER, BlockedKind, Intent, RunState, TaskState
from wf_tui.ledger.queries import drafts, lane_reads, reads
from wf_tui.ledger.queries.comments import drafts_count
from wf_tui.ledger.rules.seats import more_seats
from wf_tui.scheduler.control import ensure_scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wf_tui.config import Config
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.ledger.rules.undo.acts import Act
    from wf_tui.paths import RunPaths
    from wf_tui.project import Project

__all__ = [
    "UndoResult",
    "abort",
    "accept",
    "add",
    "change_lane",
    "comment",
    "drop_comment",
    "edit_comment",
    "keep_draft",
    "last_act",
    "mark_seen",
    "move",
    "move_with_note",
    "pause",
    "read_draft",
    "reload_profiles",
    "resume",
    "send_review",
    "set_budget",
    "set_jobs",
    "snooze",
    "stop",
    "undo",
]

_LONGEST_ID: Final = 40
_BUILT_IN: Final = "shell"
_MENDED: Final = frozenset({"retry", "reassign"})
"""Moves by which a person says that what a provider refused is put right."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


def move(
    project: Project,
    ledger: Ledger,
    run: str,
    move: Move[_P],
    tasks: Sequence[str],
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> list[MoveResult]:
    """Make a move of the table on some tasks; the keys of the board and the commands come here.

    Where the move gives the run something to do, a scheduler is there for it afterwards.
    """
    return _make(
        project, ledger, run, move, tasks, lambda: ledger.move(run, move, tasks, *args, **kwargs)
    )


def move_with_note(
    project: Project,
    ledger: Ledger,
    run: str,
    move: Move[_P],
    tasks: Sequence[str],
    note: str,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> list[MoveResult]:
    """Make a move, and tell the next worker of each task that it changed a note."""
    from wf_tui.ledger.rules.moves import MESSAGE  # noqa: PLC0415 - reading needs no rules

    def both() -> list[MoveResult]:
        made = ledger.move(run, move, tasks, *args, **kwargs)
        changed = [one.task for one in made if one.changed]
        if changed and note:
            ledger.move(run, MESSAGE, changed, text=note)
        return made

    return _make(project, ledger, run, move, tasks, both)


def _make(
    project: Project,
    ledger: Ledger,
    run: str,
    move: Move[...],
    tasks: Sequence[str],
    change: Callable[[], list[MoveResult]],
) -> list[MoveResult]:
    def make() -> list[MoveResult]:
        shut = _shut_lanes(ledger, run, tasks) if move.name in _MENDED else []
        made = change()
        if shut and _any_changed(made):
            _reopen(project, ledger, run, ledger.open_lanes(run, shut))
        return made

    return _with_scheduler(project, ledger, run, make, _any_changed) if move.wakes else make()


def accept(
    project: Project,
    ledger: Ledger,
    run: str,
    tasks: Sequence[str],
    choices: Choices = NO_CHOICES,
    *,
    ours: Sequence[str] = (),
    theirs: Sequence[str] = (),
) -> list[MoveResult]:
    """Make the move `ACCEPT`, after a look at the worktrees in which the work lies.

    A conflict that nobody has settled refuses its task. `ours` and `theirs` are the paths of one
    whose version is taken of the branch, and of the task; they and `choices` are about one task
    alone. Raises `UsageError` for a path that is not in conflict.
    """
    from wf_tui.ledger.rules import moves  # noqa: PLC0415 - reading needs no rules

    paths = project.paths.run(run)
    left = {}
    for task in tasks:
        choices, why = _settled(ledger, run, task, paths, choices, ours, theirs)
        if why:
            left[task] = why
    free = [task for task in tasks if task not in left]
    how = moves.ACCEPT_LEFT if choices.left else moves.ACCEPT
    accepted = move(project, ledger, run, how, free, choices=choices) if free else []
    made = {one.task: one for one in accepted}
    return [made[task] if task in made else _left(task, left[task]) for task in tasks]


def _settled(
    ledger: Ledger,
    run: str,
    task: str,
    paths: RunPaths,
    choices: Choices,
    ours: Sequence[str],
    theirs: Sequence[str],
) -> tuple[Choices, str]:
    """Return the choices with the sides of a conflict, and why it cannot be accepted yet, or ""."""
    row = reads.task(ledger.db, run, task)
    if row.kind != BlockedKind.CONFLICT:
        why = f"task {task!r} has no sides to choose from: it is in no conflict"
        return choices, why if ours or theirs else ""
    from wf_tui.conflict_choices import read_conflict  # noqa: PLC0415 - only here git is needed

    found = read_conflict(ledger.db, run, task, paths)
    if found is None:
        why = f"task {task!r} has no conflict laid out that one could choose from"
        return choices, why if ours or theirs else ""
    chosen = found.choose(choices, ours, theirs)
    return chosen, found.left(chosen)


def _left(task: str, why: str) -> MoveResult:
    """Return that a task is blocked as before: what is in its worktree cannot be taken yet."""
    from wf_tui.ledger.rules.moves import MoveResult  # noqa: PLC0415 - reading needs no rules

    return MoveResult(task, changed=False, state=TaskState.BLOCKED.value, reason=why)


def add(project: Project, ledger: Ledger, run: str, task: NewTask, phase: str | None) -> TaskRow:
    """Add a task, with an id made of its title that no task of the run has."""

    def one() -> TaskRow:
        taken = {row.id for row in reads.tasks(ledger.db, run)}
        return ledger.add(run, replace(task, id=_free_id(task.title, taken)), phase)

    if ledger.actor.startswith(WORKER):
        # Its scheduler is there, or it would not be; one of its own would have its environment.
        with ledger.db.transaction(run):
            return one()
    return _with_scheduler(project, ledger, run, one)


def _free_id(title: str, taken: set[str]) -> str:
    """Return an id made of the words of a title; the second of the same title ends in `-2`."""
    words = re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:_LONGEST_ID].strip("-") or "task"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name


@dataclass(frozen=True)
class UndoResult:
    """What came of `undo`: the act that it was about, and the sentence that a person is told."""

    act: Act
    changed: bool
    sentence: str
    """`took back: hold of “Single logout”`, or why the act stays."""
    key_hint: str = ""
    """What helps instead, by a key of the board: `x cancels it`."""
    command_hint: str = ""
    """The same by a command: `wf cancel extra`."""
    tasks: tuple[MoveResult, ...] = ()
    """The tasks that are again what they were."""


def undo(
    project: Project,
    ledger: Ledger,
    run: str,
    expect: int | None = None,
    before: int | None = None,
) -> UndoResult:
    """Take back this person's last act, where nothing has come of it; say which one that is.

    `expect` is the number of the act that the caller showed as the last: where the same person has
    acted since elsewhere, that act is named and nothing is done. With `before`, the number of an
    act that stays, it is the last one in front of that. Raises `RefusedError` where there is none.
    """
    from wf_tui.ledger.rules.moves import MoveResult  # noqa: PLC0415 - reading needs no rules
    from wf_tui.ledger.rules.undo.undo import UndoRefusedError  # noqa: PLC0415 - same

    try:
        taken = _with_scheduler(
            project, ledger, run, lambda: ledger.undo(run, expect=expect, before=before)
        )
    except UndoRefusedError as error:
        act = error.act
        if expect is not None and act.number != expect:
            hint = "u takes that back", "wf undo"
        elif act.undoable or not _still_helps(ledger, run, act):
            hint = "", ""
        else:
            hint = act.kind.key, act.command
        return UndoResult(act, False, error.message, *hint)
    if taken.lane:
        name, paused = taken.lane
        change_lane(project, ledger, name, paused=paused)
    tasks = tuple(MoveResult.of(task) for task in taken.tasks)
    return UndoResult(taken.act, True, f"took back: {taken.act.name}", tasks=tasks)


def _still_helps(ledger: Ledger, run: str, act: Act) -> bool:
    """Whether what would help in the place of taking an act back can be done with its task yet."""
    from wf_tui.ledger.rules import moves  # noqa: PLC0415 - reading needs no rules

    move = moves.MOVES.get(act.kind.command.removeprefix("wf "))
    if move is None or not act.tasks:
        return True
    task = reads.task(ledger.db, run, act.tasks[0])
    return move.allows(moves.situation_of(task, lambda _: True), task.kind)


def last_act(ledger: Ledger, run: str, before: int | None = None) -> Act | None:
    """Return the last act of this person on a run that was not taken back; `undo` is about it."""
    from wf_tui.ledger.rules.undo import acts  # noqa: PLC0415 - reading needs no rules

    return acts.last_act(ledger.db, run, ledger.actor, before)


def change_lane(project: Project, ledger: Ledger, name: str, *, paused: bool) -> None:
    """Change a lane for the whole host, as this run has it again."""
    from wf_tui import host_lanes  # noqa: PLC0415 - hardly ever needed

    state = project.paths.lanes.parent
    host_lanes.change_lane(state, name, ledger.actor, pause=paused, warn=lambda _: None)


# -- what needs a person, and what they say of work


def snooze(
    ledger: Ledger, run: str, task: str, until: float | Literal["change", "off"]
) -> MoveResult:
    """Put a task off until a time (UTC seconds), or until it changes; `off` shows it again."""
    from wf_tui.ledger.rules import moves  # noqa: PLC0415 - reading needs no rules

    if until == "off":
        return ledger.move(run, moves.WAKE, [task])[0]
    at = None if until == "change" else float(until)
    return ledger.move(run, moves.SNOOZE, [task], until=at)[0]


def comment(
    ledger: Ledger,
    run: str,
    task: str,
    path: str,
    line: int | None,
    text: str,
    *,
    side: str = "new",
    quote: str = "",
) -> int:
    """Keep a comment on lines of the work of a task, as a draft; return its number.

    `quote` has the lines as they are shown, of which `line` is the last one; by them they are found
    again. Raises `RefusedError`, and `UsageError` for too many lines.
    """
    return ledger.comment(run, task, path, line, text, side=side, quote=quote).id


def edit_comment(ledger: Ledger, run: str, task: str, number: int, text: str) -> None:
    """Write a draft of a comment anew; raises `RefusedError` where it was sent."""
    ledger.edit_comment(run, task, number, text)


def drop_comment(ledger: Ledger, run: str, task: str, number: int) -> None:
    """Take a draft of a comment away; raises `RefusedError` where it was sent."""
    ledger.drop_comment(run, task, number)


def send_review(project: Project, ledger: Ledger, run: str, task: str) -> MoveResult:
    """Send work back with its comments: a retry by the same seat, session and tree.

    Refused, as a result, where there is no comment to send.
    """
    from wf_tui.ledger.rules import moves  # noqa: PLC0415 - reading needs no rules

    row = reads.task(ledger.db, run, task)
    if not drafts_count(ledger.db, run, task):
        why = f"task {task!r} has no comment to send: wf comment {task} PATH:LINE TEXT writes one"
        return moves.MoveResult(task, changed=False, state=row.state.value, reason=why)
    return move(project, ledger, run, moves.RETRY, [task])[0]


def keep_draft(ledger: Ledger, run: str, task: str, what: str, text: str) -> None:
    """Keep what this person has begun to write; "" is that they have not."""
    ledger.keep_draft(run, task, what, text)


def read_draft(ledger: Ledger, run: str, task: str, what: str) -> str:
    """Return what this person has begun to write as `what`, or ""."""
    return drafts.draft(ledger.db, run, task, what, ledger.actor)


def mark_seen(ledger: Ledger, run: str, task: str, path: str, blob: str) -> None:
    """Mark that this person has seen a content of a file, by its object name; "" is none."""
    ledger.mark_seen(run, task, path, blob)


def pause(ledger: Ledger, run: str) -> bool:
    """Start nothing new; whether that changed anything."""
    return ledger.pause(run)


def resume(project: Project, ledger: Ledger, run: str) -> bool:
    """Claim again, and see to it that a scheduler does; whether that changed anything.

    A completed run claims nothing, but its last merges may still have to be exported.
    """
    if reads.run_row(ledger.db, run).unexported:
        from wf_tui.scheduler.process import start_detached  # noqa: PLC0415 - not for --help

        start_detached(project.paths, run, project.common_dir, project.environ)
        return True

    def go_on() -> bool:
        _reopen(project, ledger, run, ledger.open_lanes(run))
        return ledger.resume(run)

    return _with_scheduler(project, ledger, run, go_on)


def _reopen(project: Project, ledger: Ledger, run: str, lanes: Sequence[str]) -> None:
    """Open lanes for the whole host that a refused key had shut: the person has seen to it."""
    if lanes:
        from wf_tui.host_lanes import reopen_lanes  # noqa: PLC0415 - hardly ever needed

        reopen_lanes(project.paths, run, lanes, ledger.actor)


def _shut_lanes(ledger: Ledger, run: str, tasks: Sequence[str]) -> list[str]:
    """Return the lanes that a refused key has shut, and that tasks are blocked for."""
    shut = {
        name
        for name, lane in lane_reads.lanes(ledger.db, run).items()
        if lane.state.status is LaneStatus.AUTH
    }
    rows = [reads.task(ledger.db, run, name) for name in tasks] if shut else []
    return sorted({str(row.detail.get("lane")) for row in rows} & shut)


def reload_profiles(
    project: Project, ledger: Ledger, run: str, config: Config
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Have a run take over today's profiles; return which changed, and which are gone.

    Those that are gone stay as the run has them. Raises `UsageError` for what does not fit, and
    `RefusedError` for a run that cannot be resumed.
    """
    from wf_tui.ledger.model.run_environment import environment_of  # noqa: PLC0415 - not for status
    from wf_tui.ledger.rules.runs import why_not_resume  # noqa: PLC0415 - same
    from wf_tui.profiles.resolve import resolve_again  # noqa: PLC0415 - same
    from wf_tui.profiles.stored import profiles_of  # noqa: PLC0415 - same

    with ledger.db.transaction(run):
        row = reads.run_row(ledger.db, run)
        if why := why_not_resume(row):
            raise why
        profiles, changed, gone = resolve_again(config, profiles_of(row.profiles))
        if changed:
            kept = environment_of(row.environment).with_profiles(profiles, project.environ)
            ledger.change_profiles(run, profiles, changed, kept.as_text())
    return changed, gone


def stop(ledger: Ledger, run: str, *, now: bool) -> list[str]:
    """Pause and let the scheduler exit; return the tasks that were taken back."""
    return ledger.stop(run, now=now)


def abort(project: Project, ledger: Ledger, run: str) -> None:
    """Cancel all that is not done; where its scheduler has died, a new one ends what is open."""
    _with_scheduler(project, ledger, run, lambda: ledger.abort(run))


def set_budget(project: Project, ledger: Ledger, run: str, budget: RunBudget) -> bool:
    """Change what a run may cost; one that had stopped for it goes on, with a scheduler."""
    return _with_scheduler(project, ledger, run, lambda: ledger.set_budget(run, budget))


def set_jobs(ledger: Ledger, run: str, jobs: int) -> bool:
    """Change how many attempts may be open; the built-in profile gets the seats for it."""
    with ledger.db.transaction(run):
        before = reads.run_row(ledger.db, run).jobs
        changed = ledger.set_jobs(run, jobs)
        seats = reads.workers(ledger.db, run)
        shell = [seat for seat in seats if seat.profile == _BUILT_IN]
        if len(shell) >= before and len(shell) < jobs:
            more = more_seats(shell[-1], jobs - len(shell), {seat.name for seat in seats})
            ledger.join_workers(run, [*seats, *more])
    return changed


def _any_changed(results: Sequence[MoveResult]) -> bool:
    return any(one.changed for one in results)


def _with_scheduler(
    project: Project,
    ledger: Ledger,
    run: str,
    change: Callable[[], _T],
    changed: Callable[[_T], bool] = lambda _: True,
) -> _T:
    """Make a change that may bring a run back, and see to it that a scheduler takes it up.

    What was refused starts none: then nothing changes at all.
    """
    # One transaction: the scheduler that was there could else end the run between look and change.
    with ledger.db.transaction(run):
        before = reads.run_row(ledger.db, run)
        result = change()
    if not changed(result):
        return result
    drained = before.state == RunState.PAUSED and before.intent != Intent.GO
    ensure_scheduler(project, ledger, run, leaving=drained or before.state.ended)
    return result
