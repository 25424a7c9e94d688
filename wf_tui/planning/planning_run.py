"""The run that writes a plan: one task of a planner that only reads, and ends with a person's look.

It is a run like any other: supervised, logged, paid. That its plan has no errors is a check of the
scheduler (`result: plan`), which hands errors back as an ordinary retry; that a person sees it is
an ordinary review, so that their wishes go to the same session. Whatever dies meanwhile, the run is
there, and `wf plan new --resume` goes on with it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from wf_tui import commands
from wf_tui.errors import UsageError
from wf_tui.ledger.model.states import PERSON, PLANNING, BlockedKind, TaskState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import moves
from wf_tui.new_run import create_run
from wf_tui.plan.choices import Isolation, ResultFormat
from wf_tui.plan.models import AgentType, Phase, Plan, Task
from wf_tui.planning.plan_file import write_whole
from wf_tui.planning.request import request_text
from wf_tui.profiles.choice import choose_profiles
from wf_tui.project import open_ledger
from wf_tui.prompts.plan_answer import PROFILES_FILE, worker_facts_text
from wf_tui.prompts.results import RESULT_FILE
from wf_tui.scheduler.control import ensure_scheduler
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wf_tui.config import Config
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.store.database import Database
    from wf_tui.planning.request import Request
    from wf_tui.project import Project

__all__ = [
    "TASK",
    "Draft",
    "PlanningRun",
    "Stage",
    "Standing",
    "begin_planning",
    "newest_planning",
]

TASK: Final = "plan"
"""The id of its one task."""
_ATTEMPTS: Final = 3
_TITLE: Final = 200
_DRAFT_FILE: Final = "planning.json"
_MOST_READ: Final = 2_000_000


class Stage(Enum):
    """How far a planning has come."""

    WORKING = auto()
    ASKING = auto()
    """Its worker asks a person something."""
    READY = auto()
    """There is a plan without errors."""
    FAILED = auto()
    """Its tries are used up, or something keeps it from going on."""
    OVER = auto()
    """A person has stopped it."""


@dataclass(frozen=True)
class Standing:
    """Where a planning stands."""

    stage: Stage
    sentence: str = ""
    """Why it is there; safe to show."""
    answer: str = ""
    """What its worker answered, where it is ready, or has failed by its answer."""
    errors: str = ""
    """What is wrong with that, a line each, where it has failed by that."""
    folder: Path | None = None
    """Of the last attempt."""
    epoch: int = 0
    usage: Usage = NO_USAGE
    """What all its attempts used."""
    waits: bool = False
    """Whether it has failed by a quota or a budget, and goes on when there is more."""
    planner: str = ""
    """The profile that plans; "" before its first attempt."""
    seconds: float | None = None
    """How long its last attempt took; None while it works."""


@dataclass(frozen=True)
class Draft:
    """What `wf plan new` has to know to go on after it was ended in the middle."""

    goal: str
    path: str = ""
    """The file with the plan; "" until there is one."""
    output: str = ""
    """What `-o` said."""
    force: bool = False
    epoch: int = 0
    """The attempt whose plan the file has, also where a person has edited that since."""


def begin_planning(
    project: Project,
    config: Config,
    request: Request,
    planner: str,
    draft: Draft,
    *,
    budget: RunBudget | None = None,
    wait_for_person: bool = True,
    warn: Callable[[str], None] | None = None,
) -> PlanningRun:
    """Make a run that plans, and start its scheduler; raises what `wf run` does.

    `planner` is the profile (`choose_planner`). Without `wait_for_person` no question of its worker
    stays open.
    """
    plan = _plan(request, planner)
    choice = choose_profiles(plan, config, {planner: 1}, project.environ)
    # Of commands it has none.
    prompts = {name: one for name, one in choice.profiles.items() if one.takes == "prompt"}
    choice = replace(choice, profiles=prompts)
    if not wait_for_person:
        choice = choice.without_questions()
    with open_ledger(project, create=True) as ledger:
        made = create_run(
            project,
            ledger,
            choice.plan,
            config,
            choice=choice,
            jobs=1,
            budget=budget,
            purpose=PLANNING,
            warn=warn,
        )
        run = PlanningRun(project, made.id)
        try:
            # Before its scheduler, whose check reads it.
            write_whole(run.folder / PROFILES_FILE, worker_facts_text(request.workers))
            run.keep(draft)
            ensure_scheduler(project, ledger, made.id)
        except BaseException:  # an interrupt, too: nobody knows yet that it is there
            ledger.abort(made.id)
            raise
    return run


def _plan(request: Request, planner: str) -> Plan:
    task = Task(
        id=TASK,
        title=clean(f"Plan: {request.goal.strip()}", limit=_TITLE),
        agent_type=AgentType.PLANNER,
        prompt=request_text(request, secrets.token_hex(8)),
        worker=planner,
        # Of its own: sessions belong to a folder, and a wish of its person is to find it again.
        isolation=Isolation.WORKTREE,
        result=ResultFormat.PLAN,
        review=True,
        max_attempts=_ATTEMPTS,
        backoff_secs=0.0,
    )
    phase = Phase(name="planning", tasks=(task,))
    return Plan(goal=request.goal.strip(), max_concurrent=1, phases=(phase,))


def newest_planning(db: Database, name: str = "") -> RunRow:
    """Return the planning run of this name, or the newest; raises `UsageError` where none is."""
    found = [row for row in reads.runs(db) if row.purpose == PLANNING]
    if name:
        row = reads.find_run(db, name)
        if row not in found:
            raise UsageError(f"run {row.id} does not plan", "wf runs --all shows those that do")
        return row
    if not found:
        raise UsageError("there is no planning to go on with", 'begin one: wf plan new "GOAL"')
    return found[0]


@dataclass(frozen=True)
class PlanningRun:
    """A run that plans; each call opens the ledger for itself, so any thread may make it."""

    project: Project
    id: str

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.project.paths.run(self.id).root

    def standing(self, db: Database) -> Standing:
        """Return where it stands now."""
        row, task = reads.run_row(db, self.id), reads.task(db, self.id, TASK)
        # Who accepts a plan has a claim, too, and makes none.
        attempts = reads.attempts(db, self.id, TASK)
        own = [one for one in attempts if not one.worker.startswith(PERSON)]
        last = own[-1] if own else None
        epoch = last.epoch if last else 0
        folder = self.project.paths.run(self.id).attempt(TASK, epoch) if epoch else None
        tail = task.detail.get("tail")
        return Standing(
            _stage(row, task),
            clean(task.note, limit=600),
            _whole_answer(task.result or "", folder),
            clean(tail, limit=_MOST_READ, multiline=True) if isinstance(tail, str) else "",
            folder,
            epoch,
            row.usage,
            task.kind in {BlockedKind.QUOTA, BlockedKind.BUDGET},
            last.profile if last else "",
            last.ended_at - last.started_at if last and last.ended_at else None,
        )

    def lead(self) -> None:
        """See to it that a scheduler leads it, where it can go on."""
        with open_ledger(self.project) as ledger:
            ensure_scheduler(self.project, ledger, self.id)

    def ask_to_change(self, words: str) -> None:
        """Send what a person wants changed to the session that made the plan."""
        with open_ledger(self.project) as ledger:
            commands.move(self.project, ledger, self.id, moves.MESSAGE, [TASK], text=words)
            commands.move(self.project, ledger, self.id, moves.RETRY, [TASK])

    def finish(self) -> None:
        """Record that a person has decided; the run is completed with that.

        One that came to nothing the last time is given up: the plan is that of an attempt before.
        """
        with open_ledger(self.project) as ledger:
            task = reads.task(ledger.db, self.id, TASK)
            if task.kind == BlockedKind.REVIEW:
                commands.accept(self.project, ledger, self.id, [TASK])
        if task.state is not TaskState.DONE and task.kind != BlockedKind.REVIEW:
            self.stop()

    def stop(self) -> None:
        """Give it up: what runs of it is ended."""
        with open_ledger(self.project) as ledger:
            if not reads.run_row(ledger.db, self.id).state.ended:
                commands.abort(self.project, ledger, self.id)

    def keep(self, draft: Draft) -> None:
        """Write down what going on with it later needs."""
        write_whole(self.folder / _DRAFT_FILE, json.dumps(draft.__dict__).encode())

    def draft(self) -> Draft:
        """Return what was written down; of a run that lacks it, its goal alone."""
        try:
            stored: Mapping[str, object] = json.loads((self.folder / _DRAFT_FILE).read_bytes())
            return Draft(
                goal=str(stored["goal"]),
                path=str(stored["path"]),
                output=str(stored["output"]),
                force=stored["force"] is True,
                epoch=int(str(stored["epoch"])),
            )
        except (OSError, ValueError, KeyError, TypeError):
            with open_ledger(self.project) as ledger:
                return Draft(goal=reads.run_row(ledger.db, self.id).goal)


def _stage(row: RunRow, task: TaskRow) -> Stage:
    if task.state is TaskState.DONE or task.kind == BlockedKind.REVIEW:
        return Stage.READY
    if task.asking:
        return Stage.ASKING
    if task.state is TaskState.BLOCKED and not task.claimed:
        return Stage.OVER if task.kind == BlockedKind.CANCELLED else Stage.FAILED
    return Stage.OVER if row.state.ended else Stage.WORKING


def _whole_answer(kept: str, folder: Path | None) -> str:
    """Return an answer whole where the ledger has only its beginning."""
    try:
        whole = (folder / RESULT_FILE).read_text("utf-8", "replace") if folder else ""
    except OSError:
        return kept
    return whole[:_MOST_READ] if whole.startswith(kept[:1000]) else kept
