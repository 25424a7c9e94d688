"""The gate once more on the merge, where others have merged since the attempt began (RULES 6.3)."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.support.plans import RACE, WRITES, overtaken_plan, parallel_plan
from tests.support.run_harness import RunHarness, accept_and_lead
from tests.support.schedulers import wait_until_killed
from wf_tui.cli.root import wf
from wf_tui.config import Timing
from wf_tui.git.control.control import open_control
from wf_tui.ledger.rules.moves import CANCEL, HOLD, REASSIGN, RELEASE, RETRY
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import EventRow

ON_MERGE = '[ "$WF_GATE" = merge ] || exit 0; '
"""Begins a gate that is about the merge alone."""


@pytest.fixture(autouse=True)
def _legal(harness: RunHarness) -> Iterator[None]:
    """Judge the whole log of each run, by rules that are not the ledger's."""
    yield
    if not harness.paths.control.is_dir():
        return
    with open_reads(harness.project) as db:
        control = open_control(harness.paths)
        assert verify_run(db, harness.run, control).violations == ()


def gates(harness: RunHarness, task: str = "t") -> list[tuple[object, object]]:
    """Return on what the gate of a task was asked, and with which status it ended, in order."""
    ended = [event for event in harness.events("gate_ended") if event.task == task]
    return [(event.data["on"], event.data.get("exit_code")) for event in ended]


def merge_gate_began(task: str) -> Callable[[EventRow], bool]:
    """Return a test for the event that says that a gate on a merge begins."""
    return lambda event: (
        event.kind == "gate_started" and event.task == task and event.data["on"] == "merge"
    )


def task_done(task: str) -> Callable[[EventRow], bool]:
    """Return a test for the event that says that a task is done."""
    return lambda event: event.kind == "task_done" and event.task == task


def outcomes(harness: RunHarness, task: str = "t") -> list[tuple[object, object]]:
    """Return how the attempts of a task ended."""
    return [(one.outcome, one.cause) for one in harness.attempts(task)]


def test_it_passes_on_the_merge(harness: RunHarness) -> None:
    """What the branch moves to is the very commit that the gate has passed on."""
    assert harness.play(overtaken_plan(harness, "test -e t.txt -o -e o0.txt")) == "completed"
    assert gates(harness) == [("attempt", 0), ("merge", 0)]
    (asked,) = [event for event in harness.events("gate_ended") if event.data["on"] == "merge"]
    merged = harness.events("integrated")[-1]
    assert (asked.data["head"], asked.data["commit"]) == (merged.data["old"], merged.data["new"])


def test_two_that_pass_alone_and_not_together(harness: RunHarness) -> None:
    """The second is tried once more on the new head, uncounted, with what the gate has printed."""
    gate = "ls *.txt; test $(ls [ot]*.txt | wc -l) = 1"
    plan = overtaken_plan(harness, gate, more=", max_attempts: 1")
    work = "echo mine > t.txt"
    again = f"if test -e o0.txt; then git rm -q o0.txt; fi; {work}"
    assert harness.play(plan.replace(work, again)) == "completed"
    assert gates(harness) == [("attempt", 0), ("merge", 1), ("attempt", 0)]
    assert outcomes(harness) == [("failed", "merge_gate"), ("succeeded", None)]
    assert harness.task("t").tries == 0
    prompt = (harness.paths.attempt("t", 2) / "prompt.md").read_text()
    assert "the gate on the merged tree failed: exit 1" in prompt
    assert "o0.txt\\nshared.txt\\nt.txt" in prompt


