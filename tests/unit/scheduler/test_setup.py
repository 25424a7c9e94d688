"""How a worktree is set up: commands around the work, files of the user, ports."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import conflicting_plan, parallel_plan
from tests.support.run_harness import accept_and_lead, attempt_started, kept_tree
from tests.support.schedulers import kill_scheduler
from wf_tui.config import Timing
from wf_tui.errors import UsageError
from wf_tui.ledger.rules.moves import CANCEL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

WRITES = "mode: read_write"


def test_setup_and_teardown(harness: RunHarness, tmp_path: Path) -> None:
    """Both run in the attempt's tree with its environment, before and after its program."""
    say = f"echo $WF_TASK $(ls shared.txt made.log 2>&1 | tail -1) {{}} >> {tmp_path}/said"
    setup, teardown = say.format("up") + "; touch made.log", say.format("down")
    plan = parallel_plan(
        f"id: t, run: 'test -e made.log; echo x > new.txt', {WRITES}",
        before=f"setup: '{setup}'\nteardown: '{teardown}'",
    )
    assert harness.play(plan) == "completed"
    lines = (tmp_path / "said").read_text().splitlines()
    assert [(line.split()[0], line.split()[-1]) for line in lines] == [("t", "up"), ("t", "down")]
    assert harness.git("ls-tree", "--name-only", harness.branch).split() == [
        ".gitignore",
        "new.txt",
        "shared.txt",
    ]
    (folder,) = (harness.project.paths.run(harness.run).root / "attempts").iterdir()
    assert {"setup.jsonl", "teardown.jsonl"} <= {file.name for file in folder.iterdir()}


def test_setup_that_fails(harness: RunHarness) -> None:
    """It is a failure of the attempt that counts, with the last of its output; nothing has run."""
    plan = parallel_plan(
        f"id: t, run: 'echo x > new.txt', {WRITES}", before="setup: 'echo no npm here; exit 4'"
    )
    assert harness.play(plan) == "partial"
    task, (attempt,) = harness.task("t"), harness.attempts("t")
    assert (task.kind, task.note) == ("failed", "the setup failed: exit 4: no npm here")
    assert (task.tries, task.detail["tail"], attempt.cause) == (1, "no npm here", "setup")
    assert attempt.commit_id is None
    assert not list(harness.project.paths.run(harness.run).trees.iterdir())


def test_setup_that_hangs(harness: RunHarness) -> None:
    """It has a time limit of its own; the deadline of the start is not it."""
    harness.timing = Timing(grace=0.1, setup_deadline=1.0, start_deadline=0.2)
    assert (
        harness.play(parallel_plan(f"id: t, run: 'true', {WRITES}", before="setup: sleep 60"))
        == "partial"
    )
    assert harness.task("t").note == "the setup failed: over its time limit of 1 s"


def test_teardown_that_fails(harness: RunHarness) -> None:
    """The work counts all the same; it is noted."""
    plan = parallel_plan(f"id: t, run: 'echo x > new.txt', {WRITES}", before="teardown: exit 3")
    assert harness.play(plan) == "completed"
    notes = [event.data["text"] for event in harness.events("task_progress")]
    assert notes == ["the teardown failed: exit 3"]


@pytest.mark.parametrize("work", ["exit 1", "sleep 60"])
def test_teardown_comes_always(harness: RunHarness, tmp_path: Path, work: str) -> None:
    """Also after a program that failed, or was stopped by a person."""
    down = tmp_path / "down"
    plan = parallel_plan(f"id: t, run: '{work}', {WRITES}", before=f"teardown: touch {down}")
    harness.start(plan)
    harness.when(attempt_started("t"), lambda ledger: ledger.move(harness.run, CANCEL, ["t"]))
    harness.lead()
    assert down.exists()


def test_teardown_after_a_fault_of_the_machine(harness: RunHarness, tmp_path: Path) -> None:
    """Also where the work could not be harvested."""
    harness.environ["WF_FAULT"] = "harvest.commit:1:error"
    down = tmp_path / "down"
    plan = parallel_plan(
        f"id: t, run: 'echo x > new.txt', {WRITES}", before=f"teardown: touch {down}"
    )
    assert harness.play(plan) == "partial"
    assert down.exists()


def test_a_stopped_setup(harness: RunHarness, tmp_path: Path) -> None:
    """A person who cancels need not wait for it; what it began is torn down."""
    up, down = tmp_path / "up", tmp_path / "down"
    before = f"setup: 'touch {up}; sleep 60'\nteardown: touch {down}"
    harness.start(parallel_plan(f"id: t, run: 'true', {WRITES}", before=before))
    harness.when(
        lambda event: event.kind == "task_step" and event.data["step"] == "preparing",
        lambda ledger: ledger.move(harness.run, CANCEL, ["t"]),
    )
    assert harness.lead() == "partial"
    assert [attempt.outcome for attempt in harness.attempts("t")] == ["cancelled"]


def test_readers_share_one_tree(harness: RunHarness) -> None:
    """A tree that several work in has the files, but no command of one of them runs there."""
    harness.write("deps.log", "1\n")
    before = "setup: 'exit 9'\nlink: [deps.log]"
    assert harness.play(parallel_plan("id: t, run: cat deps.log", before=before)) == "completed"
    assert harness.task("t").result == "1"


