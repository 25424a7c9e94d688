"""The task that a node becomes: its keys, and where each of them is written."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from wf_tui.plan.document import Document, Path
from wf_tui.plan.foreign.keys import KEYS
from wf_tui.plan.models import AGENT_TYPE_WORDS, Budget, Task
from wf_tui.plan.report import Problem, quoted
from wf_tui.plan.tree.keys import SETTINGS, alias_of
from wf_tui.plan.tree.reading import Node, Tree
from wf_tui.plan.tree.specs import Kind, Leaf

__all__ = [
    "Written",
    "deciding_task",
    "judging_task",
    "leaf_task",
    "profile_warnings",
    "scope_faults",
    "task_of",
]

_CONDITION: Final = """\
Judge whether this condition holds, by the repository as you find it and by the results that you \
are given, if any:

{condition}

Change nothing. The verdict is "pass" if the condition holds, "fail" if it does not, and "unsure" \
if you cannot tell: then a person decides. Say in the summary what your verdict rests on, and what \
would have to change for the condition to hold."""
_CHOICE: Final = """\
Several have tried the same, each by itself. Compare their results{policy}, and choose the one \
that is to be kept: name its task as `pick`. Say in the summary why it is the best one."""
_COMPARE: Final = """\
Several have looked at the same, each by itself. Compare their results{policy}: say which hold, \
where they contradict each other, and which one is the best."""


@dataclass
class Written:
    """A task as a table of the phase form, and where in the tree each of its keys stands."""

    table: dict[str, object]
    place: Path
    """Where the node has its keys."""
    keys: dict[str, Path] = field(default_factory=dict)
    """The place of each key that is called otherwise there."""

    @property
    def id(self) -> str:
        """Its id in the compiled plan."""
        return str(self.table["id"])

    @property
    def needs(self) -> list[str]:
        """The tasks whose results it needs; none where they are of the wrong type."""
        needs = self.table.setdefault("depends_on_results", [])
        good = isinstance(needs, list) and all(isinstance(need, str) for need in needs)
        return needs if good and isinstance(needs, list) else []


def leaf_task(
    node: Node, id_: str, scopes: Collection[str], workers: Collection[str] | None
) -> Written:
    """Return the task of a leaf; `scopes` are those that it has from what holds it.

    `workers` are the profiles that there are, None where nobody knows.
    """
    leaf, place = node.of(Leaf), node.place
    known = {*KEYS[Task]} - {"id", "budget"}
    task = Written(
        {"id": id_, **{k: v for k, v in node.table.items() if k in known and v is not None}}, place
    )
    if alias := alias_of(node.table):
        task.table.setdefault("depends_on_results", node.table[alias])
        task.keys["depends_on_results"] = (*place, alias)
    _limits(task, node.table.get("budget"))
    if not task.table.get("file_scope"):
        own = leaf.permissions.file_scope
        if own or scopes:
            task.table["file_scope"] = [*(own or scopes)]
            task.keys["file_scope"] = (*place, "permissions", "file_scope") if own else place
    if "worker" not in task.table and workers is not None:
        for key, name in (("profile", leaf.profile), ("role", leaf.role)):
            if name is not None and name.strip().lower() in workers:
                task.table["worker"] = name.strip().lower()
                task.keys["worker"] = (*place, key)
                break
    role = (leaf.role or "").strip().lower()
    if "agent_type" not in node.table and role in AGENT_TYPE_WORDS:
        task.table["agent_type"] = role
        task.keys["agent_type"] = (*place, "role")
    return task


def _limits(task: Written, budget: object) -> None:
    """Put the limits of a leaf where a task has them."""
    if not isinstance(budget, dict):
        if budget is not None:
            task.table["budget"] = budget  # which the types refuse
        return
    for key in ("max_steps", "timeout_secs"):
        if budget.get(key) is not None and key not in task.table:
            task.table[key] = budget[key]
            task.keys[key] = (*task.place, "budget", key)
    rest = {
        key: value
        for key, value in budget.items()
        if key in Budget.model_fields and key != "max_steps" and value is not None
    }
    if rest:
        task.table["budget"] = rest


def task_of(node: Node, id_: str, prompt: str, needs: Collection[str]) -> Written:
    """Return the task of a node that is no leaf: it only reads, and needs these results."""
    settings = {k: v for k, v in node.table.items() if k in SETTINGS and v is not None}
    table = {
        **settings,
        "id": id_,
        "prompt": prompt,
        "mode": "read_only",
        "depends_on_results": list(needs),
        # What the plan's defaults say of the work of leaves is not meant for these.
        "gate": "",
        "review": False,
        "deliverables": [],
    }
    return Written(table, node.place)


def deciding_task(node: Node, id_: str, condition: str, needs: Collection[str]) -> Written:
    """Return the task whose verdict is whether a condition holds."""
    task = task_of(node, id_, _CONDITION.format(condition=condition.strip()), needs)
    first_line = condition.strip().partition("\n")[0]
    task.table |= {"agent_type": "review", "result": "json"}
    task.table.setdefault("title", f"does it hold: {first_line}")
    task.keys["prompt"] = (*node.place, "condition")
    return task


def judging_task(
    node: Node, id_: str, needs: Collection[str], policy: str, *, picks: bool
) -> Written:
    """Return the task that chooses among candidates, or compares them where nothing is merged."""
    by = "" if policy in {"", "all", "teacher_selected"} else f" by {policy.replace('_', ' ')}"
    task = task_of(node, id_, (_CHOICE if picks else _COMPARE).format(policy=by), needs)
    task.table |= {"agent_type": "review", "result": "json"}
    task.table.setdefault("title", "choose the best" if picks else "compare the results")
    task.keys["depends_on_results"] = (*node.place, "candidates")
    return task


def scope_faults(document: Document, task: Written) -> Iterator[Problem]:
    """Yield what a writing leaf may not have as its scope, by the rules of the tree form."""
    if task.table.get("mode") != "read_write":
        return
    scopes = task.table.get("file_scope")
    if not scopes:
        yield document.problem(
            "missing_leaf_write_scope",
            task.keys.get("file_scope", (*task.place, "file_scope")),
            f"the leaf {quoted(task.id)} writes, and says not where",
            "list what it may change in `file_scope`",
            node=task.id,
        )
    for number, scope in enumerate(scopes if isinstance(scopes, list) else ()):
        if not isinstance(scope, str) or _is_plain(scope):
            continue
        place = (*task.keys.get("file_scope", (*task.place, "file_scope")), number)
        yield document.problem(
            "invalid_file_scope",
            place,
            f"the scope {quoted(scope)} of {quoted(task.id)} means everything, or is a pattern",
            "name a file or folder by its path; a folder may end in `/**`",
            task=task.id,
            scope=scope,
        )


def _is_plain(scope: str) -> bool:
    """Whether a scope is a path once it is normalised as the tree form does it."""
    path = scope.strip()
    while path.startswith("./"):
        path = path[2:]
    path = path.rstrip("/").removesuffix("/**").removesuffix("/*")
    return bool(path) and "*" not in path


def profile_warnings(
    document: Document, tree: Tree, workers: Mapping[str, object] | None
) -> Iterator[Problem]:
    """Yield a warning for each profile or role of which nothing can be made here."""
    for node in tree.all() if workers is not None else ():
        if node.kind is Kind.LEAF and not node.table.get("worker"):
            yield from _unknown_profile(document, node, workers or {})


def _unknown_profile(
    document: Document, node: Node, workers: Mapping[str, object]
) -> Iterator[Problem]:
    leaf = node.of(Leaf)
    profile, role = ((name or "").strip().lower() for name in (leaf.profile, leaf.role))
    if profile and profile not in workers:
        message = f"there is no profile {quoted(profile)}, which {quoted(node.id)} names"
        hint = "any profile that takes prompts will do it; `worker` would insist on one"
        place = (*node.place, "profile")
        yield document.problem(
            "unknown_worker", place, message, hint, None, task=node.id, worker=profile
        )
    if role and role not in workers and role not in AGENT_TYPE_WORDS:
        message = f"no profile is called {quoted(role)}, the role of {quoted(node.id)}"
        hint = "`agent_type` is the role of a task"
        yield document.problem("unused_key", (*node.place, "role"), message, hint, key="role")
