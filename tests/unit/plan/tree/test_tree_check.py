"""The rules of tree plans: the codes of the format, with places in the tree."""

import pytest

from tests.support.trees import Node, branch, leaf, node, sequence, tree_report
from wf_tui.plan.read import parse_plan
from wf_tui.plan.report import Report


def codes(found: Report) -> list[tuple[str, str]]:
    """Return code and place of each error."""
    return [(error.code, error.path) for error in found.errors]


SPEC = "nodes[0].spec"


@pytest.mark.parametrize(
    ("nodes", "code", "path"),
    [
        ([leaf(" ")], "empty_node_id", f"{SPEC}.id"),
        ([leaf("a", prompt=" ")], "empty_leaf_prompt", f"{SPEC}.prompt"),
        ([leaf("a", role="two words")], "invalid_leaf_role", f"{SPEC}.role"),
        ([leaf("a", profile="a=b")], "invalid_leaf_profile", f"{SPEC}.profile"),
        ([leaf("a"), leaf("a")], "duplicate_node_id", "nodes[1].spec.id"),
        ([leaf("a", "b")], "unknown_node_reference", f"{SPEC}.depends_on_results[0]"),
        (
            [leaf("a", "b"), leaf("b")],
            "unavailable_task_result_dependency",
            f"{SPEC}.depends_on_results[0]",
        ),
        (
            [sequence("s", leaf("a", "s"))],
            "unavailable_task_result_dependency",
            f"{SPEC}.children[0].spec.depends_on_results[0]",
        ),
        ([node("reduce", "r", inputs=["x"], prompt="p")], "unknown_node_reference", None),
        ([node("teacher_review", "r", candidates=["x"])], "unknown_node_reference", None),
        (
            [node("loop_until", "l", condition="c", children=[leaf("a")])],
            "unbounded_loop",
            f"{SPEC}.max_iterations",
        ),
        (
            [node("expand", "e", source="[]", template=leaf("a"))],
            "unbounded_expand",
            f"{SPEC}.max_children",
        ),
        (
            [node("expand", "e", source="[]", max_children=2)],
            "missing_expand_template",
            f"{SPEC}.template",
        ),
        ([leaf("a", permissions={"allow_write": True})], "conflicting_leaf_permissions", None),
        ([leaf("a", permissions={"allowed_tools": ["exec_shell"]})], None, None),
        (
            [leaf("a", permissions={"deny_all_tools": True, "allowed_tools": ["read_file"]})],
            "conflicting_leaf_permissions",
            f"{SPEC}.permissions.deny_all_tools",
        ),
        (
            [leaf("a", mode="read_write", agent_type="scout", file_scope=["x"])],
            "conflicting_leaf_permissions",
            f"{SPEC}.agent_type",
        ),
        ([leaf("a", mode="read_write")], "missing_leaf_write_scope", f"{SPEC}.file_scope"),
        (
            [leaf("a", mode="read_write", file_scope=["./**"])],
            "invalid_file_scope",
            f"{SPEC}.file_scope[0]",
        ),
        (
            [
                leaf("a", mode="read_write", file_scope=["x"]),
                node("expand", "e", source="a", max_children=2, template=leaf("b")),
            ],
            "unknown_node_reference",
            "nodes[1].spec.source",
        ),
        ([leaf("a", mode="write")], "parse_error", f"{SPEC}.mode"),
        ([{"kind": "leef", "spec": {}}], "parse_error", "nodes[0].kind"),
        ([{"kind": "leaf"}], "parse_error", "nodes[0].spec"),
        ([], "empty_workflow", "nodes"),
        ([leaf("a", promt="x")], "unknown_key", f"{SPEC}.promt"),
        (
            [node("cond", "c", condition="x"), leaf("c/1/a")],
            "reserved_node_id",
            "nodes[1].spec.id",
        ),
    ],
)
def test_each_fault_has_its_code_and_place(
    nodes: list[Node], code: str | None, path: str | None
) -> None:
    """A fault of a tree is told once, by the code of the format, where it is written."""
    found = codes(tree_report(*nodes))
    assert len(found) == 1
    assert code is None or found[0][0] == code
    assert path is None or found[0][1] == path


def test_all_faults_are_told_at_once() -> None:
    """A fault in one node hides none of another, and leads to no further ones."""
    found = codes(tree_report(leaf("a", prompt=""), sequence("a", leaf("b", "zz")), goal=" "))
    assert found == [
        ("empty_leaf_prompt", "nodes[0].spec.prompt"),
        ("duplicate_node_id", "nodes[1].spec.id"),
        ("unknown_node_reference", "nodes[1].spec.children[0].spec.depends_on_results[0]"),
        ("empty_field", "goal"),
    ]


def test_the_arms_of_a_cond_do_not_see_each_other() -> None:
    """Only one of them runs, so what the other does cannot be needed."""
    other = node("cond", "c", condition="x", then_nodes=[leaf("a")], else_nodes=[leaf("b", "a")])
    assert ("unavailable_task_result_dependency", 1) in [
        (error.code, error.line) for error in tree_report(other).errors
    ]


@pytest.mark.parametrize(
    ("width", "deep", "code"),
    [(1000, 1, None), (1001, 1, "too_many_agents"), (1, 4, None), (1, 5, "recursion_too_deep")],
)
def test_a_tree_is_bounded(width: int, deep: int, code: str | None) -> None:
    """At most 1,000 agents, and 5 levels: each branch_set is one, and so is a leaf."""
    inner = [leaf(f"a{number}") for number in range(width)]
    for level in range(deep):
        inner = [branch(f"b{level}", *inner)]
    found = codes(tree_report(*inner))
    assert [it[0] for it in found] == ([code] if code else [])


def test_loops_and_expands_count_in_full() -> None:
    """A loop counts all its rounds, an expand its bound, a reduce nothing."""
    inner = branch("b", *(leaf(f"a{number}") for number in range(10)))
    loop = node("loop_until", "l", condition="c", max_iterations=101, children=[inner])
    (error,) = (it for it in tree_report(loop).errors if it.code == "too_many_agents")
    assert dict(error.detail) == {"total_agents": 1010, "max_total_agents": 1000}


def test_places_have_lines() -> None:
    """In YAML each fault has the line of what is wrong."""
    text = "goal: g\nnodes:\n- kind: leaf\n  spec:\n    id: a\n    prompt: ''\n"
    (error,) = parse_plan(text, "yaml", "p").errors
    assert (error.code, error.line) == ("empty_leaf_prompt", 6)
