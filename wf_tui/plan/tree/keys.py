"""The keys of a tree plan that nothing reads: what each was meant to be, or why it may stay."""

from collections.abc import Iterator, Mapping
from typing import Final

from wf_tui.plan.document import Document, Path, Table
from wf_tui.plan.foreign.keys import KEYS, unknown_keys
from wf_tui.plan.foreign.words import ALIASES, UNUSED, meaning
from wf_tui.plan.models import Budget, Settings, Task
from wf_tui.plan.report import Many, Problem, quoted
from wf_tui.plan.tree.reading import Node, Tree
from wf_tui.plan.tree.specs import SPECS, Kind, NodeBudget, Permissions, Promotion
from wf_tui.plan.type_errors import Suggestions

__all__ = ["ROOT_KEYS", "SETTINGS", "alias_of", "tree_unknown_keys", "tree_unused_keys"]

ROOT_KEYS: Final = frozenset({"nodes", "lists", "on_failure"})
"""What only the tree form has at the top; of the phase form it lacks `phases`."""

SETTINGS: Final = frozenset(
    {*Settings.model_fields} - {"run", "gate", "review", "deliverables", "critic"}
)
"""What wf adds to a task, and a node may have that becomes one without being a leaf."""

_OWN: Final = "x-"
_NAMES: Final = {
    Kind.BRANCH_SET: "a branch_set",
    Kind.LEAF: "a leaf",
    Kind.SEQUENCE: "a sequence",
    Kind.REDUCE: "a reduce",
    Kind.TEACHER_REVIEW: "a teacher_review",
    Kind.LOOP_UNTIL: "a loop_until",
    Kind.COND: "a cond",
    Kind.EXPAND: "an expand",
}
_TASKS: Final = frozenset({Kind.REDUCE, Kind.TEACHER_REVIEW, Kind.LOOP_UNTIL, Kind.COND})
_CHOICE: Final = "`profile` names the profile, which has the model"
_WHERE: Final = {
    "model_policy": _CHOICE,
    "description": "",
    "cwd": UNUSED["task"]["cwd"],
    "promotion_policy": "",
}
_GROUP: Final = "wf limits each leaf, and the whole plan; write it there"
_TOOLS: Final = "`mode` says what it may do, and its profile which tools it has"
_NO_GATES: Final = "`gate` is a command that has to pass; `cond` decides by a verdict"


def _keys(kind: Kind) -> frozenset[str]:
    own = frozenset(SPECS[kind].model_fields)
    if kind is Kind.LEAF:
        return own | frozenset(KEYS[Task]) | {"cwd"}
    return own | SETTINGS if kind in _TASKS else own


_KNOWN: Final[Mapping[Kind, frozenset[str]]] = {kind: _keys(kind) for kind in Kind}
_INNER: Final[Mapping[str, frozenset[str]]] = {
    "budget": frozenset({*NodeBudget.model_fields, *Budget.model_fields}),
    "permissions": frozenset(Permissions.model_fields),
    "promotion_policy": frozenset(
        {*Promotion.model_fields, "min_successful_branches", "promotion_gate"}
    ),
}


def alias_of(table: Table) -> str | None:
    """Return under which other word a leaf has `depends_on_results`, if it does."""
    return next((word for word in table if word in ALIASES), None)


def tree_unknown_keys(document: Document, root: Table, tree: Tree) -> Iterator[Problem]:
    """Yield a problem for each key that no tree plan has."""
    top = {key: value for key, value in root.items() if key not in ROOT_KEYS}
    budget = top.get("budget")
    if isinstance(budget, dict):
        top["budget"] = {k: v for k, v in budget.items() if k not in NodeBudget.model_fields}
    yield from unknown_keys(document, top)
    suggestions = {kind: Suggestions(sorted(_KNOWN[kind])) for kind in Kind}
    for node in _all(tree):
        known = _KNOWN[node.kind]
        for key in node.table:
            if key in known or key.startswith(_OWN):
                continue
            if node.kind is Kind.LEAF and (key in ALIASES or key in UNUSED["task"]):
                continue
            hint = _hint(node.kind, key, suggestions[node.kind])
            yield _unknown(document, (*node.place, key), _NAMES[node.kind], hint)
        for outer, keys in _INNER.items():
            inner = node.table.get(outer)
            for key in inner if isinstance(inner, dict) else ():
                if key not in keys and not key.startswith(_OWN):
                    hint = Suggestions(sorted(keys)).hint(key)
                    yield _unknown(document, (*node.place, outer, key), f"`{outer}`", hint)


