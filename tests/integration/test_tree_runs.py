"""Tree plans, run by scripted agents: what is decided in between, and what a crash makes of it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import audit, look_at
from tests.support.crash_scenario import start
from tests.support.scripted_runs import prompts_given, scripted_harness
from wf_tui.fault_injection import Point
from wf_tui.ledger.rules.moves import ACCEPT
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.slow


def says(text: str) -> str:
    """Return a prompt that is answered with a text."""
    return f"DO end {json.dumps({'ok': True, 'text': text})}"


def verdict(word: str) -> str:
    """Return a prompt, or a condition, that is answered with a verdict."""
    return says(json.dumps({"summary": f"it is {word}", "verdict": word}))


def writes(name: str, command: str) -> dict[str, object]:
    """Return a leaf that is a command and may write anything at the top."""
    spec = {"id": name, "run": command, "mode": "read_write", "file_scope": ["out"]}
    return {"kind": "leaf", "spec": {**spec, "isolation": "worktree"}}


def node(kind: str, name: str, **spec: object) -> dict[str, object]:
    """Return another node."""
    return {"kind": kind, "spec": {"id": name, **spec}}


def plan(*nodes: dict[str, object]) -> str:
    """Return the text of a plan; JSON is YAML."""
    defaults = {"backoff_secs": 0, "max_attempts": 2}
    return json.dumps({"goal": "try a tree", "defaults": defaults, "nodes": list(nodes)})


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Give a repository in which scripted agents work."""
    return scripted_harness(tmp_path, {"one": {"seats": 2}})


def test_a_tree_is_run_to_its_end(harness: RunHarness) -> None:
    """Items, a choice and rounds are decided by answers; a loop that never holds by a person."""
    before = look_at(harness.repo)
    copy = writes("copy", "mkdir -p out; echo {{item}} > out/$WF_PORT_BASE-$$")
    tree = plan(
        node("leaf", "find", prompt=says('```json\n["x; touch gone", "y"]\n```')),
        node("expand", "each", source="find", max_children=4, template=copy),
        node(
            "cond",
            "good",
            condition=verdict("pass"),
            then_nodes=[writes("list", "n=$(ls out | wc -l); echo $n > out/count")],
            else_nodes=[writes("never", "touch out/never")],
        ),
        node(
            "loop_until",
            "again",
            condition=verdict("fail"),
            max_iterations=2,
            children=[writes("round", "echo x >> out/rounds")],
        ),
        node("reduce", "join", inputs=["each", "good", "again"], prompt=says("all joined")),
    )
    assert harness.play(tree) == "partial"
    held = harness.task("again.if.2")
    assert (held.kind, held.attempts) == ("review", 1)
    with open_ledger(harness.project) as ledger:
        (accepted,) = ledger.move(harness.run, ACCEPT, ["again.if.2"])
        assert accepted.changed
    assert harness.lead() == "completed"
    assert harness.git("show", f"{harness.branch}:out/rounds") == "x\nx"
    assert harness.git("show", f"{harness.branch}:out/count").strip() == "2"
    assert "gone" not in harness.git("ls-tree", "-r", "--name-only", harness.branch)
    joined = prompts_given(harness)[-1]
    for name in ("each/1/copy", "each/2/copy", "good/1/list", "again/1/round", "again/2/round"):
        assert f'"{name}"' in joined
    assert audit(harness, before) == []


@pytest.mark.parametrize("point", [Point.CHECK_ENDED, Point.FINISH_RECORDED])
def test_a_crash_around_a_decision_changes_nothing(harness: RunHarness, point: Point) -> None:
    """Just before it is recorded, or just after: what it adds is there once, and done once."""
    before = look_at(harness.repo)
    harness.start(
        plan(
            node(
                "cond",
                "good",
                condition=verdict("pass"),
                then_nodes=[writes("list", "mkdir -p out; echo x >> out/list")],
            ),
            writes("last", "cp out/list out/last"),
        )
    )
    with start(harness, f"{point}:1:kill") as scheduler:
        assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert harness.git("show", f"{harness.branch}:out/last") == "x"
    assert len(harness.events("node_decided")) == len(harness.events("phase_added")) == 1
    assert audit(harness, before) == []
