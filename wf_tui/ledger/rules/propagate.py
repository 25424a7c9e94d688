"""What a change of one task does to those that wait for it (RULES 3.1 and 4.2).

Counters, never searches: a task has `unmet`, what it still waits for, and `unmet_blocked`, how many
of the results it needs are blocked. A phase counts as one. Worked off with a list, not by
recursion, so that a chain of 10,000 costs 10,000 steps and no stack.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import PhaseSettled
from wf_tui.ledger.model.events.task_events import TaskBlocked, TaskEvent, TaskUnblocked
from wf_tui.ledger.model.rows import PhaseRow, TaskRow, decode, evolve, literals, select
from wf_tui.ledger.model.states import BlockedKind, EdgeKind, Judged, PendingReason, TaskState
from wf_tui.ledger.model.task_moves import blocked_by, carried, is_bad
from wf_tui.ledger.queries.rivals import Standing, rivals_of, standing
from wf_tui.ledger.rules.decisions import nodes

if TYPE_CHECKING:
    from wf_tui.ledger.rules.transaction import RunTransaction
    from wf_tui.ledger.store.database import Values

__all__ = ["Propagation", "awaits_turn", "blocked_by_result", "is_met"]


_WAIT_LESS: Final = (
    "UPDATE task SET unmet = unmet - 1, "
    "ready_at = CASE WHEN unmet = 1 THEN :now ELSE ready_at END, "
    "ready_merges = CASE WHEN unmet = 1 THEN :merges ELSE ready_merges END WHERE run = :run AND "
)
_BAD: Final = literals(kind for kind in BlockedKind if kind.facts.blocks_dependants)
_BLOCKED_NEED: Final = (
    f"WHERE run = :run AND state = :blocked AND kind IN ({_BAD}) "
    "AND id IN (SELECT src FROM edge WHERE run = :run AND dst = :task "
    "AND (kind = :result OR (kind = :judged AND met = :lost))) "
    "ORDER BY ordinal LIMIT 1"
)
_JUDGED: Final = {Standing.READY: Judged.READY, Standing.LOST: Judged.LOST}
"""How rivals stand, as their judge counts it; otherwise it waits, or has nothing to choose."""
_HAND_TURN_ON: Final = (
    "UPDATE edge SET met = 1 WHERE run = :run AND src = :task AND kind = :order AND met = 0 "
    "AND NOT EXISTS (SELECT 1 FROM edge AS earlier WHERE earlier.run = :run "
    "AND earlier.dst = :task AND earlier.kind = :order AND earlier.met = 0) RETURNING dst"
)
"""Unless it has not come to this task itself (`awaits_turn`)."""
_TELL: Final = EdgeKind.RESULT, EdgeKind.ORDER
_TELLING: Final = "SELECT " + ", ".join(
    f"EXISTS (SELECT 1 FROM edge WHERE run = :run AND src = :task AND kind = '{kind.value}')"
    for kind in _TELL
)
"""Which kinds of edges go out from a task."""
_TASK_WAITS_LESS: Final = _WAIT_LESS + "id = :name"
_PHASE_WAITS_LESS: Final = _WAIT_LESS + "phase = :name"


def is_met(task: TaskRow) -> bool:
    """Whether its result can be used; of a skipped task it is empty."""
    return task.state is TaskState.DONE


def _root(task: TaskRow) -> str | None:
    """Return what has to be put right before anything that needs this task can go on."""
    if task.state is not TaskState.BLOCKED or not is_bad(task):
        return None
    return str(task.detail["root"]) if task.kind == BlockedKind.DEPENDENCY else task.id


def _told(task: TaskRow) -> tuple[bool, str | None, bool]:
    """Return what others hear of a task; a judge, who hears of its rivals, asks for more."""
    return is_met(task), _root(task), task.settled


def blocked_by_result(tx: RunTransaction, task: TaskRow) -> TaskRow:
    """Return the task blocked by the result of another one, which it names.

    As it was, where the counters are ahead: the last of several is about to be taken off.
    """
    rows = tx.db.execute(
        select(TaskRow, _BLOCKED_NEED),
        {
            "run": tx.run.id,
            "task": task.id,
            "blocked": TaskState.BLOCKED,
            "result": EdgeKind.RESULT,
            "judged": EdgeKind.JUDGED,
            "lost": Judged.LOST,
        },
    )
    if not rows:
        return task
    need = decode(TaskRow, rows[0])
    return blocked_by(task, need, _root(need))


def awaits_turn(tx: RunTransaction, task: TaskRow) -> bool:
    """Whether the task before it in a sequential phase still has the turn.

    The edge says it, not the state of that task: a turn that was handed on is never taken back.
    """
    rows = tx.db.execute(
        "SELECT 1 FROM edge WHERE run = :run AND dst = :task AND kind = :order AND met = 0",
        {"run": tx.run.id, "task": task.id, "order": EdgeKind.ORDER},
    )
    return bool(rows)


def _moved(old: TaskRow, new: TaskRow, again: float | None) -> TaskEvent:
    """Return the event of a task that is blocked by a result, or no longer is."""
    before = old.kind or old.state.value
    if new.state is TaskState.BLOCKED:
        why, words = BlockedKind.DEPENDENCY, new.note
        return TaskBlocked(kind=why, before=before, text=words, detail=new.detail, since=again)
    return TaskUnblocked(kind=PendingReason.WAITING, before=before, since=again)


@dataclass
class Propagation:
    """Follows one change to its end.

    Made by `Change.update_task` for each task that it writes, in the same transaction. It writes
    what it reaches itself, not through `update_task`, which would begin a walk within the walk.
    """

    tx: RunTransaction

    def follow(self, old: TaskRow, new: TaskRow) -> None:
        """Tell everyone who waits for this task, and whoever waits for them.

        Phases come last: what settles one may have opened a task of it, or of a later one, again.
        """
        if not new.spec.rival and _told(old) == _told(new):
            return
        moved = deque([(old, new)])
        # A dict, since a set has no order, and the log is to be the same each time.
        phases: dict[str, None] = {}
        while moved:
            before, after = moved.popleft()
            edges = self._edges(before, after)
            moved.extend(self._tell_dependants(before, after, edges))
            if before.settled == after.settled:
                continue
            phases[after.phase] = None
            phase = self.tx.phase(after.phase)
            fewer = int(after.settled) - int(before.settled)
            self.tx.write(phase, evolve(phase, unsettled=phase.unsettled - fewer))
            if after.settled and EdgeKind.ORDER in edges:
                self._pass_turn_on(after)
        for name in phases:
            self._settle_phases(self.tx.phase(name))

    def _edges(self, old: TaskRow, new: TaskRow) -> frozenset[str]:
        """Return the kinds of the edges that may tell others of a move; most tasks have none."""
        if _told(old) == _told(new):
            return frozenset()
        found = self.tx.db.execute(_TELLING, {"run": self.tx.run.id, "task": new.id})[0]
        return frozenset(kind for kind, there in zip(_TELL, found, strict=True) if there)

    def _tell_dependants(
        self, old: TaskRow, new: TaskRow, edges: frozenset[str]
    ) -> list[tuple[TaskRow, TaskRow]]:
        """Count a result for all that need it; return those whose own dependants are to be told.

        Each is returned as it was and as it is now. `edges` are the kinds of those from this task.
        """
        moved = self._tell_judge(new) if new.spec.rival else []
        met = int(is_met(new)) - int(is_met(old))
        bad = int(is_bad(new)) - int(is_bad(old))
        # Another root is passed on as well: what is blocked behind it names it in its sentence.
        if EdgeKind.RESULT not in edges or (not met and not bad and _root(old) == _root(new)):
            return moved
        rows = self.tx.db.execute(
            select(
                TaskRow,
                "WHERE run = :run AND id IN "
                "(SELECT dst FROM edge WHERE run = :run AND src = :task AND kind = :result) "
                "ORDER BY ordinal",
            ),
            {"run": self.tx.run.id, "task": new.id, "result": EdgeKind.RESULT},
        )
        for waiting in [decode(TaskRow, row) for row in rows]:
            after = self._count_result(waiting, -met, bad)
            if (after.state, _root(after)) != (waiting.state, _root(waiting)):
                moved.append((waiting, after))
        return moved

    def _tell_judge(self, rival: TaskRow) -> list[tuple[TaskRow, TaskRow]]:
        """Count all rivals of a phase as one thing that their judge waits for.

        It may start when all have come in and one can be taken. What was counted before is read
        from the edges: several rivals may have changed by now, and each of them comes here.
        """
        tx, name = self.tx, self.tx.phase(rival.phase).judge
        if name is None:
            return []
        values: Values = {"run": tx.run.id, "judge": name, "judged": EdgeKind.JUDGED}
        edges = tx.db.execute(
            "SELECT met FROM edge WHERE run = :run AND dst = :judge AND kind = :judged LIMIT 1",
            values,
        )
        before = Judged(int(edges[0][0] or 0)) if edges else Judged.OPEN
        stand = standing(rivals_of(tx.db, tx.run.id, rival.phase))
        after = _JUDGED.get(stand, Judged.OPEN)
        if not edges or before is after:
            return []
        tx.db.execute(
            "UPDATE edge SET met = :met WHERE run = :run AND dst = :judge AND kind = :judged",
            {**values, "met": int(after)},
        )
        old = tx.task(name)
        waits = int(after is not Judged.READY) - int(before is not Judged.READY)
        bad = int(after is Judged.LOST) - int(before is Judged.LOST)
        new = self._count_result(old, waits, bad)
        return [(old, new)] if (new.state, _root(new)) != (old.state, _root(old)) else []

    def _count_result(self, old: TaskRow, unmet: int, bad: int) -> TaskRow:
        """Change the counters of one waiting task, and its state where they say so."""
        new = evolve(old, unmet=old.unmet + unmet, unmet_blocked=old.unmet_blocked + bad)
        # One that is claimed, held or asking keeps its state: `to_pending` looks when it moves.
        if new.unmet_blocked and (
            new.state is TaskState.PENDING or new.kind == BlockedKind.DEPENDENCY
        ):
            new = blocked_by_result(self.tx, new)
        elif new.kind == BlockedKind.DEPENDENCY:
            new = evolve(new, state=TaskState.PENDING, kind=None, note="", detail=carried(new))
        if new.state is not old.state:
            again = self.tx.since_again(new)
            since = self.tx.now if again is None else again
            new = evolve(new, since=since, settled=self.tx.settles(new))
            self.tx.emit_behind(_moved(old, new, again), old)
        self.tx.count(old, new)
        # Queues hold only what could start but for its scope, and that has just changed.
        ready = self.tx.note_ready(old, evolve(new, wait_queue=None))
        return self.tx.write(old, ready)

    def _pass_turn_on(self, task: TaskRow) -> None:
        """Let the next task of a sequential phase start; this is never taken back.

        A task that was skipped before its turn hands the turn on only when it comes.
        """
        run = self.tx.run.id
        turn: TaskRow | None = task
        while turn is not None and turn.settled:
            rows = self.tx.db.execute(
                _HAND_TURN_ON, {"run": run, "task": turn.id, "order": EdgeKind.ORDER}
            )
            turn = None
            for row in rows:
                # Counted in the ledger, not in a row that is in hand: it is read again just below.
                self._wait_less(_TASK_WAITS_LESS, str(row[0]))
                turn = self.tx.task(str(row[0]))

    def _settle_phases(self, first: PhaseRow) -> None:
        """Settle a phase that has nothing left to do, and start those that waited for it."""
        todo = deque([first])
        if first.settled_at is not None:
            # What decides by a task of it may have waited for that longer than for the phase.
            todo.extend(self._deciding_after(first))
        while todo:
            phase = todo.popleft()
            if phase.unsettled or phase.unmet or phase.settled_at is not None:
                continue
            settles, added = nodes.may_settle(self.tx, phase) if phase.node else (True, [])
            if not settles:
                continue
            self._block_added(added)
            phase = self.tx.phase(phase.name)
            # What it starts may have no tasks, or only skipped ones, and settle at once.
            self.tx.write(phase, evolve(phase, settled_at=self.tx.now))
            self.tx.emit(PhaseSettled(phase=phase.name))
            todo.extend(self._start_after(phase))

    def _deciding_after(self, phase: PhaseRow) -> list[PhaseRow]:
        """Return the phases behind a settled one that decide, and have not yet."""
        rows = self.tx.db.execute(
            select(
                PhaseRow,
                "WHERE run = :run AND node <> '' AND settled_at IS NULL AND name IN "
                "(SELECT dst FROM phase_edge WHERE run = :run AND src = :phase) ORDER BY ordinal",
            ),
            {"run": self.tx.run.id, "phase": phase.name},
        )
        return [decode(PhaseRow, row) for row in rows]

    def _block_added(self, tasks: list[TaskRow]) -> None:
        """Block what was added by the results that it needs and are blocked, as with all others."""
        for task in tasks:
            rows = self.tx.db.execute(
                select(
                    TaskRow,
                    "WHERE run = :run AND state = :blocked AND id IN "
                    "(SELECT src FROM edge WHERE run = :run AND dst = :task AND kind = :result)",
                ),
                {
                    "run": self.tx.run.id,
                    "blocked": TaskState.BLOCKED,
                    "task": task.id,
                    "result": EdgeKind.RESULT,
                },
            )
            if bad := sum(is_bad(decode(TaskRow, row)) for row in rows):
                before = self.tx.task(task.id)
                after = self._count_result(before, 0, bad - before.unmet_blocked)
                self.follow(before, after)

    def _start_after(self, phase: PhaseRow) -> list[PhaseRow]:
        """Count a phase for those that wait for it; return those that wait for no other one."""
        rows = self.tx.db.execute(
            select(
                PhaseRow,
                "WHERE run = :run AND name IN "
                "(SELECT dst FROM phase_edge WHERE run = :run AND src = :phase) ORDER BY ordinal",
            ),
            {"run": self.tx.run.id, "phase": phase.name},
        )
        started = []
        for old in (decode(PhaseRow, row) for row in rows):
            new = self.tx.write(old, evolve(old, unmet=old.unmet - 1))
            if new.unmet == 0:
                self._wait_less(_PHASE_WAITS_LESS, new.name)
                started.append(new)
        return started

    def _wait_less(self, statement: str, name: str) -> None:
        """Take one off what these tasks wait for; one statement, however many there are."""
        tx = self.tx
        tx.db.execute(
            statement,
            {"now": tx.now, "merges": tx.run.merges, "run": tx.run.id, "name": name},
        )
