"""What the actions do: each leads to one command on the ledger, after a question where needed."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec

from wf_tui import commands
from wf_tui.board.actions import clipboard, seat_choices
from wf_tui.board.forms import task_forms
from wf_tui.board.screens.dialogs import YES, ChoiceDialog, confirm
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import moves
from wf_tui.scheduler.control import ensure_scheduler, scheduler_alive
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import Move, MoveResult

__all__ = [
    "TOGGLE",
    "abort",
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
    """Make a move of the table; ask first where running work would be thrown away."""

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, move, ids, *args, **kwargs)

    done = move.told or move.done
    running = [task for task in ids if app.picture.cards[task].claimed]
    if move.asks_first and running:
        app.begin(_ask(app, running, move.name.capitalize(), partial(app.do, act, done)))
    else:
        app.do(act, done)


async def _ask(app: ActionHost, running: list[str], verb: str, act: Callable[[], None]) -> None:
    question = f"{verb} {plural(len(running), 'running task')}?"
    note = f"{listed(running, 1, limit=60)}: its worker is stopped, its work is not merged"
    if await app.push_screen_wait(confirm(question, f"Yes, {verb.lower()}", note)) == YES:
        act()


def hold_or_release(app: ActionHost, ids: Ids) -> None:
    """Let go what is held, take back what is in progress, hold the rest."""
    chosen: dict[str, list[str]] = defaultdict(list)
    for task in ids:
        possible = [move for move in TOGGLE if app.picture.why_not(move.name, task) is None]
        chosen[possible[0].name if possible else moves.HOLD.name].append(task)
    for name, tasks in chosen.items():
        make_move(app, moves.MOVES[name], tuple(tasks))


def reassign(app: ActionHost, ids: Ids) -> None:
    """Ask which worker, then give tasks to it."""
    app.begin(_reassign(app, ids))


async def _reassign(app: ActionHost, ids: Ids) -> None:
    facts = await app.read(
        partial(seat_choices.read, run=app.run_id, tasks=ids, now=app.clock.now())
    )
    title = f"Reassign {clean(ids[0], limit=60) if len(ids) == 1 else plural(len(ids), 'task')} to"
    choices = seat_choices.choices(facts)
    if not choices:
        app.tell("this run has no workers", "p starts a scheduler")
        return
    note = seat_choices.interrupted(facts)
    worker = await app.push_screen_wait(ChoiceDialog(title, choices, note=note, typing=True))
    if worker is not None:
        reassign_to(app, ids, worker)


def reassign_to(app: ActionHost, ids: Ids, worker: str) -> None:
    """Give tasks to a named seat or profile."""
    app.do(
        lambda ledger: commands.move(
            app.project, ledger, app.run_id, moves.REASSIGN, ids, to=worker
        ),
        f"reassigned to {worker}",
    )


def edit(app: ActionHost, ids: Ids) -> None:
    """Change what a task asks for, in a form."""
    app.begin(_edit(app, ids[0]))


async def _edit(app: ActionHost, task: str) -> None:
    facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=task))
    fields = await app.push_screen_wait(task_forms.EditForm(facts))
    if fields:
        make_move(app, moves.EDIT, (task,), fields=fields)


def copy(app: ActionHost, ids: Ids) -> None:
    """Copy one of the names of a task."""
    app.begin(_copy(app, ids[0]))


async def _copy(app: ActionHost, task: str) -> None:
    paths = app.project.paths.run(app.run_id)
    names = await app.read(partial(clipboard.names, run=app.run_id, task=task, paths=paths))
    chosen = await app.push_screen_wait(ChoiceDialog("Copy", clipboard.choices(names)))
    if chosen is not None:
        app.copy_to_clipboard(names[chosen])
        app.tell(f"copied {names[chosen]}", severity="information")


# -- on the run


def new_task(app: ActionHost, _ids: Ids) -> None:
    """Add a task, in a form."""
    app.begin(_new_task(app))


async def _new_task(app: ActionHost) -> None:
    facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=None))
    filled = await app.push_screen_wait(task_forms.NewForm(facts))
    if filled is None:
        return
    new, phase = filled.task, filled.phase
    app.do(lambda ledger: task_forms.add(app.project, ledger, app.run_id, new, phase), "added")


def pause_or_resume(app: ActionHost, _ids: Ids) -> None:
    """Pause what runs, resume what is paused, lead what has no scheduler."""
    app.do(lambda ledger: _toggle(app, ledger), "")


def _toggle(app: ActionHost, ledger: Ledger) -> str:
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


def more_jobs(app: ActionHost, _ids: Ids) -> None:
    """Let one more task run at once."""
    app.do(lambda ledger: _jobs(ledger, app.run_id, 1), "")


def fewer_jobs(app: ActionHost, _ids: Ids) -> None:
    """Let one task fewer run at once."""
    app.do(lambda ledger: _jobs(ledger, app.run_id, -1), "")


def _jobs(ledger: Ledger, run: str, step: int) -> str:
    with ledger.db.transaction(run):
        jobs = reads.run_row(ledger.db, run).jobs + step
        commands.set_jobs(ledger, run, jobs)
    return plural(jobs, "job")


def undo(app: ActionHost, _ids: Ids) -> None:
    """Take back this person's last act."""
    app.do(lambda ledger: commands.undo(app.project, ledger, app.run_id), "undone")


def stop(app: ActionHost, _ids: Ids) -> None:
    """Let the scheduler exit once nothing runs."""
    app.do(lambda ledger: _stop(ledger, app.run_id, now=False), "")


def stop_now(app: ActionHost, _ids: Ids) -> None:
    """Stop what runs, after a question."""
    working = plural(app.picture.header.working, "running task")
    note = f"back into the queue: {working}; what they have done so far is kept"
    question = confirm("Stop now?", "Yes, stop now", note)
    app.begin(_asked(app, question, lambda ledger: _stop(ledger, app.run_id, now=True)))


def abort(app: ActionHost, _ids: Ids) -> None:
    """Cancel all that is not done, after a question."""
    question = confirm("Abort the run?", "Yes, abort", "all that is not done is cancelled")
    app.begin(_asked(app, question, lambda ledger: _abort(app, ledger)))


async def _asked(app: ActionHost, question: ChoiceDialog, act: Callable[[Ledger], str]) -> None:
    if await app.push_screen_wait(question) == YES:
        app.do(act, "")


def _abort(app: ActionHost, ledger: Ledger) -> str:
    commands.abort(app.project, ledger, app.run_id)
    return "the run will be aborted once nothing runs"


def _stop(ledger: Ledger, run: str, *, now: bool) -> str:
    stopped = commands.stop(ledger, run, now=now)
    more = f"; {plural(len(stopped), 'task')} stopped" if stopped else ""
    return f"paused, the scheduler exits{more}"
