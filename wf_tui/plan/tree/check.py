"""The rules of a tree plan, with the codes of CodeWhale; all faults at once.

Each rule is given nodes of the right shape, and only that: ids may be blank, unknown or written
twice. What a leaf has of a task is left to the rules of plans, which look at the compiled tree.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from wf_tui.plan.choices import READING_ROLES, Mode
from wf_tui.plan.document import Document, Path, Table
from wf_tui.plan.models import AGENT_TYPE_WORDS
from wf_tui.plan.report import PARSE_ERROR, Problem, quoted
from wf_tui.plan.tree.items import array_of
from wf_tui.plan.tree.reading import Node, Tree
from wf_tui.plan.tree.specs import Expand, Kind, Leaf, Loop, Reduce, TeacherReview
from wf_tui.plan.type_errors import Suggestions, show_value

__all__ = ["DECIDED_KINDS", "MOST_AGENTS", "MOST_LEVELS", "tree_faults"]

MOST_AGENTS: Final = 1_000
MOST_LEVELS: Final = 5

DECIDED_KINDS: Final = frozenset({Kind.COND, Kind.LOOP_UNTIL, Kind.EXPAND})
"""What may add to its run as that goes on."""

_NO_TOKEN: Final = re.compile(r"[\s\"'`=]")
_WRITING_TOOL: Final = re.compile(r"write|edit|patch|shell|exec|bash|run_command", re.IGNORECASE)


def tree_faults(document: Document, root: Table, tree: Tree) -> Iterator[Problem]:
    """Yield every fault of a tree beside its types, rule by rule in the order of the format."""
    nodes = list(tree.all())
    templates = [node for _, template in tree.templates() for node in (template, *template.inner())]
    for node in (*nodes, *templates):
        yield from _own_faults(document, node)
    yield from _ids(document, nodes)
    yield from _References(document, root, tree).faults()
    yield from _bounds(document, (*nodes, *templates))
    yield from _size(document, tree)


def _own_faults(document: Document, node: Node) -> Iterator[Problem]:
    """Yield what is wrong with one node, whatever the others are."""
    if not node.id.strip():
        yield document.problem(
            "empty_node_id", (*node.place, "id"), "the node id is blank", "give the node an id"
        )
    if "{{" in node.id:
        message = f"the id {quoted(node.id)} has a place for an item"
        hint = "the copies of a template are numbered: its ids stay as they are"
        place = (*node.place, "id")
        yield document.problem("reserved_node_id", place, message, hint, node=node.id)
    condition = node.table.get("condition")
    if isinstance(condition, str) and node.kind in DECIDED_KINDS and not condition.strip():
        yield document.problem(
            "empty_field",
            (*node.place, "condition"),
            f"the condition of {quoted(node.id)} is blank",
            "say what has to hold",
            field="node condition",
        )
    if node.kind is Kind.LEAF:
        yield from _leaf_faults(document, node)


def _leaf_faults(document: Document, node: Node) -> Iterator[Problem]:
    table, leaf = node.table, node.of(Leaf)
    prompt = table.get("prompt")
    if isinstance(prompt, str) and not prompt.strip():
        yield document.problem(
            "empty_leaf_prompt",
            (*node.place, "prompt"),
            f"the prompt of {quoted(node.id)} is blank",
            "say what is to be done",
            node=node.id,
        )
    for key, name in (("role", leaf.role), ("profile", leaf.profile)):
        word = name.strip() if name is not None and node.wrapped else name
        if name is None or (word and not _NO_TOKEN.search(word)):
            continue
        message = f"the {key} {quoted(name)} of {quoted(node.id)} is not one word"
        hint = "write it without blanks, quotes and `=`"
        place = (*node.place, key)
        yield document.problem(
            f"invalid_leaf_{key}", place, message, hint, None, node=node.id, **{key: name}
        )
    for place, message, hint in _contradictions(node, leaf):
        yield document.problem("conflicting_leaf_permissions", place, message, hint, node=node.id)


def _contradictions(node: Node, leaf: Leaf) -> Iterator[tuple[Path, str, str]]:
    """Yield where a leaf may and may not do the same thing: place, message, hint."""
    name, may, place = quoted(node.id), leaf.permissions, (*node.place, "permissions")
    writes = node.table.get("mode") == Mode.READ_WRITE
    role = node.table.get("agent_type")
    if may.allow_write and not writes:
        message = f"the leaf {name} is read_only, and has `allow_write`"
        yield (*place, "allow_write"), message, "write `mode: read_write`, or remove it"
    if writes and not node.table.get("run") and isinstance(role, str):
        newest = AGENT_TYPE_WORDS.get(role)
        if newest is not None and newest.value in READING_ROLES:
            message = f"the leaf {name} is read_write in the role {newest.value}, which only reads"
            hint = "give it the role general, implement or test"
            yield (*node.place, "agent_type"), message, hint
    tools = [tool for tool in may.allowed_tools if _WRITING_TOOL.search(tool)]
    if tools and not writes:
        message = f"the leaf {name} is read_only, and has the tool {quoted(tools[0])}"
        yield (*place, "allowed_tools"), message, "write `mode: read_write`, or remove the tool"
    if may.deny_all_tools and may.allowed_tools:
        message = f"the leaf {name} has no tools at all, and some that are allowed"
        yield (*place, "deny_all_tools"), message, "remove one of the two"


def _ids(document: Document, nodes: Iterable[Node]) -> Iterator[Problem]:
    """Yield `duplicate_node_id` and `reserved_node_id`; ids of templates are their own matter."""
    seen: dict[str, Node] = {}
    for node in nodes:
        if node.id.strip() and node.id in seen:
            line = document.mark((*seen[node.id].place, "id")).line
            yield document.problem(
                "duplicate_node_id",
                (*node.place, "id"),
                f"two nodes have the id {quoted(node.id)}",
                f"rename one of them; the first is in line {line}",
                node=node.id,
            )
        seen.setdefault(node.id, node)
    adding = [node.id for node in seen.values() if node.kind in DECIDED_KINDS and node.id.strip()]
    for node in seen.values():
        for owner in adding:
            if not node.id.startswith((f"{owner}/", f"{owner}.if.")):
                continue
            yield document.problem(
                "reserved_node_id",
                (*node.place, "id"),
                f"the id {quoted(node.id)} is one that {quoted(owner)} may give",
                f"let it not begin with `{owner}/` or `{owner}.if.`",
                node=node.id,
            )


@dataclass
class _References:
    """Looks whether what a node names is over before the node begins."""

    document: Document
    root: Table
    tree: Tree
    known: dict[str, Node] = field(default_factory=dict)
    """The first node of each id."""

    def faults(self) -> Iterator[Problem]:
        """Yield `unknown_node_reference`, and what is named and not over yet."""
        self.known = {}
        for node in self.tree.all():
            self.known.setdefault(node.id, node)
        yield from self._in_order(self.tree.nodes, set(), self.known)

    def _in_order(
        self, nodes: Iterable[Node], over: set[str], known: Mapping[str, Node]
    ) -> Iterator[Problem]:
        """Look at nodes one after the other; `over` gets the ids of what is over behind them."""
        for node in nodes:
            yield from self._of_node(node, over, known)
            if node.kind is Kind.COND:
                before = set(over)
                for arm in node.arms.values():
                    # One arm never sees the other: only one of them runs.
                    inside = set(before)
                    yield from self._in_order(arm, inside, known)
                    over |= inside
            elif node.kind is Kind.EXPAND:
                for template in node.arms.get("template", ()):
                    within = {one.id: one for one in (template, *template.inner())}
                    # A name of the template hides the same one outside.
                    inside = over - within.keys()
                    yield from self._in_order((template,), inside, {**known, **within})
            else:
                for arm in node.arms.values():
                    yield from self._in_order(arm, over, known)
            over.add(node.id)

    def _of_node(self, node: Node, over: set[str], known: Mapping[str, Node]) -> Iterator[Problem]:
        for key, number, name in _named(node):
            if name not in over:
                yield self._fault(node, (*node.place, key, number), name, known)
        if node.kind is not Kind.EXPAND:
            return
        source, place = node.of(Expand).source, (*node.place, "source")
        if isinstance(source, list | tuple):
            return
        if not isinstance(source, str):
            message = f"`source` must be an id, or a list, not {show_value(source)}"
            yield self.document.problem(PARSE_ERROR, place, message)
        elif source in over and not _answers(known[source]):
            message = f"the source {quoted(source)} of {quoted(node.id)} is no task that only reads"
            hint = "name a leaf or a reduce, whose answer is a JSON array"
            yield self._problem(node, place, source, message, hint)
        elif source not in over and not _is_list(self.root, source):
            yield self._fault(node, place, source, known)

    def _fault(self, node: Node, place: Path, name: str, known: Mapping[str, Node]) -> Problem:
        lead = f"the node {quoted(node.id)} names {quoted(name)}"
        if name not in known:
            hint = Suggestions(known).hint(name) or "remove it, or correct the name"
            return self._problem(node, place, name, f"{lead}, which does not exist", hint)
        if name == node.id:
            why = "which is itself"
        elif node in set_of(known[name]):
            why = "which holds it"
        else:
            why = "which is not over before it begins"
        hint = "name what comes before it, or move one of them"
        code = "unavailable_task_result_dependency"
        return self._problem(node, place, name, f"{lead}, {why}", hint, code)

    def _problem(
        self,
        node: Node,
        place: Path,
        name: str,
        message: str,
        hint: str,
        code: str = "unknown_node_reference",
    ) -> Problem:
        key = next(str(part) for part in reversed(place) if isinstance(part, str))
        return self.document.problem(
            code, place, message, hint, node=node.id, field=key, reference=name
        )


def set_of(node: Node) -> list[Node]:
    """Return all nodes below one, those of templates too."""
    return [one for arm in node.arms.values() for it in arm for one in (it, *it.inner())]


def _named(node: Node) -> Iterator[tuple[str, int, str]]:
    """Yield each name of another node: key, place in its list, name."""
    lists: dict[str, object] = {}
    if node.kind is Kind.LEAF:
        lists["depends_on_results"] = node.table.get("depends_on_results")
    elif node.kind is Kind.REDUCE:
        lists["inputs"] = node.of(Reduce).inputs
    elif node.kind is Kind.TEACHER_REVIEW:
        lists["candidates"] = node.of(TeacherReview).candidates
    for key, names in lists.items():
        for number, name in enumerate(names if isinstance(names, list | tuple) else ()):
            if isinstance(name, str):
                yield key, number, name


def _answers(node: Node) -> bool:
    """Whether a node is one task that answers, and merges nothing."""
    writes = node.table.get("mode") == Mode.READ_WRITE
    return node.kind is Kind.REDUCE or (node.kind is Kind.LEAF and not writes)


def _is_list(root: Table, source: str) -> bool:
    lists = root.get("lists")
    named = isinstance(lists, dict) and isinstance(lists.get(source), list)
    return named or array_of(source) is not None


def _bounds(document: Document, nodes: Iterable[Node]) -> Iterator[Problem]:
    """Yield `unbounded_loop`, `unbounded_expand` and `missing_expand_template`."""
    for node in nodes:
        name = quoted(node.id)
        if node.kind is Kind.LOOP_UNTIL and node.of(Loop).max_iterations is None:
            message, hint = f"the loop {name} has no end", "add `max_iterations`"
            place = (*node.place, "max_iterations")
            yield document.problem("unbounded_loop", place, message, hint, node=node.id)
        if node.kind is not Kind.EXPAND:
            continue
        if node.of(Expand).max_children is None:
            message, hint = f"the expand {name} has no bound", "add `max_children`"
            place = (*node.place, "max_children")
            yield document.problem("unbounded_expand", place, message, hint, node=node.id)
        if node.of(Expand).template is None:
            message, hint = f"the expand {name} has nothing to copy", "add `template`, a node"
            place = (*node.place, "template")
            yield document.problem("missing_expand_template", place, message, hint, node=node.id)


def _size(document: Document, tree: Tree) -> Iterator[Problem]:
    """Yield `too_many_agents` and `recursion_too_deep`."""
    agents = sum(_agents(node) for node in tree.nodes)
    if agents > MOST_AGENTS:
        yield document.problem(
            "too_many_agents",
            ("nodes",),
            f"the plan has {agents:,} agents, loops and expands counted in full",
            f"at most {MOST_AGENTS:,}: lower `max_iterations` or `max_children`",
            total_agents=agents,
            max_total_agents=MOST_AGENTS,
        )
    for node in tree.nodes:
        depth = _depth(node)
        if depth <= MOST_LEVELS:
            continue
        yield document.problem(
            "recursion_too_deep",
            node.place,
            f"the node {quoted(node.id)} is {depth} levels deep",
            f"at most {MOST_LEVELS}: each branch_set is a level, and so is a leaf",
            depth=depth,
            max_depth=MOST_LEVELS,
        )


def _agents(node: Node) -> int:
    if node.kind is Kind.LEAF:
        return 1
    inner = sum(_agents(one) for arm in node.arms.values() for one in arm)
    if node.kind is Kind.LOOP_UNTIL:
        return inner * max(1, node.of(Loop).max_iterations or 1)
    return inner * (node.of(Expand).max_children or 0) if node.kind is Kind.EXPAND else inner


def _depth(node: Node) -> int:
    inner = max((_depth(one) for arm in node.arms.values() for one in arm), default=0)
    return inner + 1 if node.kind in {Kind.LEAF, Kind.BRANCH_SET} else inner
