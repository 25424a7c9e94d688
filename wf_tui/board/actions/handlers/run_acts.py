"""Acts on the run as a whole, and new tasks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.actions.handlers import confirming
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.control import ensure_scheduler, scheduler_alive
from wf_tui.text import plural

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.project import Project

__all__ = [
    "abort",
    "fewer_jobs",
    "more_jobs",
    "new_task",
    "pause_or_resume",
    "pause_or_resume_run",
    "stop",
    "stop_now",
]

Ids = tuple[str, ...]


def new_task(app: ActionHost, _ids: Ids) -> None:
    """Add a task, in a form; its card is selected once it is there."""

    async def fill_in() -> None:
        from wf_tui.board.forms import task_forms  # noqa: PLC0415 - not before it is shown

        facts = await app.read(partial(task_forms.read_facts, run=app.run_id, task=None))
        filled = await app.push_screen_wait(task_forms.NewForm(facts))
        if filled is None:
            return
        new, phase = filled.task, filled.phase

        def act(ledger: Ledger) -> list[MoveResult]:
            return task_forms.add(app.project, ledger, app.run_id, new, phase)

        app.do(act, "added", selects=True)

    app.start_dialog(fill_in())


def pause_or_resume(app: ActionHost, _ids: Ids) -> None:
    """Pause what runs, resume what is paused, lead what has no scheduler.

    Which of them it is, is read in the act and not from the picture: of two presses of the key the
    second undoes the first.
    """

    def act(ledger: Ledger) -> str:
        return pause_or_resume_run(app.project, ledger, app.run_id)

    app.do(act, "")


def pause_or_resume_run(project: Project, ledger: Ledger, run: str) -> str:
    """Do so with any run; return what was done. On the thread that has the ledger."""
    row = reads.run_row(ledger.db, run)
    live = row.state in {RunState.RUNNING, RunState.STALLED}
    if live and scheduler_alive(ledger.db, row.id):
        commands.pause(ledger, row.id)
        return "paused: nothing new starts, running tasks continue"
    if live:
        ensure_scheduler(project, ledger, row.id)
        return "a scheduler was started"
    commands.resume(project, ledger, row.id)
    return "the run resumes"


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
        return f"{plural(jobs, 'task')} at once"

    app.do(act, "")


def stop(app: ActionHost, _ids: Ids) -> None:
    """Let the scheduler exit once nothing runs."""
    app.do(partial(stop_run, run=app.run_id, now=False), "")


def stop_now(app: ActionHost, _ids: Ids) -> None:
    """Stop what runs, after a question, which counts what runs by the picture of this moment."""
    working = plural(app.picture.header.working, "running task")
    note = f"Back into the queue: {working}. What they have done so far is kept."
    question = ConfirmDialog("Stop now?", "stop now", note=note)
    act = partial(stop_run, run=app.run_id, now=True)
    app.start_dialog(confirming.ask_before(app, question, act, ""))


def abort(app: ActionHost, _ids: Ids) -> None:
    """Cancel all that is not done, after a question."""

    def act(ledger: Ledger) -> str:
        commands.abort(app.project, ledger, app.run_id)
        return "the run will be aborted once nothing runs"

    question = ConfirmDialog("Abort the run?", "abort", note="All that is not done is cancelled.")
    app.start_dialog(confirming.ask_before(app, question, act, ""))


def stop_run(ledger: Ledger, *, run: str, now: bool) -> str:
    """Stop a run, at once or after what runs; return the sentence about it."""
    stopped = commands.stop(ledger, run, now=now)
    more = f"; {plural(len(stopped), 'task')} stopped" if stopped else ""
    return f"paused, the scheduler exits{more}"
