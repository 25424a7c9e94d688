"""What the actions do: each leads to one command on the ledger, after a question where needed.

A handler gets the application and the ids of the cards it is for, and returns at once. What asks
first is a coroutine for `ActionHost.start_dialog`; what changes the run is a function of the ledger
for `ActionHost.do`, which calls it on the thread for acts. It must not look at the picture there.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec

from wf_tui import commands
from wf_tui.board.actions import clipboard, seat_choices
from wf_tui.board.forms import task_forms
from wf_tui.board.screens.dialogs import YES, ChoiceDialog, confirm
from wf_tui.errors import RefusedError
from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.states import BlockedKind, RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import moves
from wf_tui.scheduler.control import ensure_scheduler, scheduler_alive
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost, ActResult
    from wf_tui.conflict_choices import OpenPath
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.ledger.store.database import Database

__all__ = [
    "TOGGLE",
    "abort",
    "accept",
    "copy",
    "edit",
    "fewer_jobs",
    "hold_or_release",
    "make_move",
    "more_jobs",
    "new_task",
    "pause_or_resume",
    "reassign",
    "reassign_to",
    "stop",
    "stop_now",
    "undo",
]

Ids = tuple[str, ...]
_P = ParamSpec("_P")
TOGGLE: Final = (moves.UNHOLD, moves.RELEASE, moves.HOLD)
"""The moves of `b`; of those that are possible for a card, the first is made."""

# -- on cards


def make_move(
    app: ActionHost, move: Move[_P], ids: Ids, *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """Make a move of the table; ask first where running work would be thrown away.

    `args` and `kwargs` are those of the move. Whether it is possible is decided in the ledger, for
    each task by itself: the picture may be a moment old.
    """

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, move, ids, *args, **kwargs)

    done = move.told or move.done
    running = [task for task in ids if app.picture.cards[task].claimed]
    if not (move.asks_first and running):
        app.do(act, done)
        return
    question = confirm(
        f"{move.name.capitalize()} {plural(len(running), 'running task')}?",
        f"Yes, {move.name.lower()}",
        f"{listed(running, 1, limit=60)}: its worker is stopped, its work is not merged",
    )
    app.start_dialog(ask_before(app, question, act, done))


async def ask_before(
    app: ActionHost, question: ChoiceDialog, act: Callable[[Ledger], ActResult], label: str
) -> None:
    """Do an act once the person has agreed; `question` is made by `confirm`."""
    if await app.push_screen_wait(question) == YES:
        app.do(act, label)


def accept(app: ActionHost, ids: Ids) -> None:
    """Take work that was held back; of one conflict, ask first whose version of what is open.

    Of several cards each is taken as it lies there, and a conflict that is open is refused.
    """
    (first, *more) = ids
    if not more and app.picture.cards[first].kind == BlockedKind.CONFLICT:
        app.start_dialog(ask_sides(app, first))
    else:
        accept_with(app, ids)


async def ask_sides(app: ActionHost, task: str) -> None:
    """Offer the sides of what nobody has settled in a conflict, and accept it with them."""
    # Textual must not wait for git, nor the board's start for the modules of it.
    from wf_tui.board.forms import sides_form  # noqa: PLC0415
    from wf_tui.conflict_choices import read_conflict  # noqa: PLC0415

    paths = app.project.paths.run(app.run_id)

    def read_paths(db: Database) -> tuple[str, tuple[OpenPath, ...]]:
        found = read_conflict(db, app.run_id, task, paths)
        return short_branch(reads.run_row(db, app.run_id).ref), found.paths() if found else ()

    branch, left = await app.read(read_paths)
    if not left:
        accept_with(app, (task,))
        return
    chosen = await app.push_screen_wait(sides_form.SidesForm(task, branch, left))
    if chosen is not None:
        accept_with(app, (task,), ours=chosen.ours, theirs=chosen.theirs)


def accept_with(app: ActionHost, ids: Ids, *, ours: Ids = (), theirs: Ids = ()) -> None:
    """Accept work with the sides of its conflict that were chosen."""

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.accept(app.project, ledger, app.run_id, ids, ours=ours, theirs=theirs)

    app.do(act, moves.ACCEPT.done)


def hold_or_release(app: ActionHost, ids: Ids) -> None:
    """Let go what is held, take back what is in progress, hold the rest.

    Cards for which none of these is possible are held all the same: the ledger then says why not.
    """
    chosen: dict[str, list[str]] = defaultdict(list)
    for task in ids:
        possible = [move for move in TOGGLE if app.picture.why_not(move.name, task) is None]
        chosen[possible[0].name if possible else moves.HOLD.name].append(task)
    # One act for each move and not for each card: undo takes back a whole act.
    for name, tasks in chosen.items():
        make_move(app, moves.MOVES[name], tuple(tasks))


def reassign(app: ActionHost, ids: Ids) -> None:
    """Ask which worker, then give tasks to it."""
    app.start_dialog(ask_worker(app, ids))


async def ask_worker(app: ActionHost, ids: Ids) -> None:
    """Offer the workers of the run, and give the tasks to the chosen one."""
    facts = await app.read(
        partial(seat_choices.read, run=app.run_id, tasks=ids, now=app.clock.now())
    )
    what = clean(ids[0], limit=60) if len(ids) == 1 else plural(len(ids), "task")
    choices = seat_choices.choices(facts)
    if not choices:
        app.show_toast("this run has no workers", "p starts a scheduler")
        return
    note = seat_choices.interrupted(facts)
    worker = await app.push_screen_wait(
        ChoiceDialog(f"Reassign {what} to", choices, note=note, typing=True)
    )
    if worker is not None:
        reassign_to(app, ids, worker)


def reassign_to(app: ActionHost, ids: Ids, worker: str) -> None:
    """Give tasks to a named seat, or to any seat of a named profile.

    It does not ask before it interrupts: who drags a task or picks a worker has been shown what is
    interrupted, and its work is kept.
    """

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, moves.REASSIGN, ids, to=worker)

    app.do(act, f"reassigned to {worker}")


def edit(app: ActionHost, ids: Ids) -> None:
    """Change what a task asks for, in a form; a form without a change does nothing."""
    task = ids[0]

    async def fill_in() -> None:
        facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=task))
        fields = await app.push_screen_wait(task_forms.EditForm(facts))
        if fields:
            make_move(app, moves.EDIT, (task,), fields=fields)

    app.start_dialog(fill_in())


def copy(app: ActionHost, ids: Ids) -> None:
    """Copy one of the names of a task."""

    async def choose_name() -> None:
        paths = app.project.paths.run(app.run_id)
        read_names = partial(clipboard.read_names, run=app.run_id, task=ids[0], paths=paths)
        names = await app.read(read_names)
        chosen = await app.push_screen_wait(ChoiceDialog("Copy", clipboard.make_choices(names)))
        if chosen is not None:
            app.copy_to_clipboard(names[chosen])
            app.show_toast(f"copied {names[chosen]}", severity="information")

    app.start_dialog(choose_name())


# -- on the run


def new_task(app: ActionHost, _ids: Ids) -> None:
    """Add a task, in a form."""

    async def fill_in() -> None:
        facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=None))
        filled = await app.push_screen_wait(task_forms.NewForm(facts))
        if filled is None:
            return
        new, phase = filled.task, filled.phase
        app.do(lambda ledger: task_forms.add(app.project, ledger, app.run_id, new, phase), "added")

    app.start_dialog(fill_in())


def pause_or_resume(app: ActionHost, _ids: Ids) -> None:
    """Pause what runs, resume what is paused, lead what has no scheduler.

    Which of them it is, is read in the act and not from the picture: of two presses of the key the
    second undoes the first.
    """

    def act(ledger: Ledger) -> str:
        row = reads.run_row(ledger.db, app.run_id)
        live = row.state in {RunState.RUNNING, RunState.STALLED}
        if live and scheduler_alive(ledger.db, row.id):
            commands.pause(ledger, row.id)
            return "paused: nothing new starts, running tasks continue"
        if live:
            ensure_scheduler(app.project, ledger, row.id)
            return "a scheduler was started"
        commands.resume(app.project, ledger, row.id)
        return "the run resumes"

    app.do(act, "")


def more_jobs(app: ActionHost, _ids: Ids) -> None:
    """Let one more task run at once."""
    change_jobs(app, 1)


def fewer_jobs(app: ActionHost, _ids: Ids) -> None:
    """Let one task fewer run at once."""
    change_jobs(app, -1)


def change_jobs(app: ActionHost, step: int) -> None:
    """Let so many more tasks run at once, or fewer where `step` is negative."""

    def act(ledger: Ledger) -> str:
        # Read and written in one transaction: of two presses of the key none is lost.
        with ledger.db.transaction(app.run_id):
            jobs = reads.run_row(ledger.db, app.run_id).jobs + step
            commands.set_jobs(ledger, app.run_id, jobs)
        return plural(jobs, "job")

    app.do(act, "")


def undo(app: ActionHost, _ids: Ids) -> None:
    """Take back this person's last act; the ledger knows which that was, and whether it can be."""

    def act(ledger: Ledger) -> str:
        done = commands.undo(app.project, ledger, app.run_id)
        if not done.changed:
            raise RefusedError("; ".join(filter(None, (done.sentence, done.key_hint))))
        return done.sentence

    app.do(act, "")


