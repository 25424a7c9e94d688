"""From a tree to phases and tasks, in the order that the tree has.

Nodes of a list follow each other, children of a parallel branch_set do not. What a node becomes
has phases that nothing follows within it, its *ends*: whatever comes after the node waits for
these. A node that is decided later has all phases that it might add, and is listed as `Decided`.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from wf_tui.plan.document import Document, Path, Table
from wf_tui.plan.report import Problem, quoted
from wf_tui.plan.tree import specs
from wf_tui.plan.tree.decided import Decided, Deciding
from wf_tui.plan.tree.items import ITEM, array_of, fill
from wf_tui.plan.tree.reading import Node, Tree
from wf_tui.plan.tree.specs import Kind
from wf_tui.plan.tree.tasks import (
    Written,
    deciding_task,
    judging_task,
    leaf_task,
    scope_faults,
    task_of,
)

__all__ = ["Compiled", "Compiler"]

_HOLD: Final = "hold"
_ABORT: Final = "abort"
Names = tuple[str, ...]


@dataclass(frozen=True)
class Compiled:
    """The phase form of a tree."""

    phases: list[dict[str, object]]
    places: Mapping[Path, Path]
    """Where the tree has what the phase form has at a path, or around it."""
    decided: tuple[Decided, ...]
    faults: tuple[Problem, ...]


@dataclass(frozen=True)
class _Around:
    """What holds a node: what its ids begin with, and what its leaves have from there."""

    tasks: MutableMapping[str, Names]
    """Of each node that is compiled, the tasks that have its results."""
    prefix: str = ""
    scopes: Names = ()
    copied: bool = False
    """Whether it is in the template of an expand."""


@dataclass
class Compiler:
    """Compiles one tree; `workers` are the profiles that there are, None where nobody knows."""

    document: Document
    root: Table
    workers: Mapping[str, object] | None
    phases: list[dict[str, object]] = field(default_factory=list)
    places: dict[Path, Path] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    _home: dict[str, int] = field(default_factory=dict)
    """Of each task the number of its phase."""
    _only_if: set[str] = field(default_factory=set)
    """Phases that a cond or an expand may add; a loop has its first round in any case."""
    _roles: dict[str, list[str]] = field(default_factory=dict)
    """Of each role the tasks that have it, for what gates hand on."""

    def compile(self, tree: Tree) -> Compiled:
        """Return the phase form; called once."""
        around = _Around({}, scopes=_scopes_of(self.root))
        self._list(tree.nodes, (), around)
        return Compiled(
            self.phases,
            self.places,
            tuple(self.decided),
            tuple(self.faults),
        )

    # Groups of nodes

    def _list(
        self, nodes: Sequence[Node], after: Names, around: _Around, owner: Node | None = None
    ) -> Names:
        """Compile nodes that follow each other; return what comes after them waits for.

        Leaves in a row are one sequential phase, as long as none needs the result of another.
        """
        row: list[tuple[Node, Written]] = []
        previous: Names = ()

        def end_row(*, whole: bool = False) -> Names:
            nonlocal previous
            if not row:
                return after
            named = owner if whole and owner is not None else row[0][0]
            name = f"{around.prefix}{named.id}"
            self._phase(name, named, [task for _, task in row], after)
            previous = tuple(task.id for _, task in row)
            row.clear()
            return (name,)

        for node in nodes:
            if node.kind is Kind.LEAF:
                task = self._leaf(node, around)
                if {one.id for _, one in row} & set(task.needs):
                    after = end_row()
                row.append((node, task))
                around.tasks[node.id] = (task.id,)
                continue
            after = end_row()
            after = self._node(node, after, around, previous) or after
            previous = around.tasks.get(node.id, ())
        return end_row(whole=len(row) == len(nodes))

    def _side_by_side(self, node: Node, after: Names, around: _Around) -> Names:
        """Compile the children of a parallel branch_set: its leaves are one parallel phase.

        A leaf that needs a result of the same set has a phase of its own, behind that.
        """
        inside = {one.id for one in node.inner()}
        group: list[Written] = []
        ends: dict[str, None] = {}
        alone: list[tuple[Node, Written]] = []
        for child in node.arms.get("children", ()):
            if child.kind is not Kind.LEAF:
                continue
            task = self._leaf(child, around)
            around.tasks[child.id] = (task.id,)
            if inside & set(_needed_nodes(child)):
                alone.append((child, task))
            else:
                group.append(task)
        if group:
            name = f"{around.prefix}{node.id}"
            most = node.of(specs.Branch).budget.max_parallel
            more: dict[str, object] = {} if most is None else {"wip": most}
            self._phase(name, node, group, after, parallel=True, **more)
            self.places["phases", len(self.phases) - 1, "wip"] = (
                *node.place,
                "budget",
                "max_parallel",
            )
            ends[name] = None
        by_node = {id(child): task for child, task in alone}
        for child in node.arms.get("children", ()):
            if id(child) in by_node:
                # Its needs are known only now, of nodes that are no leaves.
                task = self._leaf(child, around)
                self._phase(f"{around.prefix}{child.id}", child, [task], after)
                ends[f"{around.prefix}{child.id}"] = None
            elif child.kind is not Kind.LEAF:
                ends |= dict.fromkeys(self._node(child, after, around, ()))
        return tuple(ends) or after

    def _node(self, node: Node, after: Names, around: _Around, previous: Names) -> Names:
        """Compile a node that is no leaf; `previous` are the tasks of what comes just before it."""
        match node.kind:
            case Kind.SEQUENCE | Kind.BRANCH_SET:
                return self._group(node, after, around)
            case Kind.REDUCE:
                return self._reduce(node, after, around)
            case Kind.TEACHER_REVIEW:
                return self._review(node, after, around)
            case Kind.COND:
                return self._cond(node, after, around, previous)
            case Kind.LOOP_UNTIL:
                return self._loop(node, after, around)
            case Kind.EXPAND:
                return self._expand(node, after, around)
            case Kind.LEAF:  # a template may be a single leaf
                return self._list((node,), after, around)

    def _group(self, node: Node, after: Names, around: _Around) -> Names:
        around = replace(around, scopes=_scopes_of(node.table) or around.scopes)
        children = node.arms.get("children", ())
        parallel = node.kind is Kind.BRANCH_SET and node.of(specs.Branch).parallel
        if parallel is None:
            parallel = node.wrapped
        if parallel:
            ends = self._side_by_side(node, after, around)
        else:
            ends = self._list(children, after, around, node)
        around.tasks[node.id] = _tasks_of(around, children)
        return ends

    # Single tasks

    def _leaf(self, node: Node, around: _Around) -> Written:
        task = leaf_task(node, f"{around.prefix}{node.id}", around.scopes, self.workers)
        task.table["depends_on_results"] = self._resolved(task.table, around)
        if around.copied:
            task.table.setdefault("title", ITEM)
        role = node.table.get("role")
        for gate in self._gates(role):
            task.needs.extend(one for one in self._roles.get(gate, ()) if one not in task.needs)
        if isinstance(role, str) and task.id not in self._roles.setdefault(role, []):
            self._roles[role].append(task.id)
        return task

    def _gates(self, role: object) -> Iterator[str]:
        """Yield the roles whose gates keep this one waiting: it is handed what they have found."""
        gates = self.root.get("gates")
        for gate in gates if isinstance(gates, list) else ():
            if isinstance(gate, dict) and isinstance(role, str):
                before, blocked = gate.get("role"), gate.get("blocks_role")
                if blocked == role and isinstance(before, str) and before != role:
                    yield before

    def _resolved(self, table: Table, around: _Around) -> object:
        names = table.get("depends_on_results", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return names  # which the types refuse
        return list(self._tasks(names, around))

    def _tasks(self, names: Iterable[str], around: _Around) -> Names:
        """Return the tasks of some nodes, in their order; of none that there is, nothing."""
        found = (task for name in names for task in around.tasks.get(name, ()))
        return tuple(dict.fromkeys(found))

    def _reduce(self, node: Node, after: Names, around: _Around) -> Names:
        name = f"{around.prefix}{node.id}"
        reduce = node.of(specs.Reduce)
        task = task_of(node, name, reduce.prompt, self._tasks(reduce.inputs, around))
        task.keys["depends_on_results"] = (*node.place, "inputs")
        self._phase(name, node, [task], after)
        around.tasks[node.id] = (name,)
        return (name,)

    def _review(self, node: Node, after: Names, around: _Around) -> Names:
        """Compile a choice: the candidates are rivals where they write, else reports."""
        name = f"{around.prefix}{node.id}"
        review = node.of(specs.TeacherReview)
        candidates = self._tasks(review.candidates, around)
        rivals = self._rivals(node, candidates)
        strategy = review.promotion_policy.strategy.value
        task = judging_task(node, name, candidates, strategy, picks=rivals is not None)
        if rivals is None:
            self._phase(name, node, [task], after)
        else:
            phase = self.phases[rivals]
            phase |= {"pick": "best", "judge": name}
            for key in ("pick", "judge"):
                self.places["phases", rivals, key] = (*node.place, "candidates")
            ahead = str(phase["name"])
            # It is what the rivals wait for, so it cannot wait until they are over.
            self._phase(name, node, [task], tuple(one for one in after if one != ahead))
            for other, tasks in list(around.tasks.items()):
                if tasks and set(tasks) <= set(candidates):
                    around.tasks[other] = (name,)
        around.tasks[node.id] = (name,)
        return (name,) if rivals is None else (str(self.phases[rivals]["name"]), name)

    def _rivals(self, node: Node, candidates: Collection[str]) -> int | None:
        """Return the phase that has just these tasks, all of which write; None: none of them does.

        What is neither is a fault: of some of the tasks of a phase none can be chosen.
        """
        homes = {self._home[task] for task in candidates if task in self._home}
        tasks = [task for home in homes for task in _written(self.phases[home])]
        writing = [task for task in tasks if task.get("mode") == "read_write"]
        if not any(task["id"] in candidates for task in writing):
            return None
        whole = len(homes) == 1 and len(writing) == len(tasks) == len(candidates)
        if whole and self.phases[min(homes)].get("parallel"):
            return min(homes)
        place = (*node.place, "candidates")
        message = f"{quoted(node.id)} cannot choose among these: some write, or others are beside"
        hint = "put them, and nothing else, into a parallel branch_set of writing leaves"
        self.faults.append(
            self.document.problem("invalid_candidates", place, message, hint, node=node.id)
        )
        return None

    # What is decided while the run goes on

    def _cond(self, node: Node, after: Names, around: _Around, previous: Names) -> Names:
        name = f"{around.prefix}{node.id}"
        spec = node.of(specs.Cond)
        task = deciding_task(node, f"{name}.if.1", spec.condition, previous)
        self._phase(name, node, [task], after, on_failure=self._holding())
        inner = replace(around, prefix=f"{name}/1/")
        arms: dict[str, Names] = {}
        ends = {name: None}
        for key, arm in (("pass", "then_nodes"), ("fail", "else_nodes")):
            start = len(self.phases)
            nodes = node.arms.get(arm, ())
            ends |= dict.fromkeys(self._list(nodes, (name,), inner))
            arms[key] = self._added_from(start)
            self._only_if.update(arms[key])
        inside = [one for arm in node.arms.values() for one in arm]
        around.tasks[node.id] = _tasks_of(around, inside)
        self.decided.append(Decided(name, Deciding.COND, f"{name}/", 1, spec.condition, arms=arms))
        return tuple(ends)

    def _loop(self, node: Node, after: Names, around: _Around) -> Names:
        name = f"{around.prefix}{node.id}"
        spec = node.of(specs.Loop)
        start = len(self.phases)
        children = node.arms.get("children", ())
        inner = replace(around, prefix=f"{name}/1/")
        after = self._list(children, after, inner)
        body = self._added_from(start)
        tasks = _tasks_of(around, children)
        task = deciding_task(node, f"{name}.if.1", spec.condition, tasks)
        self._phase(name, node, [task], after, on_failure=self._holding())
        around.tasks[node.id] = tasks
        most = max(1, spec.max_iterations or 1)
        arms = {"again": body}
        self.decided.append(
            Decided(name, Deciding.LOOP, f"{name}/", most, spec.condition, arms=arms)
        )
        return (name,)

    def _expand(self, node: Node, after: Names, around: _Around) -> Names:
        spec = node.of(specs.Expand)
        name = f"{around.prefix}{node.id}"
        templates = node.arms.get("template", ())
        most = spec.max_children or 0
        items = self._items(spec.source)
        if items is not None:
            return self._copies(node, templates, items[:most], after, around)
        source = self._tasks([str(spec.source)], around)
        waits = dict.fromkeys(after)
        waits |= {str(self.phases[self._home[one]]["name"]): None for one in source}
        self._phase(name, node, [], tuple(waits), on_failure=self._holding())
        start = len(self.phases)
        inner = _Around(ChainMap({}, around.tasks), f"{name}/1/", around.scopes, copied=True)
        ends = self._list(templates, (name,), inner)
        each = self._added_from(start)
        self._only_if.update(each)
        around.tasks[node.id] = _tasks_of(inner, templates)
        decided = Decided(name, Deciding.EXPAND, f"{name}/", most, str(spec.source))
        self.decided.append(replace(decided, source="".join(source[:1]), arms={"each": each}))
        return tuple(dict.fromkeys((name, *ends)))

    def _copies(
        self,
        node: Node,
        templates: Sequence[Node],
        items: Sequence[object],
        after: Names,
        around: _Around,
    ) -> Names:
        """Compile a template once for each item of a list that is there already."""
        ends: dict[str, None] = {}
        all_tasks: list[str] = []
        leaves: list[Written] = []
        for number, item in enumerate(items, 1):
            prefix = f"{around.prefix}{node.id}/{number}/"
            inner = _Around(ChainMap({}, around.tasks), prefix, around.scopes, copied=True)
            start, known = len(self.phases), len(self.decided)
            if len(templates) == 1 and templates[0].kind is Kind.LEAF:
                # One phase for all copies of a single leaf: it is read as what it is.
                written = self._leaf(templates[0], inner)
                written.table = cast("dict[str, object]", fill(written.table, item))
                leaves.append(written)
                all_tasks.append(written.id)
                continue
            ends |= dict.fromkeys(self._list(templates, after, inner))
            # An expand within has items of its own.
            own = {one for node in self.decided[known:] for one in node.arms.get("each", ())}
            for phase in self.phases[start:]:
                if phase["name"] not in own:
                    phase.update(cast("dict[str, object]", fill(phase, item)))
            self.decided[known:] = [
                replace(one, text=str(fill(one.text, item))) for one in self.decided[known:]
            ]
            all_tasks += _tasks_of(inner, templates)
        if leaves:
            name = f"{around.prefix}{node.id}"
            self._phase(name, node, leaves, after, parallel=True)
            ends[name] = None
        around.tasks[node.id] = tuple(all_tasks)
        return tuple(ends) or after

    def _items(self, source: object) -> list[object] | None:
        """Return the list that a source is, or names; None where a task has to answer it."""
        if isinstance(source, list | tuple):
            return list(source)
        lists = self.root.get("lists")
        named = lists.get(source) if isinstance(lists, dict) else None
        if isinstance(named, list):
            return named
        return array_of(str(source))

    def _added_from(self, start: int) -> Names:
        """Return the phases from there on that no node within adds by itself."""
        names = (str(phase["name"]) for phase in self.phases[start:])
        return tuple(name for name in names if name not in self._only_if)

    def _holding(self) -> str:
        """Return the policy of a phase that decides: nothing is let past a decision."""
        return _ABORT if self.root.get("on_failure") == _ABORT else _HOLD

    def _phase(
        self,
        name: str,
        node: Node,
        tasks: Sequence[Written],
        after: Names,
        **more: object,
    ) -> None:
        number = len(self.phases)
        place: Path = ("phases", number)
        phase: dict[str, object] = {"name": name, "depends_on": list(after), **more}
        if "on_failure" not in phase and "on_failure" in self.root:
            phase["on_failure"] = self.root["on_failure"]
            self.places[*place, "on_failure"] = ("on_failure",)
        phase["tasks"] = [task.table for task in tasks]
        self.phases.append(phase)
        self.places[place] = node.place
        self.places[*place, "name"] = (*node.place, "id")
        for index, task in enumerate(tasks):
            inner = (*place, "tasks", index)
            self.places[inner] = task.place
            for key, written in task.keys.items():
                self.places[*inner, key] = written
            self._home[task.id] = number
            self.faults += scope_faults(self.document, task)


def _scopes_of(table: Table) -> Names:
    permissions = table.get("permissions")
    scopes = permissions.get("file_scope") if isinstance(permissions, dict) else None
    good = isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)
    return tuple(scopes) if good and isinstance(scopes, list) else ()


def _needed_nodes(leaf: Node) -> list[str]:
    for key in ("depends_on_results", "needs", "depends_on", "dependsOn"):
        if isinstance(names := leaf.table.get(key), list):
            return [name for name in names if isinstance(name, str)]
    return []


def _tasks_of(around: _Around, nodes: Iterable[Node]) -> Names:
    found = (task for node in nodes for task in around.tasks.get(node.id, ()))
    return tuple(dict.fromkeys(found))


def _written(phase: Table) -> list[Table]:
    tasks = phase["tasks"]
    return list(tasks) if isinstance(tasks, list) else []
