"""Why a pending task is pending: computed when read, never stored (RULES 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import AttemptRow, TaskRow, WorkerRow, decode, literals, select
from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.model.run_environment import lacking
from wf_tui.ledger.model.states import (
    BlockedKind,
    EdgeKind,
    PendingReason,
    RunState,
    TaskState,
)
from wf_tui.ledger.queries import breaker_reads, budget_reads, lane_reads, reads
from wf_tui.ledger.queries.role_routing import closed_lanes, fitting_seats
from wf_tui.ledger.queries.scope_holders import contention, needs_newer
from wf_tui.plan.choices import OnFailure, Takes
from wf_tui.text import listed, plural
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.model.rows import BreakerRow, PhaseRow, RunRow
    from wf_tui.ledger.queries.lane_reads import RunLane
    from wf_tui.ledger.store.database import Database

__all__ = ["Reason", "Reasons", "Stopper", "read_stoppers"]

# Those that would have let the phase settle with another policy, and by themselves.
_GIVEN_UP: Final = literals(
    kind for kind in BlockedKind if kind.facts.settles_phase and kind is not BlockedKind.DEPENDENCY
)
_STOPPER: Final = (
    f"SELECT id, kind FROM task WHERE run = :run AND phase = :phase AND state = 'blocked' "
    f"AND kind IN ({_GIVEN_UP}) AND open_epoch IS NULL ORDER BY ordinal LIMIT 1"
)
_GOES_ON: Final = (
    "SELECT 1 FROM task WHERE run = :run AND phase = :phase AND state <> 'done' "
    f"AND (state <> 'blocked' OR kind NOT IN ({_GIVEN_UP})) LIMIT 1"
)


@frozen
class Reason:
    """One word, one sentence, and the names behind it."""

    kind: str
    """A `PendingReason` of a pending task; of the others, their step or kind."""
    text: str
    detail: Mapping[str, object] = field(default_factory=dict)


@frozen
class Stopper:
    """A blocked task of a phase with `on_failure: hold`, behind which nothing goes on."""

    task: str
    kind: BlockedKind

    @property
    def words(self) -> str:
        """How the sentence about who waits for it goes on: `which failed`."""
        plain = {BlockedKind.FAILED: "failed", BlockedKind.CANCELLED: "was cancelled"}
        return plain.get(self.kind) or f"is blocked ({self.kind})"


def read_stoppers(
    db: Database, run: RunRow, phases: Mapping[str, PhaseRow]
) -> Mapping[str, Stopper]:
    """Return the first task of each phase that stops what comes after; costs what is blocked."""
    found = {}
    for phase in phases.values() if run.blocked else ():
        if phase.on_failure is not OnFailure.HOLD or phase.settled_at is not None:
            continue
        values = {"run": run.id, "phase": phase.name}
        # One of several rivals that is given up stops nothing while another may still be merged.
        if phase.pick is not None and db.execute(_GOES_ON, values):
            continue
        for row in db.execute(_STOPPER, values):
            found[phase.name] = Stopper(str(row[0]), BlockedKind(str(row[1])))
    return found


@frozen
class Reasons:
    """What has to be known to give the reason of any task of a run; read once.

    All of it at one moment, so read in a snapshot; after that it asks no ledger and belongs to any
    thread. Of several reasons the one is given that a claim would come to first (RULES 3).
    """

    run: RunRow
    now: float
    phases: Mapping[str, PhaseRow]
    phase_waits: Mapping[str, tuple[str, ...]]
    holders: Sequence[AttemptRow]
    workers: Sequence[WorkerRow]
    unmet_needs: Mapping[str, tuple[str, ...]]
    breakers: Mapping[str, BreakerRow] = field(default_factory=dict)
    """Those that tripped, by profile."""
    lanes: Mapping[str, RunLane] = field(default_factory=dict)
    stoppers: Mapping[str, Stopper] = field(default_factory=dict)
    """By phase: the blocked task for which all that comes after it waits."""

    @classmethod
    def read(cls, db: Database, run: RunRow, now: float) -> Reasons:
        """Read what the reasons of one run depend on."""
        phases = {phase.name: phase for phase in reads.phases(db, run.id)}
        whole = {"run": run.id}
        waits = db.execute(
            "SELECT src, dst FROM phase_edge WHERE run = :run ORDER BY src, dst", whole
        )
        unmet = db.execute(
            "SELECT e.src, e.dst FROM edge e JOIN task t ON t.run = e.run AND t.id = e.src "
            "WHERE e.run = :run AND ((e.kind = :result AND t.state <> :done) "
            "OR (e.kind = :order AND e.met = 0) "
            # Of rivals a judge waits for those that still come in.
            "OR (e.kind = :judged AND e.met = 0 AND (t.open_epoch IS NOT NULL "
            "OR (t.state <> :done AND (t.kind IS NULL "
            "OR t.kind IN (:quota, :hold, :asks, :critic) "
            # What its critic has left to a person.
            "OR (t.kind = :review AND t.detail LIKE '%\"critic\":%')))))) "
            "ORDER BY e.src, e.dst, e.kind",
            {
                "run": run.id,
                "result": EdgeKind.RESULT,
                "order": EdgeKind.ORDER,
                "judged": EdgeKind.JUDGED,
                "quota": BlockedKind.QUOTA,
                "hold": BlockedKind.HOLD,
                "asks": BlockedKind.QUESTION,
                "critic": BlockedKind.CRITIC,
                "review": BlockedKind.REVIEW,
                "done": TaskState.DONE,
            },
        )
        opened = db.execute(
            select(AttemptRow, "WHERE run = :run AND open = 1 ORDER BY task"), whole
        )
        return cls(
            run=run,
            now=now,
            phases=phases,
            phase_waits=_grouped(
                (str(dst), str(src)) for src, dst in waits if phases[str(src)].settled_at is None
            ),
            holders=[decode(AttemptRow, row) for row in opened],
            workers=reads.workers(db, run.id),
            unmet_needs=_grouped((str(dst), str(src)) for src, dst in unmet),
            breakers=breaker_reads.tripped(db, run.id),
            lanes=lane_reads.lanes(db, run.id),
            stoppers=read_stoppers(db, run, phases),
        )

    def of(self, task: TaskRow) -> Reason:
        """Return why this task is where it is."""
        if task.state is TaskState.PENDING:
            return self._pending(task)
        if task.state is TaskState.IN_PROGRESS:
            return Reason(task.step or "", f"{task.step} on {task.worker}")
        text = task.note or (task.kind or "").replace("_", " ")
        return Reason(task.kind or "", text, task.detail)

    def _pending(self, task: TaskRow) -> Reason:
        if self.run.state == RunState.PAUSED:
            return Reason(PendingReason.PAUSED, "the run is paused")
        if budget_reads.is_used_up(self.run):
            limit = read_budget(self.run.budget).figures()
            text = "the budget of the run is used up: wf budget +5usd gives it more"
            return Reason(PendingReason.BUDGET, text, {"limit": limit})
        if task.unmet:
            return self._waiting(task)
        if needs_newer(self.run, task, self.holders):
            return Reason(
                PendingReason.WAITING, "waits for a newer workspace", {"workspace": "shared"}
            )
        if task.not_before is not None and task.not_before > self.now:
            wait = task.not_before - self.now
            text = f"again in {wait:.0f} s: {task.note}" if task.note else f"again in {wait:.0f} s"
            return Reason(PendingReason.BACKOFF, text, {"until": task.not_before})
        return self._unclaimed(task)

    def _waiting(self, task: TaskRow) -> Reason:
        phases = list(self.phase_waits.get(task.phase, ()))
        needs = list(self.unmet_needs.get(task.id, ()))
        if stopper := self._stopper(task):
            text = f"waits for {stopper.task}, which {stopper.words}: a person decides"
            return Reason(
                PendingReason.WAITING,
                text,
                {
                    "tasks": needs,
                    "phases": phases,
                    "blocked": stopper.task,
                    "blocked_kind": stopper.kind.value,
                },
            )
        names = [*needs, *(f"phase {name}" for name in phases)]
        if not names:
            return Reason(PendingReason.WAITING, "waits for its previous attempt to be cleaned up")
        more = f" +{len(names) - 1}" if len(names) > 1 else ""
        return Reason(
            PendingReason.WAITING, f"waits for {names[0]}{more}", {"tasks": needs, "phases": phases}
        )

    def _stopper(self, task: TaskRow) -> Stopper | None:
        """Return the blocked task that this one waits for, however many phases lie between."""
        phases = [] if self.phases[task.phase].parallel else [task.phase]
        seen = {task.phase}
        phases += self.phase_waits.get(task.phase, ())
        for name in phases:
            if name in self.stoppers:
                return self.stoppers[name]
            phases += [it for it in self.phase_waits.get(name, ()) if it not in seen]
            seen.add(name)
        return None

    def _unclaimed(self, task: TaskRow) -> Reason:
        fit = fitting_seats(self.workers, task, closed_lanes(self.lanes))
        if self.workers and not fit:
            why = f"no worker for the role {task.role}"
            if task.pinned:
                why = f"no worker {task.pinned} that can do it"
            elif task.takes is Takes.PROMPT:
                why = "no worker for a prompt: there are only shell workers"
            return Reason(PendingReason.NO_WORKER, why)
        names = [lacking(self.run, task, name) for name in dict.fromkeys(s.profile for s in fit)]
        if names and all(names):
            who = "is" if len(names[0]) == 1 else "are"
            why = f"{listed(names[0], 3)} {who} not in the environment of its scheduler"
            return Reason(PendingReason.NO_WORKER, why, {"missing": names[0]})
        holder = contention(self.run, task, self.holders)
        if holder:
            text = f"{holder.task} works on {holder.holds}"
            detail = {"holder": holder.task, "wants": holder.wants, "holds": holder.holds}
            return Reason(PendingReason.SCOPE_BUSY, text, detail)
        return self._limited(fit) or self._wip(task, fit)

    def _limited(self, fit: Sequence[WorkerRow]) -> Reason | None:
        """Return what keeps all seats that could do a task from claiming anything."""
        shut = {name: lane.state for name, lane in self.lanes.items() if lane.state.shut(self.now)}
        paused = {
            name: row
            for name, row in self.breakers.items()
            if breaker_reads.shuts(row, self.holders, self.now)
        }
        if not fit or any(s.lane not in shut and s.profile not in paused for s in fit):
            return self._full_lane(fit)
        states = [shut[seat.lane] for seat in fit if seat.lane in shut]
        if states:
            # That which opens first; those that only a person opens come last.
            first = min(states, key=lambda state: (state.until is None, state.until or 0.0))
            detail = {"lane": first.name, "until": first.until, "state": first.status.value}
            return Reason(PendingReason.LANE_LIMITED, lane_reads.explained(first, self.now), detail)
        row = paused[fit[0].profile]
        detail = {"lane": row.profile, "until": row.until}
        return Reason(PendingReason.PROFILE_PAUSED, breaker_reads.explained(row, self.now), detail)

    def _full_lane(self, fit: Sequence[WorkerRow]) -> Reason | None:
        """Return the lane that runs as many attempts as its provider bears, where all do."""
        full = [self.lanes[seat.lane] for seat in fit if seat.lane in self.lanes]
        if len(full) < len(fit) or any(lane.short != "capacity" for lane in full) or not full:
            return None
        state = full[0].state
        text = f"{state.name} bears {plural(state.capacity or 1, 'attempt')} at once on this host"
        detail = {"lane": state.name, "until": None, "capacity": state.capacity}
        return Reason(PendingReason.LANE_LIMITED, text, detail)

    def _wip(self, task: TaskRow, fit: Sequence[WorkerRow]) -> Reason:
        """Return which number keeps it from starting, or that nothing does."""
        run, phase = self.run, self.phases[task.phase]
        if run.open_attempts >= run.jobs:
            text = f"{plural(run.jobs, 'job')} at once, and all run"
            return Reason(PendingReason.WIP_LIMIT, text, {"limit": "jobs", "jobs": run.jobs})
        if fit and all(seat.task is not None for seat in fit):
            which = "the only seat that fits is" if len(fit) == 1 else f"all {len(fit)} seats are"
            detail = {"limit": "seats", "seats": len(fit)}
            return Reason(PendingReason.WIP_LIMIT, f"{which} busy", detail)
        if phase.wip is not None and phase.open_attempts >= phase.wip:
            text = f"phase {phase.name} runs {plural(phase.wip, 'task')} at most"
            detail = {"limit": "phase", "phase": phase.name, "wip": phase.wip}
            return Reason(PendingReason.WIP_LIMIT, text, detail)
        if fit and all(self._lacks_memory(seat) for seat in fit if seat.task is None):
            text = "this host has too little free memory for one more agent"
            return Reason(PendingReason.WIP_LIMIT, text, {"limit": "memory"})
        if task.seat_wanted and (task.wanted_until or 0.0) > self.now:
            text = f"waits for {task.seat_wanted}, whose session goes on"
            return Reason(PendingReason.READY, text, {"until": task.wanted_until})
        return Reason(PendingReason.READY, f"again, after: {task.note}" if task.note else "ready")

    def _lacks_memory(self, seat: WorkerRow) -> bool:
        lane = self.lanes.get(seat.lane)
        return lane is not None and lane.short == "memory"


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
