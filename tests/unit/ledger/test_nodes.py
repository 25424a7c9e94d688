"""Nodes of tree plans that decide while a run goes on (RULES 5, Nodes): each, to its end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import recount
from tests.support.ledger_harness import BAD, GOOD, RUN, LedgerHarness, prompt, seat
from tests.support.trees import Node, branch, good_tree, leaf, node, sequence
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.ledger.model.nodes.stored import read_node, write_node
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.ledger.rules.moves import ACCEPT, HOLD, RETRY, SKIP, UNHOLD
from wf_tui.structured import read_structured
from wf_tui.verify.verify import examine

if TYPE_CHECKING:
    from tests.support.stores import MakeStore
    from wf_tui.ledger.rules.moves import Move

Raw = tuple[str, list["Raw"]]
SEATS = [seat(f"k{number}", "kimi", kind="agent") for number in (1, 2, 3)]
YES, NO, DUNNO = (json.dumps({"verdict": word}) for word in ("pass", "fail", "unsure"))


def cond(name: str, then: list[Node], other: list[Node]) -> Node:
    """Return a choice between two lists of nodes."""
    return node("cond", name, condition="it is good", then_nodes=then, else_nodes=other)


def loop(name: str, *children: Node, most: int = 3) -> Node:
    """Return nodes that are repeated."""
    return node(
        "loop_until", name, condition="it is done", max_iterations=most, children=list(children)
    )


def expand(name: str, source: str, template: Node, most: int = 5) -> Node:
    """Return a node for each item of what a task answers."""
    return node("expand", name, source=source, max_children=most, template=template)


def make(drive: LedgerHarness, *nodes: Node, **root: object) -> LedgerHarness:
    """Make a run of a tree."""
    phases, chains = of_plan(good_tree(*nodes, **root))
    return drive.make(*phases, seats=SEATS, chains=chains)


def answer(drive: LedgerHarness, fence: Fence, text: str) -> None:
    """Let a worker answer, as the scheduler hands it on."""
    drive.bring(fence, Step.RUNNING)
    assert drive.ledger.step(fence, Step.CHECKING, result=text)
    task = drive.task(fence.task)
    said = Judgement(read_structured(text).verdict) if task.spec.structured else None
    drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, text, judgement=said)


def accepted(drive: LedgerHarness, name: str) -> None:
    """Let a person accept an answer that is held, and the scheduler see it through."""
    assert move(drive, ACCEPT, name)
    task = drive.task(name)
    fence = Fence(RUN, name, task.epoch, str(task.worker))
    assert drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, task.result)


def move(drive: LedgerHarness, made: Move[[]], name: str) -> bool:
    """Let a person make a move; return whether it was possible."""
    (result,) = drive.mine.move(RUN, made, [name])
    return result.changed


def goes(drive: LedgerHarness, **answers: str) -> list[str]:
    """Let workers do all that can be done, one task at a time; return the tasks in that order.

    `answers` are by the last part of the id, dots as underscores; each other task answers `ok`.
    """
    order = []
    while fence := drive.claim("k1"):
        key = fence.task.rpartition("/")[2].replace(".", "_")
        answer(drive, fence, answers.get(key, "ok"))
        order.append(fence.task)
        recount.check(drive.db)
    sound(drive)
    return order


def sound(drive: LedgerHarness) -> None:
    """Look whether counters are right, and the log is in order."""
    recount.check(drive.db)
    run = reads.run_row(drive.db, RUN)
    found = examine(reads.events(drive.db, RUN), run, reads.tasks(drive.db, RUN))
    assert found.violations == []


@pytest.mark.parametrize(
    ("verdict", "ran"),
    [(YES, ["c/1/y", "c/1/z"]), (NO, ["c/1/n"])],
)
def test_a_cond_adds_one_of_its_arms(drive: LedgerHarness, verdict: str, ran: list[str]) -> None:
    """The arm that is chosen runs before what comes after the node; the other is never there."""
    both = cond("c", [leaf("y"), leaf("z", "y")], [leaf("n")])
    make(drive, leaf("a"), both, leaf("last", "c"))
    assert goes(drive, c_if_1=verdict) == ["a", "c.if.1", *ran, "last"]
    assert drive.task("last").spec.needs == tuple(ran)
    assert drive.task("c.if.1").spec.needs == ("a",)


def test_an_empty_arm_adds_nothing(drive: LedgerHarness) -> None:
    """Without an arm for its verdict, the run goes on behind the node."""
    make(drive, cond("c", [leaf("y")], []), leaf("last"))
    assert goes(drive, c_if_1=NO) == ["c.if.1", "last"]


def test_what_is_behind_cannot_be_claimed_before(drive: LedgerHarness) -> None:
    """From the very moment of the decision, what comes after waits for what it has added."""
    make(drive, cond("c", [branch("b", leaf("x"), leaf("y"))], []), leaf("last"))
    answer(drive, drive.expect_claim("c.if.1"), YES)
    first, second = drive.expect_claim("c/1/x"), drive.expect_claim("c/1/y")
    assert drive.claim("k3") is None
    answer(drive, first, "ok")
    assert drive.claim("k3") is None
    answer(drive, second, "ok")
    drive.expect_claim("last")


def test_a_loop_goes_round_until_it_holds(drive: LedgerHarness) -> None:
    """Each round is told what the one before was found wanting in; what needs it gets all."""
    make(drive, loop("l", leaf("w"), leaf("v", "w")), leaf("last", "l"))
    for number, verdict in ((1, NO), (2, YES)):
        for name in (f"l/{number}/w", f"l/{number}/v"):
            answer(drive, drive.expect_claim(name), "ok")
        answer(drive, drive.expect_claim(f"l.if.{number}"), verdict)
    assert drive.task("l/2/w").spec.needs == ("l.if.1",)
    assert drive.task("l.if.2").spec.needs == ("l/2/w", "l/2/v")
    assert drive.task("last").spec.needs == ("l/1/w", "l/1/v", "l/2/w", "l/2/v")
    assert goes(drive) == ["last"]


def test_a_loop_that_never_holds_waits_for_a_person(drive: LedgerHarness) -> None:
    """After its last round it is for a person to say how the run goes on."""
    make(drive, loop("l", leaf("w"), most=2), leaf("last"))
    assert goes(drive, l_if_1=NO, l_if_2=NO) == ["l/1/w", "l.if.1", "l/2/w", "l.if.2"]
    held = drive.task("l.if.2")
    assert drive.where("l.if.2", "last") == "B:review P"
    assert held.note.startswith("after 2 rounds it does not hold: it is done")
    accepted(drive, "l.if.2")
    assert goes(drive) == ["last"]


@pytest.mark.parametrize(("moved", "ran"), [("accept", "c/1/y"), ("skip", "c/1/n")])
def test_who_is_not_sure_asks_a_person(drive: LedgerHarness, moved: str, ran: str) -> None:
    """Accepted, the condition counts as met; skipped, as not met; and that is final."""
    make(drive, cond("c", [leaf("y")], [leaf("n")]), leaf("last"))
    assert goes(drive, c_if_1=DUNNO) == ["c.if.1"]
    assert drive.where("c.if.1", "last") == "B:review P"
    if moved == "accept":
        accepted(drive, "c.if.1")
    else:
        assert move(drive, SKIP, "c.if.1")
        assert not move(drive, RETRY, "c.if.1")
    assert goes(drive) == [ran, "last"]


def test_a_judge_may_be_asked_again(drive: LedgerHarness) -> None:
    """A retry of one that was not sure judges anew."""
    make(drive, cond("c", [leaf("y")], [leaf("n")]))
    assert goes(drive, c_if_1="no json at all") == ["c.if.1"]
    assert move(drive, RETRY, "c.if.1")
    assert goes(drive, c_if_1=YES) == ["c.if.1", "c/1/y"]


def test_a_failed_judge_keeps_all_behind_it_waiting(drive: LedgerHarness) -> None:
    """Whatever the plan says of failures: without a verdict nothing goes on."""
    make(drive, cond("c", [leaf("y")], []), leaf("last"), on_failure="skip_continue")
    for _ in range(3):
        fence = drive.expect_claim("c.if.1")
        drive.fail(fence)
        drive.clock.move(1000)
        drive.ledger.release_due(RUN)
    assert drive.where("c.if.1", "last") == "B:failed P"
    sound(drive)
    assert move(drive, RETRY, "c.if.1")
    assert goes(drive, c_if_1=YES) == ["c.if.1", "c/1/y", "last"]


@pytest.mark.parametrize("policy", ["hold", "skip_continue", "abort"])
def test_a_list_that_is_not_there_is_waited_for(drive: LedgerHarness, policy: str) -> None:
    """A source that fails keeps what is behind its items waiting, until it has answered."""
    find = leaf("find", max_attempts=1)
    make(drive, find, expand("e", "find", leaf("t")), leaf("last"), on_failure=policy)
    drive.ledger.fail(drive.expect_claim("find"), BAD)
    assert drive.claim("k1") is None
    sound(drive)
    for name in ("find", "last") if policy == "abort" else ("find",):
        assert move(drive, RETRY, name)
    assert goes(drive, find='["x"]') == ["find", "e/1/t", "last"]


@pytest.mark.parametrize("policy", ["hold", "skip_continue", "abort"])
def test_a_judge_that_failed_is_waited_for(drive: LedgerHarness, policy: str) -> None:
    """So does a judge, also where the run is aborted with it and brought back."""
    make(drive, cond("c", [leaf("y")], []), leaf("last"), on_failure=policy)
    drive.ledger.block(drive.expect_claim("c.if.1"), BAD, BlockedKind.BUDGET)
    assert drive.claim("k1") is None
    sound(drive)
    for name in ("c.if.1", "last") if policy == "abort" else ("c.if.1",):
        assert move(drive, RETRY, name)
    assert goes(drive, c_if_1=YES) == ["c.if.1", "c/1/y", "last"]


@pytest.mark.parametrize(
    "text", ['["p", "q r"]', 'Here:\n```json\n["p", "q r"]\n```\n', '{"items": ["p", "q r"]}']
)
def test_an_expand_copies_its_template(drive: LedgerHarness, text: str) -> None:
    """Each item of the answer has its copy, side by side with the others."""
    template = leaf("t", prompt="look at {{item}}")
    make(drive, leaf("find"), expand("e", "find", template), leaf("last", "e"))
    answer(drive, drive.expect_claim("find"), text)
    assert drive.where("e/1/t", "e/2/t", "last") == "P P P"
    assert drive.task("e/2/t").spec.prompt == "look at {{item}}"
    assert drive.task("e/2/t").spec.item == '"q r"'
    assert drive.task("e/2/t").title == "q r"
    assert drive.task("last").spec.needs == ("e/1/t", "e/2/t")
    both = [drive.expect_claim("e/1/t"), drive.expect_claim("e/2/t")]
    for fence in both:
        answer(drive, fence, "ok")
    assert goes(drive) == ["last"]


def test_an_expand_is_bounded(drive: LedgerHarness) -> None:
    """Of more items than it may have, the first ones count."""
    make(drive, leaf("find"), expand("e", "find", leaf("t"), most=2))
    assert goes(drive, find="[1, 2, 3, 4]") == ["find", "e/1/t", "e/2/t"]


@pytest.mark.parametrize("text", ["none found", '["../x"]'])
def test_an_answer_that_is_no_list_waits_for_a_person(drive: LedgerHarness, text: str) -> None:
    """A retry asks again; who skips it goes on without items."""
    template = leaf("t", mode="read_write", file_scope=["docs/{{item}}"])
    make(drive, leaf("find"), expand("e", "find", template), leaf("last"))
    assert goes(drive, find=text) == ["find"]
    assert drive.where("find", "last") == "B:review P"
    assert move(drive, RETRY, "find")
    assert goes(drive, find=text) == ["find"]
    assert move(drive, SKIP, "find")
    assert goes(drive) == ["last"]


def test_nodes_may_hold_nodes(drive: LedgerHarness) -> None:
    """Each round has a choice of its own, and a choice a list of its own."""
    inner = sequence("s", leaf("f"), expand("e", "f", leaf("t")))
    make(drive, loop("l", leaf("a"), cond("c", [inner], [leaf("n")]), leaf("z", "c")), leaf("end"))
    order: list[str] = []
    verdicts = {"l/1/c.if.1": YES, "l.if.1": NO, "l/2/c.if.1": NO, "l.if.2": YES}
    while fence := drive.claim("k1"):
        items = '["x", "y"]' if fence.task.endswith("/f") else "ok"
        answer(drive, fence, verdicts.get(fence.task, items))
        order.append(fence.task)
    assert order == [
        "l/1/a", "l/1/c.if.1", "l/1/c/1/f", "l/1/c/1/e/1/t", "l/1/c/1/e/2/t", "l/1/z", "l.if.1",
        "l/2/a", "l/2/c.if.1", "l/2/c/1/n", "l/2/z", "l.if.2", "end",
    ]  # fmt: skip
    assert drive.task("l/1/z").spec.needs == ("l/1/c/1/f", "l/1/c/1/e/1/t", "l/1/c/1/e/2/t")
    assert drive.task("l/2/z").spec.needs == ("l/2/c/1/n",)
    sound(drive)


def test_what_is_held_is_held_behind_a_decision(drive: LedgerHarness) -> None:
    """A task that a person holds before the decision waits for what that adds, too."""
    make(drive, cond("c", [leaf("y")], []), leaf("last", "c"))
    assert move(drive, HOLD, "last")
    answer(drive, drive.expect_claim("c.if.1"), YES)
    assert move(drive, UNHOLD, "last")
    assert drive.where("c/1/y", "last") == "P P"
    assert goes(drive) == ["c/1/y", "last"]


def test_an_added_task_may_need_what_is_blocked(drive: LedgerHarness) -> None:
    """It is blocked with that from the start, as any other would be."""
    look = branch("b", leaf("a", max_attempts=1), cond("c", [leaf("y", "a")], []))
    make(drive, look, on_failure="skip_continue")
    fence, judge = drive.expect_claim("a"), drive.expect_claim("c.if.1")
    drive.ledger.fail(fence, BAD)
    answer(drive, judge, YES)
    assert drive.where("c/1/y") == "B:dependency"
    sound(drive)


def test_a_decision_is_never_made_twice(drive: LedgerHarness) -> None:
    """Nothing a person can do to the judge, or add to its phase, lets it add anything again."""
    make(drive, cond("c", [leaf("y")], [leaf("n")]), leaf("last"))
    answer(drive, drive.expect_claim("c.if.1"), YES)
    before = len(reads.tasks(drive.db, RUN))
    for made in (RETRY, SKIP, ACCEPT):
        assert not move(drive, made, "c.if.1")
    assert len(reads.tasks(drive.db, RUN)) == before
    drive.mine.add(RUN, prompt("x", mode="read_only"), "c")
    assert goes(drive) == ["x", "c/1/y", "last"]
    assert [event.data["phases"] for event in drive.events("node_decided")] == [["c/1/y"]]


def test_a_skip_that_has_decided_cannot_be_undone(drive: LedgerHarness) -> None:
    """What it has added is there, and stays."""
    make(drive, cond("c", [leaf("y")], [leaf("n")]), leaf("last"))
    assert move(drive, SKIP, "c.if.1")
    with pytest.raises(Exception, match="has decided what comes after it"):
        drive.mine.undo(RUN)
    assert goes(drive) == ["c/1/n", "last"]


def test_rivals_may_be_added(drive: LedgerHarness) -> None:
    """An arm may let several try the same, with a judge, as a plan may from the start."""
    writers = [leaf(name, mode="read_write", file_scope=["x"]) for name in ("a", "b")]
    choose = node("teacher_review", "choose", candidates=["try"])
    make(drive, cond("c", [branch("try", *writers), choose], []), leaf("last"))
    answer(drive, drive.expect_claim("c.if.1"), YES)
    first, second = drive.expect_claim("c/1/a"), drive.expect_claim("c/1/b")
    for fence in (first, second):
        drive.bring(fence, Step.CHECKING)
        assert drive.where("c/1/choose") == "P"
        held = replace(GOOD, commit="w1")
        assert drive.ledger.hold_for_review(fence, held, {}, tree="1")
    drive.expect_claim("c/1/choose")
    sound(drive)


def test_nodes_are_stored_as_they_are(drive: LedgerHarness) -> None:
    """What is read of the column is what was written, nodes within nodes included."""
    inner = loop("l", leaf("w", mode="read_write", file_scope=["x"], env={"A": "b"}))
    phases, _ = of_plan(good_tree(cond("c", [inner], [leaf("n", gate="true")])))
    (phase,) = phases
    assert read_node(write_node(phase.node)) == phase.node
    assert drive is not None


def _trees(depth: int) -> st.SearchStrategy[Raw]:
    """Return trees of all kinds of nodes, without ids."""
    one: st.SearchStrategy[Raw] = st.just(("leaf", []))
    if depth == 0:
        return one
    kinds = ["sequence", "parallel", "cond", "loop", "expand"]
    lists = st.lists(_trees(depth - 1), min_size=1, max_size=2)
    return one | st.tuples(st.sampled_from(kinds), lists)


class Upstream:
    """Executes a tree as the format says: in order, one node at a time; with answers by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - the same answers each time
        self.names = 0
        self.said: dict[str, str] = {}
        """What each task answers, by its id in the run."""
        self.before: list[tuple[list[str], list[str]]] = []
        """Tasks that have to be over before others begin."""

    def name(self, raw: Raw) -> Node:
        """Return the tree with ids."""
        kind, inner = raw
        self.names += 1
        name = f"n{self.names}"
        if kind == "leaf":
            return leaf(name)
        nodes = [self.name(one) for one in inner]
        match kind:
            case "cond":
                return cond(name, nodes[:1], nodes[1:])
            case "loop":
                return loop(name, *nodes, most=2)
            case "expand":
                return sequence(name, leaf(f"{name}s"), expand(f"{name}e", f"{name}s", nodes[0]))
            case "parallel":
                return branch(name, *nodes)
        return sequence(name, *nodes)

    def in_order(self, nodes: list[Node], prefix: str = "") -> list[str]:
        """Execute nodes one after the other; return the tasks that that takes."""
        ran: list[str] = []
        for one in nodes:
            new = self.execute(one, prefix)
            self.before.append((ran.copy(), new))
            ran += new
        return ran

    def execute(self, one: Node, prefix: str) -> list[str]:
        """Execute one node."""
        spec = one["spec"]
        assert isinstance(spec, dict)
        name = f"{prefix}{spec['id']}"
        match one["kind"]:
            case "leaf":
                return [name]
            case "branch_set":
                return [it for child in spec["children"] for it in self.execute(child, prefix)]
            case "cond":
                holds = self.chance.random() < 0.5
                self.said[f"{name}.if.1"] = YES if holds else NO
                ran = self.in_order(spec["then_nodes" if holds else "else_nodes"], f"{name}/1/")
                self.before.append(([f"{name}.if.1"], ran))
                return [f"{name}.if.1", *ran]
            case "loop_until":
                return self.rounds(name, spec["children"], spec["max_iterations"])
            case "expand":
                items = list(range(self.chance.randint(0, 2)))
                self.said[f"{prefix}{spec['source']}"] = json.dumps(items)
                copies = [f"{name}/{number}/" for number in range(1, len(items) + 1)]
                return [it for copy in copies for it in self.execute(spec["template"], copy)]
        return self.in_order(spec["children"], prefix)

    def rounds(self, name: str, children: list[Node], most: int) -> list[str]:
        """Execute a loop; after the last round it holds, or nothing would come after it."""
        ran: list[str] = []
        for number in range(1, most + 1):
            new = [*self.in_order(children, f"{name}/{number}/"), f"{name}.if.{number}"]
            self.before += [(ran.copy(), new), (new[:-1], new[-1:])]
            ran += new
            holds = number == most or self.chance.random() < 0.5
            self.said[new[-1]] = YES if holds else NO
            if holds:
                break
        return ran


@given(st.lists(_trees(3), min_size=1, max_size=2), st.integers(0, 99))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_run_does_what_the_tree_says(make_store: MakeStore, raw: list[Raw], seed: int) -> None:
    """The tasks that run are those of the format's own executor, and none before its time."""
    upstream = Upstream(seed)
    nodes = [upstream.name(one) for one in raw]
    ran = upstream.in_order(nodes)
    with TemporaryDirectory() as folder:
        database = make_store(Path(folder))
        drive = make(LedgerHarness(database), *nodes)
        order = []
        while fence := drive.claim("k1"):
            answer(drive, fence, upstream.said.get(fence.task, "ok"))
            order.append(fence.task)
        sound(drive)
        database.close()
    assert sorted(order) == sorted(ran)
    place = {name: number for number, name in enumerate(order)}
    late = [
        (a, b)
        for first, then in upstream.before
        for a in first
        for b in then
        if place[a] > place[b]
    ]
    assert late == []
