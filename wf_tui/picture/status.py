"""One picture of a run: its tasks with their reasons, its seats, whether somebody leads it.

`wf status` loads it, again and again: nothing heavy belongs here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.disk_space import is_too_full_for_ledger
from wf_tui.ledger.model.lane_state import LOCAL
from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.model.states import BlockedKind, KindFacts, ScopeWhy, TaskState
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.forecast import forecast
from wf_tui.ledger.queries.reasons import Reason, Reasons
from wf_tui.ledger.queries.snoozes import snoozes
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.pace import NO_PACE, paces, read_ended, share_done
from wf_tui.picture.phase_counts import in_swarm
from wf_tui.picture.remedies import conflict_commands, helping_command
from wf_tui.processes import is_alive
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wf_tui.ledger.model.rows import (
        AttemptRow,
        RunRow,
        SnoozeRow,
        TaskRow,
        WorkerRow,
    )
    from wf_tui.ledger.queries.forecast import Forecast
    from wf_tui.ledger.queries.lane_reads import RunLane
    from wf_tui.ledger.queries.reads import Leader
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths
    from wf_tui.picture.pace import Pace

__all__ = [
    "Status",
    "plan_json",
    "read_status",
    "run_summary",
    "task_json",
    "worker_json",
]

_MOST_ROOTS: Final = 20


@frozen
class Status:
    """A run at one moment, as `wf status` shows it; all of it read in one snapshot.

    `leader` is who leads by the ledger, `alive` whether that process is there on this machine.
    Whether the disk is full is asked of the machine, too; `reasons` has each task. Times are UTC
    seconds.
    """

    run: RunRow
    paths: RunPaths
    tasks: Sequence[TaskRow]
    reasons: Mapping[str, Reason]
    workers: Sequence[WorkerRow]
    leader: Leader | None
    alive: bool
    now: float
    holders: Sequence[AttemptRow] = ()
    """The attempts that are open."""
    paces: Mapping[str, Pace] = field(default_factory=dict)
    """What the attempts of each phase took that succeeded; where there is a swarm."""
    full: bool = False
    """Whether its disk is full."""
    forecast: Forecast | None = None
    """What it will have used in the end; None where that is not known."""
    lanes: Mapping[str, RunLane] = field(default_factory=dict)
    """What its scheduler saw of the lanes of the host."""
    lanes_apart: bool = False
    """Whether it has lanes of its own, since those of the host cannot be used."""
    snoozes: Mapping[str, SnoozeRow] = field(default_factory=dict)
    """What is put off just now."""
    shown: Collection[str] | None = None
    """The tasks that are listed; None is all of them. All the rest is told of the whole run."""

    @property
    def listed(self) -> list[TaskRow]:
        """The tasks that are listed, as declared."""
        return [task for task in self.tasks if self.shown is None or task.id in self.shown]

    def needs_you(self, task: TaskRow) -> bool:
        """Whether a task needs a person, and is not put off."""
        return needs_you(task) and task.id not in self.snoozes

    @property
    def roots(self) -> list[str]:
        """The blocked tasks that no other blocked task holds up, oldest first, 20 at most.

        They are what a person has to look at: each of the others is freed with one of these.
        """
        blocked = [
            task
            for task in self.tasks
            if task.state is TaskState.BLOCKED and task.kind != BlockedKind.DEPENDENCY
        ]
        return [task.id for task in sorted(blocked, key=lambda task: task.since)[:_MOST_ROOTS]]

    def progress(self, task: TaskRow) -> float | None:
        """Return how far a task of a swarm is, from 0 to 1; None of any other."""
        if not in_swarm(task):
            return None
        attempt = next((one for one in self.holders if one.task == task.id), None)
        return share_done(task, attempt, self.paces.get(task.phase, NO_PACE), self.now)

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf status --json`, which scripts depend on."""
        working = {attempt.task: attempt for attempt in self.holders}
        return {
            "run": self.run_json(),
            "tasks": [
                task_json(
                    task,
                    self.reasons[task.id],
                    working.get(task.id),
                    self.snoozes.get(task.id),
                )
                for task in self.listed
            ],
            "workers": [worker_json(seat) for seat in self.workers],
        }

    def run_json(self) -> dict[str, object]:
        """Return the object of the run in it: a contract, keys are only ever added."""
        run, leader = self.run, self.leader
        return {
            "id": run.id,
            "goal": run.goal,
            "state": run.state,
            "base": run.base,
            "integration": {"ref": run.ref, "commit": run.head},
            "created_at": run.created_at,
            "ended_at": run.ended_at,
            "dir": str(self.paths.root),
            "jobs": run.jobs,
            "intent": run.intent,
            "result": run.result,
            "questions": sum(task.questions for task in self.tasks),
            "roots": self.roots,
            "counts": state_counts(run),
            "usage": run.usage.figures(),
            "budget": read_budget(run.budget).figures() if run.budget != "{}" else None,
            "forecast": None if self.forecast is None else self.forecast.figures(),
            "lanes": sorted({seat.lane for seat in self.workers if seat.lane != LOCAL}),
            "scheduler": {
                "pid": leader.pid if leader else None,
                "host": leader.host if leader else None,
                "alive": self.alive,
            },
        }