def test_files_of_the_checkout(harness: RunHarness) -> None:
    """They are there in each attempt, whatever it has done to them, and never merged."""
    harness.write("own.log", "mine\n")
    harness.write("shared.env", "KEY=1\n")
    work = "grep -q KEY=1 shared.env; echo x > new.txt; echo worse > shared.env; cat own.log"
    plan = parallel_plan(
        *(f"id: {name}, run: '{work}', file_scope: [new.txt], {WRITES}" for name in "ab"),
        before="link: [own.log]\ncopy: [shared.env]",
    )
    assert harness.play(plan, jobs=1) == "completed"
    assert "shared.env" not in harness.git("ls-tree", "--name-only", harness.branch)
    assert (harness.repo / "shared.env").read_text() == "KEY=1\n"
    assert harness.task("b").result == "mine"


@pytest.mark.parametrize("key", ["link", "copy"])
def test_files_that_are_missing(harness: RunHarness, key: str) -> None:
    """What is missing is said before a run begins, and leaves nothing behind."""
    with pytest.raises(UsageError, match=rf"{key}: \.venv is not in the checkout"):
        harness.start(parallel_plan("id: t, run: 'true'", before=f"{key}: [.venv]"))
    assert not harness.project.paths.run(harness.run).root.exists()


def test_files_that_vanish(harness: RunHarness) -> None:
    """A file that has gone since fails the attempt, by name."""
    harness.write("own.log", "mine\n")
    harness.start(parallel_plan(f"id: t, run: 'true', {WRITES}", before="copy: [own.log]"))
    (harness.repo / "own.log").unlink()
    harness.lead()
    task = harness.task("t")
    assert task.note == "its worktree cannot be set up: own.log is not in the checkout"
    assert (task.tries, harness.attempts("t")[0].cause) == (1, "setup")


def test_files_for_a_person(harness: RunHarness) -> None:
    """The tree in which a person resolves a conflict has the files, too; they are not accepted."""
    harness.write("deps.log", "1\n")
    before = "scopes: race\nlink: [deps.log]\ncopy: [.env]"
    harness.write(".env", "KEY=1\n")
    harness.play(conflicting_plan(harness).replace("scopes: race", before))
    tree = kept_tree(harness)
    assert ((tree / ".env").read_text(), (tree / "deps.log").read_text()) == ("KEY=1\n", "1\n")
    (tree / "shared.txt").write_text("both\n")
    assert accept_and_lead(harness).kind == "merged"
    assert ".env" not in harness.git("ls-tree", "--name-only", harness.branch).split()


def test_setup_before_the_gate_of_a_person(harness: RunHarness, tmp_path: Path) -> None:
    """What a person accepts is checked in a tree that is set up, and that is torn down again."""
    before = f"setup: touch made.log\nteardown: touch {tmp_path}/down"
    work = "mkdir src; echo x > other.txt; rm made.log"
    fields = f"file_scope: [src], gate: 'test -e made.log', {WRITES}"
    harness.play(parallel_plan(f"id: t, run: '{work}', {fields}", before=before))
    (tmp_path / "down").unlink()
    assert accept_and_lead(harness).kind == "merged"
    assert (tmp_path / "down").exists()


def test_killed_in_the_setup(harness: RunHarness, tmp_path: Path) -> None:
    """A scheduler killed in it leaves an attempt that is lost, and the next one starts anew."""
    pipe, flag = tmp_path / "pipe", tmp_path / "once"
    os.mkfifo(pipe)
    once = f"test -e {flag} || {{ touch {flag}; echo up > {pipe}; sleep 60; }}"
    fields = f"id: t, run: 'echo x > new.txt', max_attempts: 2, {WRITES}"
    harness.start(parallel_plan(fields, before=f"setup: '{once}'"))
    pid = harness.detach()
    assert pipe.read_text() == "up\n"
    kill_scheduler(harness, pid)
    assert harness.lead() == "completed"
    assert [attempt.outcome for attempt in harness.attempts("t")] == ["lost", "succeeded"]


def test_ports(harness: RunHarness, tmp_path: Path) -> None:
    """Attempts side by side have ranges of their own, which come back when they end."""
    meet = "touch {0}/{1}; until test -e {0}/{2}; do sleep 0.02; done; echo $WF_PORT_BASE"
    plan = parallel_plan(
        f'id: a, run: "{meet.format(tmp_path, "a", "b")}"',
        f'id: b, run: "{meet.format(tmp_path, "b", "a")}"',
    )
    assert harness.play(plan) == "completed"
    first, second = (int(str(harness.task(name).result)) for name in "ab")
    assert abs(first - second) >= 20
    assert min(first, second) >= 20_000


def test_a_folder_that_is_not_there(harness: RunHarness) -> None:
    """A plan for a part of the files that the commit does not have is refused before the run."""
    with pytest.raises(UsageError, match="sparse: sorce is not in the commit"):
        harness.start(f"sparse: [sorce]\n{parallel_plan('id: a, run: ls')}")
    assert not harness.project.paths.run(harness.run).root.exists()


@pytest.mark.parametrize("place", ["run", "gate", "setup"])
def test_every_command_ends_at_its_first_failing_line(harness: RunHarness, place: str) -> None:
    """None of several lines passes because its last line does, nor by the line ends of Windows."""
    lines = '"echo x > x.txt\\r\\nno-such-tool\\r\\ntrue"'
    fields = {"run": "'true'", place: lines}
    setup = f"setup: {fields.pop('setup')}" if place == "setup" else ""
    work = ", ".join(f"{name}: {value}" for name, value in fields.items())
    assert harness.play(parallel_plan(f"id: t, {work}, {WRITES}", before=setup)) == "partial"
    assert "command not found: no-such-tool" in harness.task("t").note
