"""What a tree becomes: phases, tasks, who waits for whom, and the limits of each."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.trees import Node, branch, good_tree, leaf, node, phases_of, sequence
from wf_tui.plan.choices import Mode
from wf_tui.plan.models import AgentType, Plan
from wf_tui.plan.order import effective_dependencies


def test_leaves_in_a_row_are_one_phase() -> None:
    """A sequence of leaves is one sequential phase, as long as none needs another's result."""
    plan = good_tree(sequence("s", leaf("a"), leaf("b")), leaf("c"), leaf("d", "c"))
    assert [(phase.name, [it.id for it in phase.tasks]) for phase in plan.phases] == [
        ("s", ["a", "b"]),
        ("c", ["c"]),
        ("d", ["d"]),
    ]
    assert phases_of(plan)["d"].depends_on == ("c",)
    assert not any(phase.parallel for phase in plan.phases)


def test_a_parallel_set_is_one_phase_of_its_leaves() -> None:
    """Its leaves start together, what is in it beside them too; what follows waits for all."""
    inner = sequence("inner", leaf("c"), leaf("d"))
    look = branch("look", leaf("a"), inner, leaf("b"), budget={"max_parallel": 2})
    plan = good_tree(leaf("first"), look, leaf("last"))
    found = phases_of(plan)
    assert [it.id for it in found["look"].tasks] == ["a", "b"]
    assert (found["look"].parallel, found["look"].wip) == (True, 2)
    assert found["look"].depends_on == found["inner"].depends_on == ("first",)
    assert set(found["last"].depends_on) == {"look", "inner"}


def test_a_reduce_needs_the_results_of_whole_groups() -> None:
    """A name of a group stands for all tasks in it."""
    look = branch("look", leaf("a"), leaf("b", "a"))
    plan = good_tree(look, node("reduce", "r", inputs=["look"], prompt="join"))
    task = plan.tasks[-1]
    assert (task.id, task.depends_on_results, task.mode) == ("r", ("a", "b"), Mode.READ_ONLY)


def test_limits_and_permissions_are_kept() -> None:
    """What wf can honour of a leaf's budget, permissions and role becomes a task's."""
    plan = good_tree(
        branch(
            "b",
            leaf("a", role="scout", budget={"max_steps": 4, "timeout_secs": 9, "max_tokens": 0}),
            leaf("w", mode="read_write"),
            permissions={"file_scope": ["docs"]},
        ),
        budget={"max_parallel": 50, "max_tokens": 7},
    )
    reader, writer = plan.tasks
    assert (reader.max_steps, reader.timeout_secs, reader.budget.max_tokens) == (4, 9, 0)
    assert reader.agent_type is AgentType.EXPLORE
    assert (writer.writes, writer.file_scope) == (True, ("docs",))
    assert (plan.max_concurrent, plan.budget.max_tokens) == (20, 7)


def test_gates_hand_on_results() -> None:
    """A role that waits at the gate of another gets what that has found."""
    gates = [{"id": "g", "role": "scout", "blocks_role": "builder"}]
    plan = good_tree(leaf("a", role="scout"), leaf("b", role="builder"), gates=gates)
    assert plan.tasks[1].depends_on_results == ("a",)


def test_a_list_is_expanded_at_once() -> None:
    """A list that the plan holds becomes a copy of the template for each item, up to its bound."""
    copy = leaf("t", run="touch {{item}}", prompt="see {{item}}")
    plan = good_tree(
        node("expand", "e", source="files", max_children=2, template=copy),
        node("reduce", "r", inputs=["e"], prompt="join"),
        lists={"files": ["a b", "c", "d"]},
    )
    first, second, join = plan.tasks
    assert (first.id, first.run, first.prompt, first.title) == (
        "e/1/t",
        "touch 'a b'",
        "see a b",
        "a b",
    )
    assert (second.id, join.depends_on_results) == ("e/2/t", ("e/1/t", "e/2/t"))
    assert phases_of(plan)["e"].parallel


def test_a_choice_among_writers_is_a_pick() -> None:
    """A teacher_review of writing leaves is `pick: best` with a judge; of reports a comparison."""
    rivals = branch(
        "try", *(leaf(name, mode="read_write", file_scope=["x"]) for name in ("a", "b"))
    )
    choose = node("teacher_review", "choose", candidates=["try"])
    plan = good_tree(rivals, choose, leaf("after", "choose"))
    found = phases_of(plan)
    assert (found["try"].pick, found["try"].judge) == ("best", "choose")
    assert found["choose"].tasks[0].depends_on_results == ("a", "b")
    assert set(found["after"].depends_on) == {"try", "choose"}
    reports = good_tree(branch("try", leaf("a"), leaf("b")), choose)
    assert phases_of(reports)["try"].pick is None


def _trees(depth: int) -> st.SearchStrategy[Node]:
    one: st.SearchStrategy[Node] = st.just({"kind": "leaf"})
    if depth == 0:
        return one
    inner = st.lists(_trees(depth - 1), min_size=1, max_size=3)
    group = st.sampled_from(["sequence", "parallel", "ordered"])
    return one | st.fixed_dictionaries({"kind": group, "kids": inner})


def _named(raw: Node, counter: list[int]) -> tuple[Node, list[str], set[tuple[str, str]]]:
    """Return a tree with ids, its leaves in order, and which of them stand before which."""
    counter[0] += 1
    name = f"n{counter[0]}"
    kids = raw.get("kids")
    if not isinstance(kids, list):
        return leaf(name), [name], set()
    nodes: list[Node] = []
    leaves: list[str] = []
    before: set[tuple[str, str]] = set()
    for kid in kids:
        child, names, inside = _named(kid, counter)
        nodes.append(child)
        before |= inside
        if raw["kind"] != "parallel":
            before |= {(first, then) for first in leaves for then in names}
        leaves += names
    if raw["kind"] == "sequence":
        return sequence(name, *nodes), leaves, before
    return branch(name, *nodes, parallel=raw["kind"] == "parallel"), leaves, before


def _order(plan: Plan) -> set[tuple[str, str]]:
    """Return which task of a plan has to be over before which other one begins."""
    waits = effective_dependencies(plan)
    tasks = {phase.name: [task.id for task in phase.tasks] for phase in plan.phases}
    found = set()
    for phase in plan.phases:
        todo, seen = [phase.name], {phase.name}
        while todo:
            for one in waits[todo.pop()]:
                if one not in seen:
                    seen.add(one)
                    todo.append(one)
        seen.remove(phase.name)
        found |= {
            (first, then) for one in seen for first in tasks[one] for then in tasks[phase.name]
        }
        if not phase.parallel:
            own = tasks[phase.name]
            found |= {(own[i], own[j]) for j in range(len(own)) for i in range(j)}
    return found


@given(st.lists(_trees(3), min_size=1, max_size=4))
def test_a_compiled_tree_keeps_the_order_of_the_tree(raw: list[Node]) -> None:
    """One leaf is before another in the plan exactly where the tree says so."""
    whole, leaves, before = _named({"kind": "sequence", "kids": raw}, [0])
    spec = whole["spec"]
    assert isinstance(spec, dict)
    plan = good_tree(*spec["children"])
    assert sorted(task.id for task in plan.tasks) == sorted(leaves)
    assert _order(plan) == before
