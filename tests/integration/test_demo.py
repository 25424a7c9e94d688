"""`wf demo` as a user runs it: one process, and what it leaves."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from wf_tui.cli.demo import demo
from wf_tui.demo import person
from wf_tui.ledger.model.rows import AttemptRow, EventRow, RunRow, TaskRow
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Shown:
    """A demo that is over."""

    folder: Path
    status: int
    out: str
    err: str
    run: RunRow
    phases: int
    tasks: dict[str, TaskRow]
    attempts: list[AttemptRow]
    events: list[EventRow]

    @property
    def repository(self) -> Path:
        """The sample project."""
        return self.folder / "till"

    @property
    def branch(self) -> str:
        """The integration branch."""
        return f"wf/{self.run.id}"

    def git(self, *arguments: str) -> str:
        """Run git in the sample project."""
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=self.repository, check=True, capture_output=True)
        return done.stdout.decode()

    def of(self, task: str) -> list[AttemptRow]:
        """Return the attempts of a task."""
        return [attempt for attempt in self.attempts if attempt.task == task]

    def kinds(self, task: str) -> list[str]:
        """Return the kinds of the events of a task."""
        return [event.kind for event in self.events if event.task == task]

    def event(self, task: str, kind: str) -> EventRow:
        """Return the one event of this kind of a task."""
        (found,) = [event for event in self.events if event.task == task and event.kind == kind]
        return found


def _run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run wf on a machine where nobody has configured anything."""
    command = [sys.executable, "-m", "wf_tui", *arguments]
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "WF_STATE_DIR": str(home / "state")}
    return subprocess.run(
        command, env=env, cwd=home, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(name="shown", scope="session")
def _shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    home = tmp_path_factory.mktemp("home")
    done = _run("demo", "--headless", "--dir", "a demo", home=home)
    (ledger,) = (home / "state").glob("*/ledger.db")
    with closing(SqliteDatabase(ledger)) as db:
        run = reads.find_run(db, None)
        return Shown(
            folder=home / "a demo",
            status=done.returncode,
            out=done.stdout,
            err=done.stderr,
            run=run,
            phases=len(reads.phases(db, run.id)),
            tasks={task.id: task for task in reads.tasks(db, run.id)},
            attempts=reads.attempts(db, run.id),
            events=list(reads.events(db, run.id)),
        )


def test_it_ends_well(shown: Shown) -> None:
    """Exit status 0, and nothing to complain about."""
    assert (shown.status, shown.err) == (0, "")


def test_everything_is_done(shown: Shown) -> None:
    """16 tasks in 5 phases, all merged or answered."""
    assert (shown.run.state, shown.phases, len(shown.tasks)) == ("completed", 5, 16)
    assert {task.kind for task in shown.tasks.values()} == {"merged", "answered"}


def test_tasks_ran_side_by_side(shown: Shown) -> None:
    """At least two attempts of the build overlapped in time, and never more than jobs."""
    spans = [(a.started_at, a.ended_at or 0.0) for a in shown.attempts]
    assert any(a[0] < b[1] and b[0] < a[1] for a, b in combinations(spans, 2))
    for begin, _ in spans:
        assert sum(a <= begin < b for a, b in spans) <= shown.run.jobs


def test_a_task_failed_once_and_was_retried(shown: Shown) -> None:
    """By itself, after its back-off."""
    assert [a.outcome for a in shown.of("fetch-rates")] == ["failed", "succeeded"]
    assert "task_retried" not in shown.kinds("fetch-rates")


def test_a_conflict_was_solved_by_the_second_attempt(shown: Shown) -> None:
    """One of two that wrote the same line started again on the merge of the other."""
    (conflict,) = [event for event in shown.events if event.kind == "conflict_found"]
    assert conflict.task in {"menu-coupon", "menu-refund"}
    assert conflict.data["paths"] == ["till/menu.py"]
    first, second = shown.of(conflict.task)
    assert first.base != second.base
    assert shown.tasks[conflict.task].kind == "merged"
    menu = shown.git("show", f"{shown.branch}:till/menu.py")
    assert menu.count('"coupon"') == menu.count('"refund"') == 1


def test_a_person_resolved_a_block(shown: Shown) -> None:
    """A task used up its one attempt; somebody provided what it lacked and retried it."""
    blocked, retried = (
        shown.event("licence", "task_blocked"),
        shown.event("licence", "task_retried"),
    )
    assert blocked.data["kind"] == "failed"
    assert blocked.seq < retried.seq < shown.event("licence", "task_done").seq
    assert retried.actor.startswith("user:")


def test_what_waited_for_the_blocked_task_went_on(shown: Shown) -> None:
    """The task that needs its result was blocked with it, and free again with it."""
    assert shown.event("changelog", "task_blocked").data["kind"] == "dependency"
    assert "task_unblocked" in shown.kinds("changelog")


def test_results_were_handed_over(shown: Shown) -> None:
    """The change log quotes what the reading tasks answered."""
    log = shown.git("show", f"{shown.branch}:CHANGELOG.md")
    assert "10 tests before, 16 tests now" in log
    answer = shown.tasks["try-it"].result
    assert answer is not None
    assert all(f"    {line}" in log for line in answer.splitlines())


def test_all_work_is_on_the_branch(shown: Shown) -> None:
    """The user's repository has it, as the ledger says, in one commit or more for each task."""
    head = shown.git("rev-parse", shown.branch).strip()
    assert head == shown.run.head == shown.run.exported
    names = set(shown.git("ls-tree", "-r", "--name-only", shown.branch).split())
    assert names >= {"till/tax.py", "till/discount.py", "till/rates.json", "docs/usage.txt"}
    merged = {task.id for task in shown.tasks.values() if task.kind == "merged"}
    log = shown.git("log", "--format=%(trailers:key=Wf-Task,valueonly)", shown.branch)
    assert set(log.split()) == merged


def test_the_tests_of_the_sample_pass_on_the_branch(shown: Shown, tmp_path: Path) -> None:
    """In a clean checkout of it."""
    checkout = tmp_path / "checkout"
    words = ["git", "clone", "-q", "-b", shown.branch, str(shown.repository), str(checkout)]
    subprocess.run(words, check=True, capture_output=True)
    tests = [sys.executable, "-m", "unittest"]
    done = subprocess.run(tests, cwd=checkout, capture_output=True, text=True, check=False)
    assert "Ran 16 tests" in done.stderr
    assert done.returncode == 0


def test_nothing_is_left_behind(shown: Shown) -> None:
    """No worktree, and no process of any attempt."""
    (trees,) = (shown.folder.parent / "state").glob(f"*/runs/{shown.run.id}/trees")
    assert list(trees.iterdir()) == []
    mark = f"WF_ATTEMPT={shown.run.id}/".encode()
    assert not [pid for pid, env in _environments() if mark in env]


def _environments() -> list[tuple[str, bytes]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found.append((path.parent.name, path.read_bytes()))
        except OSError:  # it ended, or is another user's
            continue
    return found


def test_the_checkout_is_untouched(shown: Shown) -> None:
    """Every file is as the sample has it; the only new thing is the branch."""
    sample = Path(str(resources.files("wf_tui.demo"))) / "sample"
    wanted = {
        str(path.relative_to(sample)).removesuffix(".txt"): path.read_bytes()
        for path in sample.rglob("*.txt")
    }
    root = shown.repository
    there = {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }
    assert there == wanted
    assert shown.git("status", "--porcelain") == ""
    assert shown.git("branch", "--format=%(refname:short)").split() == ["main", shown.branch]
    assert len(shown.git("worktree", "list").splitlines()) == 1


def test_it_tells_what_was_shown_and_where_to_look(shown: Shown) -> None:
    """A line for each thing, and commands that work as they stand."""
    end = shown.out.partition("What you saw")[2]
    for word in ("dependencies", "side by side", "retry", "conflict", "by hand"):
        assert f"\n  {word} " in end
    assert f"all work merged into {shown.branch}" in shown.out
    assert shown.out.count("\n") < len(shown.events) + 25


def test_the_commands_at_the_end_work(shown: Shown) -> None:
    """As they stand, in one shell."""
    commands = [line[2:] for line in shown.out.partition("Look around\n")[2].splitlines()]
    env = {"PATH": os.environ["PATH"], "WF_STATE_DIR": str(shown.folder.parent / "state")}
    script = " &&\n".join(commands)
    done = subprocess.run(
        ["/bin/sh", "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Put coupons on the menu" in done.stdout


def test_a_folder_in_use_is_refused_in_one_line(shown: Shown) -> None:
    """The demo of before stays as it is."""
    again = _run("demo", "--dir", str(shown.folder), home=shown.folder.parent)
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert "Traceback" not in again.stderr
    assert again.stdout == ""


def test_a_demo_that_nobody_helps_ends_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for a person for half an hour."""
    monkeypatch.setenv("WF_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(person, "HELPED", "no such task")
    done = CliRunner().invoke(demo, ["--dir", str(tmp_path / "demo")], standalone_mode=False)
    assert done.return_value == 1
    assert "14 of 16 tasks done" in done.output
    assert "paused" in done.output