def stop(app: ActionHost, _ids: Ids) -> None:
    """Let the scheduler exit once nothing runs."""
    app.do(partial(stop_run, run=app.run_id, now=False), "")


def stop_now(app: ActionHost, _ids: Ids) -> None:
    """Stop what runs, after a question, which counts what runs by the picture of this moment."""
    working = plural(app.picture.header.working, "running task")
    note = f"back into the queue: {working}; what they have done so far is kept"
    question = confirm("Stop now?", "Yes, stop now", note)
    app.start_dialog(ask_before(app, question, partial(stop_run, run=app.run_id, now=True), ""))


def abort(app: ActionHost, _ids: Ids) -> None:
    """Cancel all that is not done, after a question."""

    def act(ledger: Ledger) -> str:
        commands.abort(app.project, ledger, app.run_id)
        return "the run will be aborted once nothing runs"

    question = confirm("Abort the run?", "Yes, abort", "all that is not done is cancelled")
    app.start_dialog(ask_before(app, question, act, ""))


def stop_run(ledger: Ledger, *, run: str, now: bool) -> str:
    """Stop a run, at once or after what runs; return the sentence about it."""
    stopped = commands.stop(ledger, run, now=now)
    more = f"; {plural(len(stopped), 'task')} stopped" if stopped else ""
    return f"paused, the scheduler exits{more}"