def test_the_second_time_it_waits_for_a_person(harness: RunHarness) -> None:
    """It is blocked with the output, in a tree that has the merge; a retry is a new start."""
    gate = ON_MERGE + "echo seen; exit 7"
    plan = overtaken_plan(harness, gate, times=2, more=", max_attempts: 1")
    assert harness.play(plan.replace("id: o", "gate: 'true', id: o")) == "partial"
    task, attempt = harness.task("t"), harness.attempts("t")[-1]
    assert (task.kind, task.detail["tail"], task.tries) == ("gate", "seen", 0)
    assert gates(harness) == [("attempt", 0), ("merge", 7)] * 2
    words = ["logs", "t", "--run", harness.run, "--repo", str(harness.repo)]
    printed = CliRunner().invoke(wf, words, env=harness.environ).stdout
    assert "[wf: the gate on the merged tree]\nseen" in printed
    tree = harness.paths.trees / str(attempt.tree)
    assert {"t.txt", "o0.txt", "o1.txt"} <= {path.name for path in tree.iterdir()}
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    assert harness.lead() == "completed"
    assert not tree.exists()


@pytest.mark.parametrize("where", ["plan", "defaults", "task"])
def test_gate_on_attempt(harness: RunHarness, where: str) -> None:
    """A plan, its defaults or a task may do without the gate on the merge."""
    more = ", gate_on: attempt" if where == "task" else ""
    plan = overtaken_plan(harness, ON_MERGE + "exit 1", more=more)
    if where == "plan":
        plan = f"gate_on: attempt\n{plan}"
    elif where == "defaults":
        plan = plan.replace("defaults: {", "defaults: {gate_on: attempt, ")
    assert harness.play(plan) == "completed"
    assert gates(harness) == [("attempt", 0)]


def test_where_nobody_else_has_merged(harness: RunHarness) -> None:
    """On the base of the attempt its own gate has judged the same."""
    one, two = (f"id: {n}, run: 'echo x > {n}.txt', gate: 'true', {WRITES}" for n in "ab")
    plan = parallel_plan(one, two).replace("  parallel: true\n", "")
    assert harness.play(plan) == "completed"
    assert [event.data["on"] for event in harness.events("gate_ended")] == ["attempt", "attempt"]


