"""Agents from a plan to merged work: real drivers under real shims, the model a script."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.agent_harness import LISTENER
from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_scheduler
from tests.support.scripted_runs import prompts_given, scripted, scripted_harness
from tests.support.waiting import until
from wf_tui.config import Preset, Profile, Timing
from wf_tui.config.preset import Calling
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import CANCEL, MESSAGE, RETRY
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.status_text import remedy
from wf_tui.project import open_ledger

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


def test_the_next_agent_is_told_what_the_one_before_said(tmp_path: Path) -> None:
    """It reads what the transcript has, and not the events that the program printed."""
    harness = scripted_harness(tmp_path)
    liar = scripted("a", "say I did it all!", more="mode: read_write, max_attempts: 2")
    assert harness.play(parallel_plan(liar)) == "partial"
    _, told = prompts_given(harness)
    _, _, data = told.partition("BEGIN UNTRUSTED DATA")
    (end,) = (line for line in data.splitlines() if "end_of_output" in line)
    assert "I did it all!" in end
    assert '\\"ev\\"' not in end


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


@pytest.mark.slow
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


@pytest.mark.slow
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
        until(lambda: harness.attempts("a")[0].session is not None, "its session is known")
        kill_scheduler(harness, pid)
        assert reader.read() == ""
    assert harness.lead() == "completed"
    lost, good = harness.attempts("a")
    assert (lost.outcome, lost.session) == ("lost", good.session)
    assert violations(harness) == set()


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_to_ask_a_model_again_and_again_is_no_progress(tmp_path: Path) -> None:
    """An agent that only waits for its model has stalled; another seat begins anew."""
    timing = Timing(grace=0.2, heartbeat=0.1)
    harness = scripted_harness(tmp_path, {"one": {"seats": 2}}, timing)
    steps = ("say I begin.", "once long retry 8", "write a.txt x")
    more = "mode: read_write, max_attempts: 2, stall_after: 0.8"
    assert harness.play(parallel_plan(scripted("a", *steps, more=more))) == "completed"
    first, second = harness.attempts("a")
    assert (first.outcome, first.cause) == ("timed_out", "stall")
    assert first.note == "no progress for 0.8 s, which is its stall_after"
    assert first.said == "waits for the model: overloaded"
    assert (first.worker == second.worker, first.session == second.session) == (False, False)


def refused(kind: str, **more: object) -> str:
    """Return the step that ends an agent as its provider makes it end."""
    return f"end {json.dumps({'ok': False, 'kind': kind, 'why': 'says the provider', **more})}"


def test_a_provider_that_wants_a_pause_gets_it(tmp_path: Path) -> None:
    """A 429 with Retry-After costs no try: the same session goes on when the lane opens."""
    harness = scripted_harness(tmp_path)
    steps = ("write a.txt x", f"once busy {refused('rate_limit', retry_after=0.4)}", "say done")
    assert harness.play(parallel_plan(scripted("a", *steps))) == "completed"
    first, second = harness.attempts("a")
    assert (first.cause, first.session) == ("rate_limit", second.session)
    assert second.started_at - (first.ended_at or 0) >= 0.3
    assert harness.task("a").tries == 0
    assert {"lane_limited", "lane_open"} <= {event.kind for event in harness.events()}
    assert violations(harness) == set()


def test_a_refused_key_blocks_its_task_and_shuts_its_lane(tmp_path: Path) -> None:
    """A 401 is not tried again: its task names it, and the others of the lane wait for a person."""
    harness = scripted_harness(tmp_path)
    plan = parallel_plan(scripted("a", refused("auth", status=401)), scripted("b", "write b.txt y"))
    assert harness.play(plan) == "partial"
    assert (harness.task("a").kind, harness.task("a").tries) == ("failed", 0)
    assert "key or login was refused" in harness.task("a").note
    assert (harness.task("b").state, harness.task("b").attempts) == ("pending", 0)
    (limited,) = harness.events("lane_limited")
    assert (limited.data["lane"], limited.data["state"]) == ("script", "auth")


@pytest.mark.slow
def test_a_quota_that_is_used_up_blocks_until_it_is_there_again(tmp_path: Path) -> None:
    """Without a time that it is said to come back, a person is asked."""
    harness = scripted_harness(tmp_path)
    assert harness.play(parallel_plan(scripted("a", refused("quota")))) == "partial"
    task = harness.task("a")
    assert (task.kind, task.tries, needs_you(task)) == ("quota", 0, True)
    assert remedy(task) == "wf lane script --open"


@pytest.mark.slow
def test_an_attempt_that_worked_for_all_its_seconds_is_blocked(tmp_path: Path) -> None:
    """`max_seconds` of a task is a budget: nothing is counted, and its work is kept."""
    harness = scripted_harness(tmp_path)
    more = "mode: read_write, budget: {max_seconds: 1}"
    plan = parallel_plan(scripted("a", "write a.txt x", "once nap tool sleep 60", more=more))
    assert harness.play(plan) == "partial"
    (attempt,) = harness.attempts("a")
    assert (harness.task("a").kind, harness.task("a").tries) == ("budget", 0)
    assert harness.task("a").note == "over its budget: worked for 1 of 1 seconds"
    assert attempt.commit_id


@pytest.mark.slow
def test_an_attempt_that_used_all_it_may_is_blocked_at_once(tmp_path: Path) -> None:
    """Its work is kept: raised and retried, its session goes on from there."""
    harness = scripted_harness(tmp_path, {"one": {"seats": 1, "limits": {"max_tokens": 100}}})
    usage = {"ev": "usage", "input": 90, "output": 20}
    steps = ("write a.txt x", f"once much event {json.dumps(usage)}", "once nap tool sleep 60")
    assert harness.play(parallel_plan(scripted("a", *steps))) == "partial"
    (attempt,) = harness.attempts("a")
    assert (harness.task("a").kind, harness.task("a").tries) == ("budget", 0)
    assert harness.task("a").note == "over its budget: used 110 of 100 tokens"
    assert attempt.commit_id
    assert harness.task("a").usage.tokens == 110
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["a"]))
    assert harness.lead() == "completed"
    assert harness.attempts("a")[-1].session == attempt.session
    assert harness.merged("a.txt") == "x"


@pytest.mark.slow
def test_four_seats_of_two_profiles_on_one_ledger(tmp_path: Path) -> None:
    """Prompts of two makers are worked on side by side, each by its own, and all is merged."""
    harness = scripted_harness(
        tmp_path, {"one": {"seats": 2}, "two": {"seats": 2, "lane": "other"}}
    )
    tasks = [
        scripted(
            f"t{number}", f"write f{number}.txt {number}", more=f"mode: read_write, worker: {name}"
        )
        for number, name in enumerate(["one", "two"] * 3)
    ]
    assert harness.play(parallel_plan(*tasks)) == "completed"
    assert [harness.merged(f"f{number}.txt") for number in range(6)] == list("012345")
    workers = {harness.attempts(f"t{number}")[0].profile for number in range(6)}
    assert workers == {"one", "two"}
    assert violations(harness) == set()


@pytest.mark.slow
def test_a_message_reaches_an_agent_that_reads_as_it_works(tmp_path: Path) -> None:
    """What a person writes to a running task is taken up in its turn, and delivered by that."""
    calling = Calling(argv=(sys.executable, "-c", LISTENER), prompt_by="stream", parser="claude")
    harness = RunHarness(
        tmp_path,
        profiles={"one": Profile(kind="agent", preset="listener", seats=1)},
        presets={"listener": Preset(maker="me", agent=calling)},
    )
    harness.start(parallel_plan('id: a, mode: read_write, prompt: "Do it."'))
    harness.when(
        lambda event: event.kind == "task_progress" and event.data.get("session") == "s",
        lambda ledger: ledger.move(harness.run, MESSAGE, ["a"], text="Use tabs."),
    )
    assert harness.lead() == "completed"
    assert harness.merged("heard.txt").endswith(" says: Use tabs.")
    with open_ledger(harness.project) as ledger:
        (message,) = conversation.messages(ledger.db, harness.run, "a")
    assert (message.state, message.epoch) == ("delivered", 1)


@pytest.mark.slow
def test_work_that_is_sent_back_goes_on_where_it_was_made(tmp_path: Path) -> None:
    """After a review the same session gets the worktree back in which a person has looked at it."""
    harness = scripted_harness(tmp_path)
    more = "mode: read_write, review: true"
    assert harness.play(parallel_plan(scripted("a", "write a.txt x", more=more))) == "partial"
    assert harness.task("a").kind == "review"
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["a"]))
    harness.lead()
    first, second = harness.attempts("a")
    assert (first.session, first.tree) == (second.session, second.tree)
    assert "ready for review" in prompts_given(harness)[-1]