def _hint(kind: Kind, key: str, known: Suggestions) -> str:
    if kind is Kind.LEAF and (words := meaning("task", key)):
        return words
    return known.hint(key) or f"the keys are: {', '.join(known.names)}"


def _unknown(document: Document, place: Path, home: str, hint: str) -> Problem:
    key = str(place[-1])
    message = f"{home} has no key {quoted(key)}"
    many = Many(f"nodes have the unknown key {quoted(key)}", hint, "")
    return document.problem("unknown_key", place, message, hint, many, key=key)


def tree_unused_keys(document: Document, root: Table, tree: Tree) -> Iterator[Problem]:
    """Yield a warning for each key that is read under another name, or known and not used."""
    for key in root:
        if not root[key] and not key.startswith(_OWN):
            continue  # nothing is said by it
        if key == "gates":
            message = "wf asks no role for a verdict: of `gates` it hands on the results alone"
            yield document.problem("unused_key", (key,), message, _NO_GATES, key=key)
        elif key in UNUSED["plan"]:
            yield from _of_plan(document, root, key)
        elif key.startswith(_OWN):
            yield _unused(document, (key,), "the plan", "", "unknown_key")
    limits = root.get("budget")
    for key, part in limits.items() if isinstance(limits, dict) else ():
        if key in {"max_steps", "timeout_secs"} and part is not None:
            yield _unused(document, ("budget", key), "the plan's `budget`", "each leaf has its own")
    for node in _all(tree):
        yield from _of_node(document, node)


def _of_plan(document: Document, root: Table, key: str) -> Iterator[Problem]:
    value = root[key]
    if key == "permissions" and isinstance(value, dict):
        for name, part in value.items():
            if part and name != "file_scope":
                yield _unused(document, (key, name), "the plan", _TOOLS)
        return
    if key == "promotion_policy" and isinstance(value, dict) and not _says(value):
        return
    yield _unused(document, (key,), "the plan", UNUSED["plan"][key])


def _says(policy: Table) -> bool:
    """Whether a promotion policy asks for anything that is not the default."""
    return policy.get("strategy", "all") != "all" or bool(policy.get("require_teacher_review"))


def _of_node(document: Document, node: Node) -> Iterator[Problem]:
    home, leaf = _NAMES[node.kind], node.kind is Kind.LEAF
    for key, value in node.table.items():
        place = (*node.place, key)
        if leaf and key in ALIASES:
            message = f"a leaf has no key {quoted(key)}; it is read as {quoted(ALIASES[key])}"
            hint = f"write {quoted(ALIASES[key])}"
            yield document.problem("unknown_key", place, message, hint, key=key)
        elif key.startswith(_OWN):
            yield _unused(document, place, home, "", "unknown_key")
        elif not value:
            continue
        elif key in _WHERE and not (key == "promotion_policy" and isinstance(value, dict)):
            yield _unused(document, place, home, _WHERE[key])
        elif leaf and key in UNUSED["task"] and key not in _KNOWN[Kind.LEAF]:
            yield _unused(document, place, home, UNUSED["task"][key])
        elif key in {"budget", "permissions", "promotion_policy"} and isinstance(value, dict):
            yield from _of_table(document, node, place, value)


def _of_table(document: Document, node: Node, place: Path, table: Table) -> Iterator[Problem]:
    """Yield what wf does not use of the limits, permissions or policy of a node."""
    leaf = node.kind is Kind.LEAF
    used = {"file_scope", "strategy", "require_teacher_review"}
    of_leaf = {"allow_write", "max_steps", "timeout_secs", *Budget.model_fields}
    used |= of_leaf if leaf else {"max_parallel"}
    hint = {"permissions": _TOOLS, "budget": "" if leaf else _GROUP}.get(str(place[-1]), "")
    for key, value in table.items():
        said = value is not None if place[-1] == "budget" else bool(value)
        if key == "strategy" and value == "first_success":
            text = "a judge chooses; `pick: first` is a key of a phase"
            yield _unused(document, (*place, key), "`promotion_policy`", text)
        if said and key not in used and key in _INNER[str(place[-1])]:
            yield _unused(document, (*place, key), f"`{place[-1]}` of {_NAMES[node.kind]}", hint)


def _unused(
    document: Document, place: Path, home: str, hint: str, code: str = "unused_key"
) -> Problem:
    key = str(place[-1])
    message = f"wf does not use the key {quoted(key)} of {home}"
    many = Many(f"nodes have the key {quoted(key)}, which wf does not use", hint, "")
    return document.problem(code, place, message, hint, many, key=key)


def _all(tree: Tree) -> Iterator[Node]:
    yield from tree.all()
    for _, template in tree.templates():
        yield template
        yield from template.inner()
