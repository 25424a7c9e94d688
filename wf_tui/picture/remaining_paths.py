"""The longest paths of a run from each of its tasks on, counted by the roles on them.

How long a role takes is known only while the run goes on, and changes with each attempt that ends;
who waits for whom hardly ever does. So a path is kept as how many tasks of each role are on it, and
a view multiplies these by what the roles take now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from wf_tui.ledger.model.rows import TaskRow
from wf_tui.ledger.model.states import TaskState

__all__ = ["Path", "Paths", "RemainingPaths", "WaitsFor"]

Path = tuple[int, ...]
"""How many tasks of each role are on a path, by the number of the role."""
Paths = tuple[Path, ...]
"""The longest paths from a task on: the one with the most of each role, and the one with the most
tasks. Which of them takes longest depends on what the roles take."""

WaitsFor = Callable[[TaskRow], tuple[Sequence[str], Sequence[str]]]
"""Tells the tasks that a task waits for, or waited, and the phases."""
_Node = str | tuple[str]
"""A task, or as a tuple of its name the end of a phase, which all behind the phase wait for."""


class RemainingPaths:
    """The paths of all tasks, and those from which a path can go on now.

    A task that comes costs those before it whose paths become longer by it, mostly none.
    """

    def __init__(self) -> None:
        self.roles: dict[str, int] = {}
        """The number of each role."""
        self.startable: Counter[Paths] = Counter()
        """The paths of the tasks that wait for nothing, and how many tasks have them."""
        self._paths: dict[_Node, Paths] = {}
        self._own: dict[_Node, int] = {}
        """The number of the role of a task."""
        self._before: defaultdict[_Node, list[_Node]] = defaultdict(list)
        self._after: defaultdict[_Node, list[_Node]] = defaultdict(list)
        self._counted: set[str] = set()
        self._known: dict[tuple[int, frozenset[Paths]], Paths] = {}

    def fill(self, rows: Sequence[TaskRow], waits: WaitsFor) -> None:
        """Begin anew with all tasks of a run; `waits` tells what each of them waits for."""
        self.roles = {role: number for number, role in enumerate(sorted({r.role for r in rows}))}
        for table in (self.startable, self._paths, self._own, self._before, self._after):
            table.clear()
        self._known.clear()
        self._counted.clear()
        for row in rows:
            self._connect(row, waits)
        # Mostly what comes later waits for what comes before: from the end on, hardly any path is
        # to be made longer once more.
        for row in reversed(rows):
            self._begin(row)
        for row in rows:
            self.put(row)

    def add(self, row: TaskRow, waits: WaitsFor) -> bool:
        """Take one more task in; return False where its role is new, and `fill` is to be called."""
        if row.role not in self.roles:
            return False
        self._connect(row, waits)
        self._begin(row)
        return True

    def put(self, row: TaskRow) -> None:
        """Take a task as it is now: whether a path begins at it."""
        starts = row.state is TaskState.PENDING and not row.unmet
        if starts == (row.id in self._counted):
            return
        self._shift(self._paths[row.id], 1 if starts else -1)
        self._counted ^= {row.id}

    def after(self, task: str) -> Paths:
        """Return the paths from a task on, without the task itself."""
        own = self._own[task]
        return tuple(_plus(path, own, -1) for path in self._paths[task])

    def _shift(self, paths: Paths, by: int) -> None:
        self.startable[paths] += by
        if not self.startable[paths]:
            del self.startable[paths]

    def _connect(self, row: TaskRow, waits: WaitsFor) -> None:
        self._own[row.id] = self.roles[row.role]
        tasks, phases = waits(row)
        for task in tasks:
            self._link(task, row.id)
        for phase in phases:
            self._link((phase,), row.id)
        # A critic is no part of its phase: nobody waits for it.
        if not row.critic_of:
            self._link(row.id, (row.phase,))

    def _link(self, first: _Node, second: _Node) -> None:
        self._after[first].append(second)
        self._before[second].append(first)

    def _begin(self, row: TaskRow) -> None:
        ways = (self._paths[node] for node in self._after[row.id] if node in self._paths)
        self._raise(row.id, self._through(self._own[row.id], frozenset(ways)))

    def _through(self, own: int, ways: frozenset[Paths]) -> Paths:
        """Return the paths of a task of this role before which there are these ways on."""
        # Tasks of one phase and role have the same ways on: of thousands few are told apart.
        known = self._known.get((own, ways))
        if known is None:
            nothing = (0,) * len(self.roles)
            several = [path for paths in ways for path in paths] or [nothing]
            known = _longest([_plus(path, own, 1) for path in several])
            self._known[own, ways] = known
        return known

    def _raise(self, first: _Node, paths: Paths) -> None:
        """Take paths of a node as possible ones, and of all before it where it got longer ones."""
        todo = [(first, paths)]
        while todo:
            node, more = todo.pop()
            known = self._paths.get(node)
            if more == known:
                continue
            best = more if known is None else _longest([*known, *more])
            if best == known:
                continue
            if known is not None and node in self._counted:
                self._shift(known, -1)
                self._shift(best, 1)
            self._paths[node] = best
            for one in self._before[node]:
                own = self._own.get(one)
                # What has no paths yet takes those behind it as it begins, but for ends of phases.
                if own is None:
                    todo.append((one, best))
                elif one in self._paths:
                    todo.append((one, self._through(own, frozenset((best,)))))


def _plus(path: Path, role: int, by: int) -> Path:
    return (*path[:role], path[role] + by, *path[role + 1 :])


def _longest(paths: Sequence[Path]) -> Paths:
    """Return of these paths the one with the most of each role, then the one with the most."""
    by_role = [
        max(paths, key=lambda path: (path[n], sum(path), path)) for n in range(len(paths[0]))
    ]
    return (*by_role, max(paths, key=lambda path: (sum(path), path)))