def test_it_costs_nothing_where_it_is_not_asked(tmp_path: Path) -> None:
    """Neither a gate on an unmoved branch nor the queue runs one command of git more."""
    counts = []
    for number, gate in enumerate(["", ", gate: 'true'"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        harness = RunHarness(folder)
        counts.append(git_commands(harness, f"id: t, run: 'echo x > x', {WRITES}{gate}"))
    assert counts[0] == counts[1] > 0


def git_commands(harness: RunHarness, task: str) -> int:
    """Return how many commands of git a scheduler runs for a plan of one task."""
    fake, log = harness.folder / "bin" / "git", harness.folder / "calls"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho x >> {log}\nexec {shutil.which("git")} "$@"\n')
    fake.chmod(0o755)
    harness.start(parallel_plan(task))
    harness.environ["PATH"] = f"{fake.parent}:{harness.environ['PATH']}"
    handle = os.pidfd_open(harness.detach())
    os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    return len(log.read_text().splitlines())


def test_the_tree_of_the_gate(harness: RunHarness) -> None:
    """It has the plan's files and setup, and the merge as changes; what the gate writes is gone."""
    harness.write("local.log", "mine\n")
    gate = (
        ON_MERGE + "test -e made.log; grep mine local.log; git status --porcelain > $OUT;"
        " echo more >> shared.txt; echo x > litter"
    ).replace("$OUT", str(harness.folder / "status"))
    plan = overtaken_plan(harness, gate)
    assert harness.play(f"setup: touch made.log\ncopy: [local.log]\n{plan}") == "completed"
    assert (harness.folder / "status").read_text() == "?? t.txt\n"
    assert gates(harness) == [("attempt", 0), ("merge", 0)]
    assert "more" not in harness.merged("shared.txt")
    assert "litter" not in harness.git("ls-tree", "--name-only", harness.branch)


def test_gates_run_side_by_side_in_order(harness: RunHarness) -> None:
    """Two gates wait for each other; what came first is merged first, on what is before it."""
    seen = harness.folder / "gates"
    seen.mkdir()
    both = f"touch {seen}/$WF_TASK; until test -e {seen}/a -a -e {seen}/b; do sleep 0.02; done"
    start = f"touch {seen}/at-$WF_TASK; until test -e {seen}/at-a -a -e {seen}/at-b"
    begun = start + f" -a -e {seen}/at-c; do sleep 0.02; done; "
    c_first = f"until test -e {seen}/c-done; do sleep 0.02; done; "
    tasks = [
        f"id: {n}, run: '{begun}{c_first}echo x > {n}.txt', gate: '{ON_MERGE}{both}', {WRITES}"
        for n in "ab"
    ]
    tasks.append(f"id: c, run: '{begun}echo x > c.txt', {WRITES}")
    harness.start(parallel_plan(*tasks, before=RACE))
    harness.when(task_done("c"), lambda _: (seen / "c-done").touch())
    assert harness.lead() == "completed"
    first, second = [e for e in harness.events("gate_ended") if e.data["on"] == "merge"]
    heads = {first.data["head"], second.data["head"]}
    assert heads & {first.data["commit"], second.data["commit"]}
    merged = [event.data["new"] for event in harness.events("integrated")][1:]
    assert set(merged) == {first.data["commit"], second.data["commit"]}


def test_one_that_fails_is_not_under_those_behind_it(harness: RunHarness) -> None:
    """Built upon work that fails its gate, another one is built and judged again without it."""
    marks = harness.folder / "marks"
    marks.mkdir()
    at_once = f"touch {marks}/at-$WF_TASK; until test $(ls {marks}/at-* | wc -l) = 3"
    begun = f"{at_once}; do sleep 0.02; done; "
    after = f"until test -e {marks}/c-done; do sleep 0.02; done; "
    bad = f"{ON_MERGE}until test -e {marks}/good; do sleep 0.02; done; exit 1"
    good = f"{ON_MERGE}touch {marks}/good; test ! -e bad.txt"
    bad_on = f"until test -e {marks}/bad-on; do sleep 0.02; done; "
    tasks = [
        f"id: bad, run: '{begun}{after}echo x > bad.txt', gate: '{bad}', {WRITES}",
        f"id: good, run: '{begun}{after}{bad_on}echo x > good.txt', gate: '{good}', {WRITES}",
        f"id: c, run: '{begun}echo x > c.txt', {WRITES}",
    ]
    harness.start(parallel_plan(*tasks, before=RACE))
    harness.when(task_done("c"), lambda _: (marks / "c-done").touch())
    harness.when(merge_gate_began("bad"), lambda _: (marks / "bad-on").touch())
    harness.lead()
    assert harness.task("good").kind == "merged"
    assert gates(harness, "good")[-1] == ("merge", 0)
    assert outcomes(harness, "good") == [("succeeded", None)]
    assert outcomes(harness, "bad")[0] == ("failed", "merge_gate")


def waiting_gate(harness: RunHarness) -> tuple[str, Path]:
    """Return a gate that waits on a merge for a file, and the file."""
    go = harness.folder / "go"
    return f"{ON_MERGE}until test -e {go}; do sleep 0.02; done", go


@pytest.mark.parametrize("move", [RELEASE, HOLD, CANCEL, REASSIGN], ids=lambda move: move.name)
def test_a_person_takes_it_back(harness: RunHarness, move: object) -> None:
    """While the gate runs the attempt can be stopped: its work is kept, and nothing is merged."""
    gate, go = waiting_gate(harness)
    harness.start(overtaken_plan(harness, gate))
    to = {"to": "shell-1"} if move is REASSIGN else {}

    def take_back(ledger: Ledger) -> None:
        ledger.move(harness.run, move, ["t"], **to)  # type: ignore[arg-type]
        harness.wait_for(lambda event: event.kind == "attempt_ended" and event.task == "t")
        go.touch()

    harness.when(merge_gate_began("t"), take_back)
    harness.lead()
    assert outcomes(harness)[0] == ("cancelled", "stopped")
    assert harness.attempts("t")[0].commit_id
    ends = {RELEASE: "merged", REASSIGN: "merged", HOLD: "hold", CANCEL: "cancelled"}
    assert harness.task("t").kind == ends[move]


def test_an_abort_ends_it(harness: RunHarness) -> None:
    """The run is aborted when the gate is gone, and the branch has nothing of it."""
    gate, _ = waiting_gate(harness)
    harness.start(overtaken_plan(harness, gate))
    harness.when(merge_gate_began("t"), lambda ledger: ledger.abort(harness.run))
    assert harness.lead() == "aborted"
    assert harness.task("t").kind == "cancelled"
    assert "t.txt" not in harness.git("ls-tree", "--name-only", harness.branch)


def test_stop_now_and_resume(harness: RunHarness) -> None:
    """A stop puts the task back; the run goes on from there when it is resumed."""
    gate, go = waiting_gate(harness)
    harness.start(overtaken_plan(harness, gate))
    harness.when(merge_gate_began("t"), lambda ledger: ledger.stop(harness.run, now=True))
    assert harness.lead() == "paused"
    go.touch()
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "completed"
    assert outcomes(harness) == [("cancelled", "stopped"), ("succeeded", None)]


def test_a_pause_lets_it_end(harness: RunHarness) -> None:
    """What is open goes on in a paused run, the gate on its merge, too."""
    gate, go = waiting_gate(harness)
    harness.start(overtaken_plan(harness, gate))

    def pause(ledger: Ledger) -> None:
        ledger.stop(harness.run, now=False)
        go.touch()

    harness.when(merge_gate_began("t"), pause)
    assert harness.lead() == "completed"
    assert harness.task("t").kind == "merged"


@pytest.mark.parametrize("limit", ["timeout_secs: 1", "stall_after: 0.4"])
def test_a_gate_that_hangs(harness: RunHarness, limit: str) -> None:
    """It is stopped like any gate, and has failed: once more, uncounted."""
    harness.timing = Timing(grace=0.2)
    hung = harness.folder / "hung"
    gate = f"{ON_MERGE}test ! -e {hung} || exit 0; touch {hung}; sleep 60"
    assert harness.play(overtaken_plan(harness, gate, more=f", {limit}")) == "completed"
    assert outcomes(harness)[0] == ("failed", "merge_gate")
    assert gates(harness)[:2] == [("attempt", 0), ("merge", None)]
    assert harness.task("t").tries == 0


@pytest.mark.parametrize("point", ["gate.begun", "gate.ended", "integrate.begun"])
def test_a_scheduler_that_dies_then(harness: RunHarness, point: str) -> None:
    """Its worker has done its work: the checks are made again, from the commit, uncounted."""
    harness.start(overtaken_plan(harness, "true", more=", max_attempts: 1"))
    harness.environ["WF_FAULT"] = f"{point}:{2 if point == 'integrate.begun' else 1}:kill"
    wait_until_killed(harness.detach())
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "completed"
    assert outcomes(harness) == [("succeeded", None)]
    assert gates(harness)[-1] == ("merge", 0)
    assert not list(harness.paths.trees.iterdir())


def test_a_review_is_judged_on_the_merge(harness: RunHarness) -> None:
    """Accepted work that does not pass there goes back to its person, and no worker gets it."""
    plan = overtaken_plan(harness, ON_MERGE + "exit 3", more=", review: true")
    assert harness.play(plan.replace("id: o", "gate: 'true', id: o")) == "partial"
    task = accept_and_lead(harness)
    assert (task.kind, task.note) == ("review", "the gate on the merged tree failed: exit 3")
    assert gates(harness) == [("attempt", 0), ("merge", 3)]
