"""Agents from a plan to merged work: real drivers under real shims, the model a script."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.schedulers import kill_scheduler
from tests.support.scripted_runs import prompts_given, scripted, scripted_harness
from wf_tui.ledger.rules.moves import CANCEL

if TYPE_CHECKING:
    from pathlib import Path


def test_the_work_of_an_agent_is_merged(tmp_path: Path) -> None:
    """Its prompt becomes files on the branch; its transcript has what it said and did."""
    harness = scripted_harness(tmp_path)
    plan = parallel_plan(scripted("a", "say I will write it.", "write a.txt hello"))
    assert harness.play(plan) == "completed"
    assert (harness.task("a").kind, harness.merged("a.txt")) == ("merged", "hello")
    assert harness.task("a").result == "All done."
    lines = (harness.paths.attempt("a", 1) / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [(record["kind"], record["text"]) for record in records][1:] == [
        ("note", ""),
        ("say", "I will write it.\n"),
        ("tool", "Write a.txt"),
        ("tool", ""),
        ("end", ""),
    ]


def test_a_liar_is_caught(tmp_path: Path) -> None:
    """Who says that it is done, used no tool and changed nothing, has failed, and it counts."""
    harness = scripted_harness(tmp_path)
    assert harness.play(parallel_plan(scripted("a", "say I did it all!"))) == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("failed", "no_work")
    assert (harness.task("a").kind, harness.task("a").tries) == ("failed", 1)


def test_a_fault_of_the_provider_goes_on_in_the_session(tmp_path: Path) -> None:
    """The same seat resumes its session in the same worktree, with its work, and is told why."""
    harness = scripted_harness(tmp_path, {"one": {"seats": 2}})
    broken = {"ok": False, "kind": "server", "why": "overloaded_error"}
    steps = ("write a.txt mine", f"once down end {json.dumps(broken)}", "write b.txt too")
    plan = parallel_plan(scripted("a", *steps, more="mode: read_write, max_attempts: 3"))
    assert harness.play(plan) == "completed"
    first, second = harness.attempts("a")
    assert (first.cause, first.worker, first.tree) == ("server", second.worker, second.tree)
    assert first.session == second.session is not None
    assert (harness.merged("a.txt"), harness.merged("b.txt")) == ("mine", "too")
    told, resumed = prompts_given(harness)
    new = resumed.removeprefix(told)
    assert new != resumed
    assert "overloaded_error" in new
    assert "DO write" not in new


def test_a_session_that_is_gone_is_begun_anew_in_the_same_attempt(tmp_path: Path) -> None:
    """An agent that does not know its session any more gets the whole prompt, uncounted."""
    harness = scripted_harness(tmp_path)
    broken = {"ok": False, "kind": "network", "why": "reset"}
    forget = 'tool rm -f "$HOME"/session-*'
    steps = (f"once x {forget}", f"once down end {json.dumps(broken)}", "write a.txt mine")
    plan = parallel_plan(scripted("a", *steps, more="mode: read_write, max_attempts: 2"))
    assert harness.play(plan) == "completed"
    assert harness.merged("a.txt") == "mine"
    assert len(prompts_given(harness)) == len(harness.attempts("a")) == 2
    first, second = harness.attempts("a")
    assert first.session != second.session


def test_a_killed_scheduler_leaves_no_agent(tmp_path: Path) -> None:
    """Its agents die with it, tools and all; the next one resumes the session."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness = scripted_harness(tmp_path)
    tool = f"tool exec 4> {pipe}; echo up >&4; sleep 300"
    plan = parallel_plan(
        scripted(
            "a", "write a.txt x", f"once hang {tool}", more="mode: read_write, max_attempts: 2"
        )
    )
    harness.start(plan)
    pid = harness.detach()
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        kill_scheduler(harness, pid)
        assert reader.read() == ""
    assert harness.lead() == "completed"
    lost, good = harness.attempts("a")
    assert (lost.outcome, lost.session) == ("lost", good.session)
    assert violations(harness) == set()


def test_an_agent_that_is_stopped_in_a_tool_leaves_no_process(tmp_path: Path) -> None:
    """A person who cancels its task ends the agent, and what its tool has started."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness = scripted_harness(tmp_path)
    tool = f"tool exec 4> {pipe}; echo up >&4; sleep 300 & sleep 300"
    harness.start(parallel_plan(scripted("a", "write a.txt x", tool)))
    pid = harness.detach()
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        harness.act(lambda ledger: ledger.move(harness.run, CANCEL, ["a"]))
        assert reader.read() == ""
    harness.wait_for(lambda event: event.kind == "run_ended")
    os.waitid(os.P_PID, pid, os.WEXITED)
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, harness.task("a").kind) == ("cancelled", "cancelled")
    assert attempt.commit_id


def test_a_run_that_was_stopped_goes_on_in_its_sessions(tmp_path: Path) -> None:
    """Also by another scheduler: the same seat, the same worktree, the same session."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness = scripted_harness(tmp_path)
    tool = f"tool exec 4> {pipe}; echo up >&4; sleep 300"
    plan = parallel_plan(scripted("a", "write a.txt x", f"once hang {tool}", "write b.txt y"))
    harness.start(plan)
    pid = harness.detach()
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        harness.act(lambda ledger: ledger.stop(harness.run, now=True))
        assert reader.read() == ""
    os.waitid(os.P_PID, pid, os.WEXITED)
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "completed"
    stopped, good = harness.attempts("a")
    assert (stopped.outcome, harness.task("a").tries) == ("cancelled", 0)
    assert (stopped.session, stopped.tree) == (good.session, good.tree)
    assert (harness.merged("a.txt"), harness.merged("b.txt")) == ("x", "y")
