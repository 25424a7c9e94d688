"""A naive recount of everything the ledger keeps as a counter, from the tables alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.support.ledger_harness import RUN
from wf_tui.ledger.model.nodes.stored import read_node
from wf_tui.ledger.model.rows import TaskRow, decode, select
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import conversation, reads

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import PhaseRow
    from wf_tui.ledger.store.database import Database

BAD = {
    "failed", "gate", "deliverable", "scope", "conflict", "budget", "cancelled", "dependency",
}  # fmt: skip
NOT_SETTLED = {"quota", "question", "hold", "review", "critic"}


def check(db: Database) -> None:
    """Compare each counter with what it counts; fail with the first that drifted."""
    tasks = {task.id: task for task in reads.tasks(db, RUN)}
    phases = {phase.name: phase for phase in reads.phases(db, RUN)}
    _check_run(db, tasks)
    _check_phases(db, tasks, phases)
    _check_waiting(db, tasks, phases)
    _check_rivals(tasks, phases)
    for task in tasks.values():
        _check_task(task, phases[task.phase])
    _check_claims(db, tasks)


def _check_run(db: Database, tasks: dict[str, TaskRow]) -> None:
    run = reads.run_row(db, RUN)
    counts = Counter(task.state.value for task in tasks.values())
    kept = {name: getattr(run, name) for name in ("pending", "in_progress", "done", "blocked")}
    assert kept == {name: counts[name] for name in kept}
    opened = [attempt for attempt in reads.attempts(db, RUN) if attempt.open]
    assert run.open_attempts == len(opened)
    assert [event.seq for event in reads.events(db, RUN)] == list(range(1, run.seq + 1))


def _check_phases(db: Database, tasks: dict[str, TaskRow], phases: dict[str, PhaseRow]) -> None:
    opened = Counter(attempt.phase for attempt in reads.attempts(db, RUN) if attempt.open)
    waits = db.execute("SELECT src, dst FROM phase_edge WHERE run = :run", {"run": RUN})
    for phase in phases.values():
        inside = [t for t in tasks.values() if t.phase == phase.name and not t.critic_of]
        unsettled = [task.id for task in inside if not _settles(task, phase)]
        before = [phases[str(src)] for src, dst in waits if dst == phase.name]
        assert phase.unsettled == len(unsettled), phase.name
        assert phase.open_attempts == opened[phase.name], phase.name
        assert phase.unmet == sum(other.settled_at is None for other in before), phase.name
        node = read_node(phase.node)
        waits_for = tasks[node.source or node.task].state if node and not node.verdict else None
        if not unsettled and not phase.unmet and waits_for in {None, TaskState.DONE}:
            assert phase.settled_at is not None, phase.name


def _settles(task: TaskRow, phase: PhaseRow) -> bool:
    if task.critic_of:
        return False
    if task.state is TaskState.DONE:
        return phase.pick is None or task.open_epoch is None
    blocked = task.state is TaskState.BLOCKED and task.kind not in NOT_SETTLED
    return blocked and task.open_epoch is None and phase.on_failure != "hold"


def _check_waiting(db: Database, tasks: dict[str, TaskRow], phases: dict[str, PhaseRow]) -> None:
    edges = db.execute("SELECT src, dst, kind, met FROM edge WHERE run = :run", {"run": RUN})
    unmet: defaultdict[str, int] = defaultdict(int)
    bad: defaultdict[str, int] = defaultdict(int)
    waiting = {str(dst) for _, dst, kind, met in edges if kind == "order" and not met}
    for src, dst, kind, met in edges:
        need = tasks[str(src)]
        if kind == "result":
            unmet[str(dst)] += need.state is not TaskState.DONE
            bad[str(dst)] += need.state is TaskState.BLOCKED and need.kind in BAD
        elif kind == "order":
            unmet[str(dst)] += not met
            turn = need.settled and need.id not in waiting
            assert met or not turn, f"{dst} may start after {src}"
    for phase in phases.values():
        if phase.judge is not None:
            rivals = [
                task for task in tasks.values() if task.phase == phase.name and task.spec.rival
            ]
            found = {
                int(str(met))
                for _, dst, kind, met in edges
                if (dst, kind) == (phase.judge, "judged")
            }
            assert found == {_judged(rivals)}, phase.name
            unmet[phase.judge] += found != {1}
            bad[phase.judge] += found == {2}
    for task in tasks.values():
        waits = unmet[task.id] + (phases[task.phase].unmet > 0) + (task.open_epoch is not None)
        assert task.unmet == waits, f"{task.id}: unmet"
        assert task.unmet_blocked == bad[task.id], f"{task.id}: unmet_blocked"


def _judged(rivals: list[TaskRow]) -> int:
    """Return what a judge may do: 1 begin, 2 nothing before a person helps a rival, 0 wait."""
    kinds = {task.kind for task in rivals}
    open_kinds = {None, "quota", "question", "hold", "critic"}
    if "merged" in kinds or kinds & open_kinds or any(task.open_epoch for task in rivals):
        return 0
    if "review" in kinds:
        return 1
    return 2 if any(task.state is TaskState.BLOCKED for task in rivals) else 0


def _check_rivals(tasks: dict[str, TaskRow], phases: dict[str, PhaseRow]) -> None:
    """See at most one of a phase of rivals merged, and all others done with it."""
    for phase in phases.values():
        if phase.pick is None:
            continue
        rivals = [task for task in tasks.values() if task.phase == phase.name and task.spec.rival]
        merged = [task.id for task in rivals if task.kind == "merged"]
        assert len(merged) <= 1, phase.name
        assert sum(task.step == "integrating" for task in rivals) <= 1, phase.name
        over = all(task.state is TaskState.DONE for task in rivals)
        assert not merged or over, phase.name
        judge = tasks[phase.judge] if phase.judge else None
        assert not merged or judge is None or judge.state is TaskState.DONE, phase.name


def _check_task(task: TaskRow, phase: PhaseRow) -> None:
    assert task.settled == _settles(task, phase), task.id
    assert (task.state is TaskState.IN_PROGRESS) <= task.claimed, task.id
    assert (task.kind is None) == (task.state in {"pending", "in_progress"}), task.id
    if task.state is TaskState.PENDING:
        assert task.unmet_blocked == 0, f"{task.id} waits for a blocked result"
    if task.kind == "dependency":
        assert task.unmet_blocked > 0, f"{task.id} is blocked by nothing"
        assert task.detail.get("root"), f"{task.id} names no root"
    if task.claimed:
        assert task.open_epoch == task.epoch, task.id
        assert task.state is TaskState.IN_PROGRESS or task.asking, task.id
    assert (task.step is None) == (not task.claimed), task.id


def _check_claims(db: Database, tasks: dict[str, TaskRow]) -> None:
    opened = [attempt for attempt in reads.attempts(db, RUN) if attempt.open]
    assert {a.task: a.epoch for a in opened} == {
        task.id: task.open_epoch for task in tasks.values() if task.open_epoch is not None
    }
    holding = {seat.name: (seat.task, seat.epoch) for seat in reads.workers(db, RUN) if seat.task}
    assert holding == {
        a.worker: (a.task, a.epoch)
        for a in opened
        if not a.worker.startswith(("user:", "critic:", "judge:"))
    }
    questions = db.execute(
        "SELECT task FROM question WHERE run = :run AND state = 'open'", {"run": RUN}
    )
    opened_by = Counter(str(row[0]) for row in questions)
    assert opened_by == {t.id: t.questions for t in tasks.values() if t.asking}
    assert not any(task.questions for task in tasks.values() if not task.asking)
    _check_conversation(db, tasks)
    parked = db.execute(select(TaskRow, "WHERE wait_queue IS NOT NULL"))
    for task in (decode(TaskRow, row) for row in parked):
        assert task.state is TaskState.PENDING, f"{task.id} is parked"


def _check_conversation(db: Database, tasks: dict[str, TaskRow]) -> None:
    """Compare sums of usage with the attempts, and what waits with who could still have it."""
    attempts = reads.attempts(db, RUN)
    for task in tasks.values():
        mine = [one.usage or NO_USAGE for one in attempts if one.task == task.id]
        assert task.usage == sum(mine, NO_USAGE), task.id
        waiting = conversation.waiting_messages(db, RUN, task.id)
        assert not waiting or task.state is not TaskState.DONE, task.id
    assert reads.run_row(db, RUN).usage == sum((t.usage for t in tasks.values()), NO_USAGE)
    alive = db.execute(
        "SELECT 1 FROM allowance WHERE run = :run AND ended_at IS NULL", {"run": RUN}
    )
    assert not alive or not reads.run_row(db, RUN).state.ended