def read_status(db: Database, run: str, now: float, paths: RunPaths) -> Status:
    """Read all of a run in one snapshot; `now` in UTC seconds. Costs the number of its tasks.

    `paths` are those of the run, on this machine.
    """
    with db.snapshot():
        row = reads.run_row(db, run)
        tasks = reads.tasks(db, run)
        reasons = Reasons.read(db, row, now)
        workers = reads.workers(db, run)
        leader = reads.leader(db, run)
        ahead = None if row.usage == NO_USAGE else forecast(db, row, now)
        measured = paces(read_ended(db, run)) if any(map(in_swarm, tasks)) else {}
        snoozed = snoozes(db, run)
    # Outside the snapshot: reasons are computed from what was read, and while a snapshot is open
    # the ledger's log cannot be folded back into its file.
    why = {task.id: reasons.of(task) for task in tasks}
    alive, full = is_alive(leader), is_too_full_for_ledger(paths.root)
    return Status(
        row,
        paths,
        tasks,
        why,
        workers,
        leader,
        alive,
        now,
        reasons.holders,
        measured,
        full,
        ahead,
        reasons.lanes,
        lanes_apart=alive and paths.lanes.exists(),
        snoozes={name: one for name, one in snoozed.items() if not one.over(now)},
    )


def task_json(
    task: TaskRow,
    reason: Reason,
    working: AttemptRow | None = None,
    snooze: SnoozeRow | None = None,
) -> dict[str, object]:
    """Return one task as `wf status --json` has it: a contract, keys are only ever added.

    `working` is its open attempt, if there is one.
    """
    return {
        "id": task.id,
        "title": task.title,
        "phase": task.phase,
        "state": task.state.value,
        "reason": {**reason.detail, **_held_json(task), "kind": reason.kind, "text": reason.text},
        "step": task.step,
        "worker": task.worker,
        "epoch": task.epoch,
        "attempts": task.attempts,
        "tries": task.tries,
        "max_attempts": task.max_attempts,
        "mode": task.mode,
        "isolation": task.isolation,
        "role": task.role,
        "priority": task.priority,
        "not_before": task.not_before,
        "pinned": task.pinned or None,
        "since": task.since,
        "needs": list(task.spec.needs),
        "scope": list(task.scope),
        "commit": task.commit_id,
        "result": task.result,
        "takes": task.takes.value,
        "model": working.model if working else None,
        "lane": working.lane if working else None,
        "plan": plan_json(working) if working else None,
        "questions": task.questions,
        "snoozed_until": snooze.until if snooze else None,
        "snoozed": snooze is not None,
        "usage": task.usage.figures(),
        "critic_of": task.critic_of or None,
        "rival": _rival_json(task),
    }


def _rival_json(task: TaskRow) -> dict[str, object] | None:
    """Return what it is among rivals, or to them; None of a task that has to do with none."""
    spec = task.spec
    if spec.judges:
        return {"judges": spec.judges, "of": spec.rivals, "pick": task.pick}
    return {"pick": spec.rival, "of": spec.rivals} if spec.rival else None


def plan_json(attempt: AttemptRow) -> dict[str, object] | None:
    """Return how far the plan of an attempt is; None where it has told none."""
    if attempt.plan_total is None:
        return None
    return {"done": attempt.plan_done, "of": attempt.plan_total}


def _held_json(task: TaskRow) -> dict[str, object]:
    """Return every reason why work is held back, each with its commands; those of a conflict.

    `why` and `paths` are those of the first one, which counts; also of a run of an older wf.
    """
    if task.kind is BlockedKind.CONFLICT:
        return {"commands": conflict_commands(task.id, task.detail)}
    if task.kind is not BlockedKind.SCOPE:
        return {}
    first = ScopeWhy.of(task.detail)
    stored = task.detail.get("all")
    if not isinstance(stored, dict):
        stored = {first: {"paths": task.detail.get("paths", []), "text": task.note}}
    every = {
        why.value: {**stored[why], "commands": _ways_out(why, task.id, stored[why].get("paths"))}
        for why in ScopeWhy
        if why in stored
    }
    return {"why": first.value, "all": every}


def _ways_out(why: ScopeWhy, task: str, paths: object) -> list[str]:
    """Return the commands for one reason, the one that helps first."""
    named = [str(path) for path in paths] if isinstance(paths, list) else []
    ways = [helping_command(why.facts, task, named)]
    if why is ScopeWhy.SECRET:
        ways.append(helping_command(BlockedKind.SCOPE.facts, task, named))
    every = ("wf retry", "wf skip")
    return [*ways, *(helping_command(KindFacts(command=way), task, ()) for way in every)]


def worker_json(seat: WorkerRow) -> dict[str, object]:
    """Return one seat as `wf status --json` and `wf workers --json` have it.

    `task` is what the seat names, until its attempt is closed, also where the task was taken back.
    """
    return {
        "name": seat.name,
        "profile": seat.profile,
        "kind": seat.kind,
        "task": seat.task,
        "state": seat.state,
        "heartbeat_at": seat.heartbeat_at,
        "takes": seat.takes.value,
        "model": seat.model or None,
        "lane": seat.lane,
        "usage": seat.usage.figures(),
    }


def run_summary(run: RunRow, paths: RunPaths) -> dict[str, object]:
    """Return one run as `wf runs --json` has it."""
    return {
        "id": run.id,
        "goal": run.goal,
        "purpose": run.purpose,
        "state": run.state,
        "ref": run.ref,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
        "dir": str(paths.root),
        "counts": state_counts(run),
    }


def state_counts(run: RunRow) -> dict[str, int]:
    """Return how many tasks are in each state; from the run's own counts, without any task."""
    return {
        "pending": run.pending,
        "in_progress": run.in_progress,
        "done": run.done,
        "blocked": run.blocked,
    }
