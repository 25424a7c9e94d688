"""The replayed run: tasks, phases, claims and counts, as the events so far make them.

Written apart from the ledger. What waits for what is counted here too, but from the events alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.verify.kinds import UNSETTLED
from wf_tui.verify.paused_profiles import PausedProfiles
from wf_tui.verify.replayed_task import (
    Action,
    Allowance,
    PersonAct,
    PhaseState,
    ReplayedTask,
)
from wf_tui.verify.scopes import HeldScopes
from wf_tui.verify.verdict import MOST, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import EventRow

__all__ = ["ENDED", "Chain", "ReplayState"]

ENDED: Final = frozenset({"completed", "partial", "aborted"})


@dataclass
class Chain:
    """Where the integration branch went, as the events tell it.

    `compare` holds it against git, once all events are replayed; commits are full object names.
    """

    base: str = ""
    heads: list[str] = field(default_factory=list)
    """Each commit that it went to, in order."""
    work: dict[str, str | None] = field(default_factory=dict)
    """The harvested commit that each of them brought in."""
    exported: str | None = None
    exports: list[tuple[int, str]] = field(default_factory=list)

    @property
    def head(self) -> str:
        """Where it is now."""
        return self.heads[-1] if self.heads else self.base


@dataclass
class ReplayState:
    """Everything that the events so far say of a run, and what was wrong with them.

    The functions that judge events change it; this class keeps its counts in step and knows no
    event. An event costs the number of dependants of its task, so a log of a million is replayed
    in one pass.
    """

    violations: list[Violation] = field(default_factory=list)
    tasks: dict[str, ReplayedTask] = field(default_factory=dict)
    phases: dict[str, PhaseState] = field(default_factory=dict)
    dependent_phases: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The phases that wait for a phase."""
    judged: dict[str, str] = field(default_factory=dict)
    """The phase that each judge chooses from."""
    dependants: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The tasks that need the result of a task."""
    next_in_sequence: dict[str, str] = field(default_factory=dict)
    """The next task of a sequential phase."""
    held_scopes: HeldScopes = field(default_factory=HeldScopes)
    seats: dict[str, str | None] = field(default_factory=dict)
    """What each seat holds."""
    pauses: PausedProfiles = field(default_factory=PausedProfiles)
    chain: Chain = field(default_factory=Chain)
    allowances: dict[int, Allowance] = field(default_factory=dict)
    """What persons have allowed for the rest of the run."""
    usage: dict[str, int] = field(default_factory=dict)
    """What all attempts used."""
    counts: Counter[str] = field(default_factory=Counter)
    misplaced: dict[str, None] = field(default_factory=dict)
    """Tasks that a blocked result should block, or should block no more."""
    actions: dict[tuple[int, str], Action] = field(default_factory=dict)
    acts: dict[int, PersonAct] = field(default_factory=dict)
    """What persons did, by the number of the command."""
    status: str = ""
    intent: str = "go"
    aborting: bool = False
    jobs: int | None = None
    open_attempts: int = 0
    seq: int = 0
    clock: float = 0.0
    """The latest time of any event, in UTC seconds, since the clock was last set back."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.status in ENDED

    def require(self, holds: object, code: str, event: EventRow | None, text: str) -> None:
        """Record a violation unless `holds`; the replay continues, so one fault hides no other."""
        # Bounded: after one wrong count each later event of a long log may be wrong as well.
        if not holds and len(self.violations) < MOST:
            seq, task = (event.seq, event.task) if event else (None, None)
            self.violations.append(Violation(code, seq, task, text))

    def clock_set_back(self, clock: float) -> None:
        """Take note that the machine's clock was set back: waits were shortened, so none is judged.

        The order of events is that of their numbers, whatever their times are.
        """
        self.clock = clock
        self.pauses.set_back()
        for task in self.tasks.values():
            task.not_before = None

    # -- tasks

    def add(self, task: ReplayedTask) -> None:
        """Add a new task to its phase, and count what it waits for.

        Its phase has to be there. What it needs may come later in the log, as a plan's tasks are
        told in any order; until then it counts as not done.
        """
        phase = self.phases[task.phase]
        self.tasks[task.id] = task
        self.counts[task.state] += 1
        if task.critic_of:  # its phase waits for its author, and nothing waits for it
            return
        phase.task_count += 1
        phase.unsettled += 1
        if not phase.parallel and phase.last is not None:
            self.next_in_sequence[phase.last] = task.id
            before = self.tasks[phase.last]
            task.follows = before.follows or not before.settled
        phase.last = task.id
        phase.tasks.append(task.id)
        judged = self.judged.get(task.id)
        # Once each: a need that is named twice would be counted twice, but freed only once.
        for name in dict.fromkeys(task.needs):
            # Of rivals their judge waits for no result: `rivals.check_judge` knows when it may go.
            if judged is not None and name in self.tasks and self.tasks[name].phase == judged:
                continue
            self.dependants[name].append(task.id)
            need = self.tasks.get(name)
            task.unfinished_needs += need is None or need.state != "done"
            task.blocked_needs += need is not None and need.blocks_dependants
        judge = self.tasks.get(phase.judge)
        if judge is not None and judge.id in self.dependants[task.id]:
            # A plan may name its judge first: until now this was a result like any other.
            self.dependants[task.id].remove(judge.id)
            judge.unfinished_needs -= 1
        self._check_needs(task)

    def move(self, task: ReplayedTask, state: str, kind: str | None = None) -> None:
        """Bring a task into another state, and count what that means for others.

        Each task counts its unfinished and its blocked needs, so that an event costs the number of
        dependants of its task, however long the log and however many tasks there are.
        """
        # Asked before the move: what counts for its dependants is the difference.
        was_done, was_bad = task.state == "done", task.blocks_dependants
        self.counts[task.state] -= 1
        self.counts[state] += 1
        task.state, task.kind = state, kind
        done, bad = int(state == "done") - int(was_done), int(task.blocks_dependants) - int(was_bad)
        if done or bad:
            for name in self.dependants[task.id]:
                other = self.tasks[name]
                other.unfinished_needs -= done
                other.blocked_needs += bad
                self._check_needs(other)
        self._check_needs(task)
        self.settle(task)
        self._tell_judge(task)

    def requeue(self, task: ReplayedTask) -> None:
        """Bring a task back to where it waits (P*): pending, or blocked by a result it needs."""
        task.drop_claim()
        if self.held_up(task):
            self.move(task, "blocked", "dependency")
        else:
            self.move(task, "pending")

    def settle(self, task: ReplayedTask) -> None:
        """Count whether a task still keeps its phase open; called after each of its moves.

        Done, or given up in a phase whose `on_failure` lets the run go on without it.
        """
        phase = self.phases[task.phase]
        if task.critic_of:
            return
        # While an attempt is open its phase is not over, though the task may be blocked already.
        given_up = (
            task.state == "blocked" and task.open_epoch is None and task.kind not in UNSETTLED
        )
        # Nor is that of rivals while one that lost is still to be stopped.
        done = task.state == "done" and not (phase.pick and task.open_epoch is not None)
        settled = done or (given_up and phase.on_failure != "hold")
        if settled == task.settled:
            return
        task.settled = settled
        phase.unsettled -= 1 if settled else -1
        self._pass_turn(task)

    def _pass_turn(self, task: ReplayedTask) -> None:
        """Let the next task of a sequential phase start, and the one after it if that is settled.

        A task may have been skipped before its turn came; it then passes the turn on at once.
        """
        while task.settled and not task.follows and task.id in self.next_in_sequence:
            task = self.tasks[self.next_in_sequence[task.id]]
            task.follows = False

    def _check_needs(self, task: ReplayedTask) -> None:
        # Not a violation yet: the ledger tells of the blocked task first and of its dependants in
        # events of their own after it. `unfinished` judges what is left when the run is at rest.
        held_up = self.held_up(task)
        waits = task.state == "pending" and held_up
        if waits or (task.kind == "dependency" and not held_up):
            self.misplaced[task.id] = None
        else:
            self.misplaced.pop(task.id, None)

    # -- rivals

    def rivals(self, task: ReplayedTask) -> list[ReplayedTask]:
        """Return the others of its phase, where one of them is picked."""
        phase = self.phases[task.phase]
        others = phase.tasks if phase.pick else ()
        return [self.tasks[name] for name in others if name != task.id]

    def rivals_are_lost(self, phase: PhaseState) -> bool:
        """Whether nobody works on any rival any more, none can be taken, and one is given up."""
        every = [self.tasks[name] for name in phase.tasks]
        given_up = [one for one in every if one.state == "blocked" and one.kind not in UNSETTLED]
        over = all(one.state == "done" or one in given_up for one in every)
        at_rest = all(one.open_epoch is None for one in every)
        return bool(given_up) and over and at_rest and phase.winner is None

    def held_up(self, task: ReplayedTask) -> bool:
        """Whether what it needs is blocked: a result, or, of a judge, all that it judges."""
        judged = self.judged.get(task.id)
        lost = judged is not None and self.rivals_are_lost(self.phases[judged])
        return task.blocked_needs > 0 or lost

    def _tell_judge(self, task: ReplayedTask) -> None:
        judge = self.tasks.get(self.phases[task.phase].judge)
        if judge is not None:
            self._check_needs(judge)

    def begun_dependant(self, task: ReplayedTask) -> str | None:
        """Return a task that waited for this one or its phase and has begun; None if none has.

        Then what happened to this one can no longer be undone.
        """
        others = [*self.dependants[task.id], *filter(None, [self.next_in_sequence.get(task.id)])]
        begun = [name for name in others if self.tasks[name].epoch]
        later = [name for name in self.dependent_phases[task.phase] if self.phases[name].claims]
        return next(iter(begun + later), None)

    # -- attempts

    def open_attempt(self, task: ReplayedTask, worker: str, epoch: int) -> None:
        """Let a claim hold its seat, its scope and one of the jobs; `epoch` is the event's.

        The caller has judged the claim; here it is believed, also where it was wrong.
        """
        # A second claim is judged by the caller; closing the first keeps the counts usable.
        if task.open_epoch is not None:
            self.close_attempt(task)
        task.worker, task.epoch, task.open_epoch = worker, epoch, epoch
        task.verdict, task.merged, task.harvested, task.rejected = "", None, None, False
        task.gate_failed, task.passed, task.started_from = False, set(), None
        task.holders[epoch] = worker
        if task.spec.mode == "read_write":
            self.held_scopes.take(task.id, task.isolation, task.spec.scope)
        self.open_attempts += 1
        self.seats[worker] = task.id
        self.phases[task.phase].claims += 1

    def close_attempt(self, task: ReplayedTask) -> None:
        """Free what the open attempt held: its seat, its scope and one of the jobs.

        Its phase may settle with it: while an attempt is open, its phase is not over.
        """
        worker = task.holder
        # Not a seat that has left meanwhile, nor one that another task wrongly got.
        if self.seats.get(worker) == task.id:
            self.seats[worker] = None
        self.held_scopes.drop(task.id)
        self.open_attempts -= 1
        task.open_epoch = None
        self.settle(task)
        self._tell_judge(task)

    # -- what a person did

    def remember(self, task: ReplayedTask, event: EventRow) -> None:
        """Keep what a task was before a person acted, for when that is undone.

        Events without a command number were not caused by one that can be undone.
        """
        command = event.data.get("command")
        if not isinstance(command, int):
            return
        self.actions[command, task.id] = Action(
            stopped=bool(event.data.get("stopped")),
            state=task.state,
            kind=task.kind,
            tries=task.tries,
            conflicts=task.conflicts,
            merge_gates=task.merge_gates,
            sent_back=task.sent_back,
            not_before=task.not_before,
            spec=task.spec,
        )

    def change_spec(self, task: ReplayedTask, event: EventRow) -> None:
        """Take over what a person changed of what a task asks for.

        Only what later events show: a claim names scope and mode, a failure goes by the tries.
        """
        fields = event.data.get("fields")
        if not isinstance(fields, dict):
            return
        scope, mode, most = (fields.get(name) for name in ("scope", "mode", "max_attempts"))
        if isinstance(scope, (list, tuple)):
            task.spec = replace(task.spec, scope=tuple(map(str, scope)))
        if isinstance(mode, str):
            task.spec = replace(task.spec, mode=mode)
        if isinstance(most, int):
            task.spec = replace(task.spec, max_attempts=most)
        if "review" in fields:
            task.spec = replace(task.spec, review=fields["review"] is True)
        if "gate" in fields:
            task.spec = replace(task.spec, gate=bool(fields["gate"]))
            # Whoever takes the gate away may do so before its attempt is merged, after a crash say.
            task.gated = task.gated and task.spec.gate

    # -- at rest

    def unfinished(self) -> Iterator[tuple[str, str, str]]:
        """Yield what the ledger should have done by now: code, task ("" for a phase), sentence.

        Asked only where the log is at rest: in between, the event that does it may be the next one.
        """
        for name, task in self.tasks.items():
            if task.snooze is not None and task.snooze.condition != task.condition:
                yield "snooze", name, "it has changed, and is snoozed still"
        for name in self.misplaced:
            if self.tasks[name].state == "pending":
                yield "move", name, "it waits, but a result that it needs is blocked"
            else:
                yield "move", name, "it is blocked by a result, but none that it needs is blocked"
        for phase in self.phases.values():
            left = [name for name in phase.tasks if self.tasks[name].state != "done"]
            if phase.winner is not None and left:
                yield "rival", left[0], f"it is not done, though {phase.winner} was merged"
            due = phase.task_count and not phase.unsettled
            if phase.node is not None and not phase.node.verdict:
                # It is not over before whoever decides has answered.
                due = due and self.tasks[phase.node.task].state == "done"
            if due and not phase.settled and all(self.phases[n].settled for n in phase.after):
                yield "phase", "", f"phase {phase.name} has nothing left to do and did not settle"
