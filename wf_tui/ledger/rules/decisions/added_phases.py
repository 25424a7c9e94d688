"""Phases that are added while a run goes on: rows, edges, and who waits for them from now on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import PhaseAdded
from wf_tui.ledger.model.nodes.new_rows import (
    NEW_EDGE,
    NEW_PHASE_EDGE,
    as_rival,
    edge,
    node_shape,
    phase_row,
    results_awaited,
    task_added,
    task_row,
)
from wf_tui.ledger.model.nodes.stored import read_node
from wf_tui.ledger.model.rows import PhaseRow, TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import EdgeKind, TaskState
from wf_tui.plan.tree.decided import Deciding
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
    from wf_tui.ledger.rules.transaction import RunTransaction

__all__ = ["AddedPhases"]

_LATER: Final = (
    "WHERE run = :run AND name IN "
    "(SELECT dst FROM phase_edge WHERE run = :run AND src = :phase) ORDER BY ordinal"
)


@frozen
class AddedPhases:
    """What one decision adds, in the transaction in which the phase `by` is about to settle.

    That has an end of nothing yet: whatever waits for it still does, and is made to wait for the
    ends of what is added before it goes on.
    """

    tx: RunTransaction
    by: str
    phases: tuple[NewPhase, ...]
    needed: Mapping[str, tuple[str, ...]]
    """Of each task that may need results of them, which ones, by their first copies."""

    @cached_property
    def _tasks(self) -> dict[str, NewTask]:
        return {task.id: task for phase in self.phases for task in phase.tasks}

    @cached_property
    def _rounds(self) -> Mapping[str, int]:
        """Of each prefix of a loop or an expand how many copies there are by now."""
        rows = self.tx.db.execute(
            "SELECT node FROM phase WHERE run = :run AND node <> ''", {"run": self.tx.run.id}
        )
        found: dict[str, int] = {}
        for row in rows:
            node = read_node(str(row[0]))
            if node is None or node.kind is Deciding.COND:
                continue
            count = int(node.verdict or 0) if node.kind is Deciding.EXPAND else node.number
            found[node.prefix] = max(found.get(node.prefix, 0), count)
        return found

    def wanted(self) -> dict[str, list[str]]:
        """Return which tasks that are there need results of what is added, and which."""
        found: dict[str, list[str]] = {}
        for task, needs in self.needed.items():
            copies = [one for need in needs for one in self._copies(need) if one in self._tasks]
            if copies and task not in self._tasks and self._waiting(task) is not None:
                found[task] = copies
        return found

    def _copies(self, need: str) -> list[str]:
        """Return the names that a task has, as it was copied for each round or item."""
        names = [need]
        for prefix, count in sorted(self._rounds.items()):
            first = f"{prefix}1/"
            names += [
                f"{prefix}{number}/{name.removeprefix(first)}"
                for name in names
                if name.startswith(first)
                for number in range(2, count + 2)
            ]
        return list(dict.fromkeys(names))

    def _waiting(self, name: str) -> TaskRow | None:
        """Return a task of this name that is not done; None where there is none."""
        rows = self.tx.db.execute(
            select(TaskRow, "WHERE run = :run AND id = :task AND state <> :done"),
            {"run": self.tx.run.id, "task": name, "done": TaskState.DONE},
        )
        return decode(TaskRow, rows[0]) if rows else None

    def add(self) -> list[TaskRow]:
        """Store all of it; return the new tasks, some of which may need a result that is blocked.

        What is there already, of the same name, is left as it is.
        """
        if not self.phases or self._known("phase", "name", [self.phases[0].name]):
            return []
        # Asked before the new ones are there, which wait for it, too.
        behind, wants, ends = self._behind(), self.wanted(), self._ends()
        for phase in self.phases:
            self._add_phase(phase, behind if phase.name in ends else ())
        for later in behind:
            row = self.tx.phase(later)
            self.tx.write(row, evolve(row, unmet=row.unmet + len(ends)))
        rows = [row for phase in self.phases for row in self._add_tasks(phase)]
        self.tx.update_run(evolve(self.tx.run, pending=self.tx.run.pending + len(rows)))
        for task, needs in wants.items():
            self._need_more(self.tx.task(task), needs)
        return rows

    def _add_phase(self, phase: NewPhase, behind: tuple[str, ...]) -> None:
        """Store a phase and whom it waits for, and let others wait for it."""
        names = {one.name for one in self.phases}
        before = [name for name in phase.depends_on if name in names or self._is_open(name)]
        if not names & set(before):
            before = list(dict.fromkeys([self.by, *before]))
        new = replace(phase, depends_on=tuple(before))
        self.tx.insert(phase_row(self.tx.run, new, self._next("phase")))
        edges = [(name, phase.name) for name in before] + [(phase.name, one) for one in behind]
        run = self.tx.run.id
        self.tx.db.execute_many(
            NEW_PHASE_EDGE, [{"run": run, "src": src, "dst": dst} for src, dst in edges]
        )
        self.tx.emit(
            PhaseAdded(
                phase=phase.name,
                by=self.by,
                parallel=phase.parallel,
                on_failure=phase.on_failure,
                depends_on=new.depends_on,
                behind=behind,
                pick=phase.pick,
                judge=phase.judge,
                node=node_shape(phase.node) if phase.node else None,
            )
        )

    def _add_tasks(self, phase: NewPhase) -> list[TaskRow]:
        """Store the tasks of a phase, and count for each what it waits for."""
        tx, rows = self.tx, list[TaskRow]()
        waits = tx.phase(phase.name).unmet > 0
        for place, task in enumerate(phase.tasks):
            needs = self._there(task.spec.needs)
            rivals = self._judged_by(task.id)
            known = replace(task, spec=replace(task.spec, needs=tuple(needs)))
            new = as_rival(known, phase, rivals)
            follows = not phase.parallel and place > 0
            awaited = results_awaited(new, rivals)
            states = [needs[name] for name in awaited]
            unmet = sum(one is None or one.state is not TaskState.DONE for one in states)
            row = task_row(
                tx.run.id,
                tx.now,
                new,
                phase.name,
                self._next("task"),
                chain=1,
                unmet=unmet + follows + waits + (rivals is not None),
            )
            tx.insert(row)
            edges = [edge(tx.run.id, need, row.id, EdgeKind.RESULT) for need in awaited]
            judged = rivals.tasks if rivals is not None else ()
            edges += [edge(tx.run.id, one.id, row.id, EdgeKind.JUDGED) for one in judged]
            if follows:
                edges.append(edge(tx.run.id, rows[-1].id, row.id, EdgeKind.ORDER))
            tx.db.execute_many(NEW_EDGE, edges)
            tx.emit(task_added(row), row)
            rows.append(row)
        return rows

    def _judged_by(self, task: str) -> NewPhase | None:
        """Return the phase between whose tasks this one chooses."""
        return next((phase for phase in self.phases if phase.judge == task), None)

    def _there(self, needs: Iterable[str]) -> dict[str, TaskRow | None]:
        """Return what of these needs there is, all copies; None for what this decision adds."""
        names = list(dict.fromkeys(copy for need in needs for copy in self._copies(need)))
        known = self._known("task", "id", [name for name in names if name not in self._tasks])
        return {
            name: self.tx.task(name) if name in known else None
            for name in names
            if name in known or name in self._tasks
        }

    def _need_more(self, task: TaskRow, needs: Sequence[str]) -> None:
        """Let a task that was there before wait for results that are new."""
        new = [name for name in needs if name not in task.spec.needs]
        spec = replace(task.spec, needs=(*task.spec.needs, *new))
        awaited = [name for name in spec.awaited if name in new]
        edges = [edge(self.tx.run.id, name, task.id, EdgeKind.RESULT) for name in awaited]
        self.tx.db.execute_many(NEW_EDGE, edges)
        self.tx.write(task, evolve(task, spec=spec, unmet=task.unmet + len(awaited)))

    def _next(self, table: str) -> int:
        rows = self.tx.db.execute(
            f"SELECT max(ordinal) FROM {table} WHERE run = :run",
            {"run": self.tx.run.id},
        )
        return int(rows[0][0] or 0) + 1

    def _known(self, table: str, column: str, names: Iterable[str]) -> set[str]:
        """Return which of these names there are in a table of the run."""
        statement = f"SELECT 1 FROM {table} WHERE run = :run AND {column} = :name"
        run = self.tx.run.id
        return {name for name in names if self.tx.db.execute(statement, {"run": run, "name": name})}

    def _is_open(self, name: str) -> bool:
        """Whether there is such a phase, and it has not settled."""
        there = name != self.by and self._known("phase", "name", [name])
        return bool(there) and self.tx.phase(name).settled_at is None

    def _behind(self) -> tuple[str, ...]:
        """Return the phases that wait for the one that decides."""
        rows = self.tx.db.execute(
            select(PhaseRow, _LATER), {"run": self.tx.run.id, "phase": self.by}
        )
        return tuple(decode(PhaseRow, row).name for row in rows)

    def _ends(self) -> set[str]:
        waited_for = {name for phase in self.phases for name in phase.depends_on}
        return {phase.name for phase in self.phases} - waited_for
