"""What the user's repository is, and what its user does with it while a run goes on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import overtaken_plan, parallel_plan
from tests.support.post_mortem import control_of, violations
from tests.support.run_harness import attempt_started
from wf_tui.errors import GitError
from wf_tui.git.control.attempt_commits import commit_tree
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger

LOCKS = ("index.lock", "HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock")


def meanwhile(harness: RunHarness, tmp_path: Path, act: Callable[[], object]) -> str:
    """Play two tasks, the second when the first is merged; a person acts while the second runs."""
    go = tmp_path / "go"
    wait = f"until test -e {go}; do :; done"
    harness.start(
        "goal: g\ndefaults: {max_attempts: 1}\nphases: [{name: p, tasks: ["
        "{id: a, run: 'echo a > a', mode: read_write},"
        f"{{id: b, run: '{wait}; echo b > b', mode: read_write}}]}}]\n"
    )

    def interfere(_: object) -> None:
        act()
        go.touch()

    harness.when(attempt_started("b"), interfere)
    return harness.lead()


@pytest.mark.parametrize("name", LOCKS)
def test_stale_locks_stay(harness: RunHarness, name: str) -> None:
    """Whoever made a lock may still be at work: a run goes on beside it and leaves it."""
    lock = harness.repo / ".git" / name
    lock.touch()
    assert harness.play(parallel_plan('id: a, run: "echo x > x", mode: read_write')) == "completed"
    assert lock.exists()
    assert harness.merged("x") == "x"


def test_garbage_collection_meanwhile(harness: RunHarness, tmp_path: Path) -> None:
    """`git gc --prune=now` and a full repack of the user's take nothing from a run."""

    def tidy() -> None:
        harness.wait_for(lambda event: event.kind == "exported")
        harness.git("reflog", "expire", "--expire=now", "--all")
        harness.git("gc", "-q", "--prune=now")
        harness.git("repack", "-adq")

    assert meanwhile(harness, tmp_path, tidy) == "completed"
    assert (harness.merged("a"), harness.merged("b")) == ("a", "b")
    harness.git("fsck", "--strict")


@pytest.mark.parametrize(
    "words",
    [
        ("clone", "-q", "--depth=1", "file://{repo}", "{own}"),
        ("clone", "-q", "--shared", "{repo}", "{own}"),
        ("clone", "-q", "--no-local", "{repo}", "{own}"),
    ],
)
def test_garbage_of_other_kinds(
    harness: RunHarness, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Nor does it from a run on a shallow clone, or on one that borrows its objects."""
    lender, own = harness.repo, tmp_path / "own"
    harness.git(*(word.format(repo=lender, own=own) for word in words))
    harness.repo = own

    def tidy() -> None:
        harness.git("checkout", "-q", "--orphan", "new")
        harness.git("rm", "-rfq", ".")
        harness.git("commit", "-q", "--allow-empty", "-m", "new")
        harness.git("branch", "-D", "main")
        harness.git("update-ref", "-d", "refs/remotes/origin/main")
        harness.git("reflog", "expire", "--expire=now", "--all")
        harness.git("gc", "-q", "--prune=now")
        shutil.rmtree(lender)

    assert meanwhile(harness, tmp_path, tidy) == "completed"
    control = control_of(harness)
    assert control.git("show", f"{control.ref}:b").text == "b"
    assert control.git("show", f"{control.ref}:shared.txt").text == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "words",
    [
        ("checkout", "-q", "--detach"),
        ("sparse-checkout", "set", "--no-cone", "/shared.txt"),
        ("config", "core.worktree", "/nowhere"),
        ("config", "core.bare", "true"),
        ("config", "core.autocrlf", "true"),
        ("config", "core.sharedRepository", "group"),
        ("config", "gc.auto", "1"),
        ("pack-refs", "--all", "--prune"),
        ("repack", "-adq", "--write-bitmap-index"),
        ("commit-graph", "write", "--reachable"),
        ("replace", "HEAD^{tree}", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "-f"),
    ],
)
def test_kinds_of_repositories(harness: RunHarness, words: tuple[str, ...]) -> None:
    """What a repository is set to, or how it is stored, makes no difference to what is merged."""
    harness.git("hash-object", "-t", "tree", "-w", "/dev/null")
    project = harness.project
    harness.git(*words)
    assert find_project(harness.repo / ".git", harness.environ).paths == project.paths
    assert (
        harness.play(parallel_plan('id: a, run: "cp shared.txt copy", mode: read_write'))
        == "completed"
    )
    assert harness.merged("copy") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("sparse: [docs]", "docs"),
        ("sparse: true", "src"),
        ("sparse: false", "docs other src"),
        ("", "other"),
    ],
)
def test_a_part_of_the_files(harness: RunHarness, line: str, there: str) -> None:
    """Worktrees have the folders that the plan names, else what the checkout of the user has."""
    for name in ("docs", "other", "src"):
        (harness.repo / name).mkdir()
        harness.write(f"{name}/f", name)
    harness.git("add", "-A")
    harness.git("commit", "-qm", "folders")
    harness.git("sparse-checkout", "set", "other")
    fields = "mode: read_write, file_scope: [src/f, new]"
    command = "mkdir -p src; ls > src/f; sort src/f | paste -sd\\  - > new"
    plan = parallel_plan(f"id: a, run: '{command}', {fields}")
    assert harness.play(f"{line}\n{plan}") == "completed"
    seen = harness.merged("new").split()
    assert [name for name in ("docs", "other", "src") if name in seen] == sorted(
        {*there.split(), "src"}
    )
    changed = harness.git("diff", "--name-status", "main", harness.branch)
    assert changed == "A\tnew\nM\tsrc/f"


def test_history_that_moves_meanwhile(harness: RunHarness, tmp_path: Path) -> None:
    """Another branch, a rebase and a base branch that is gone do not concern the run."""

    def work() -> None:
        harness.git("checkout", "-q", "-b", "mine")
        harness.git("commit", "-q", "--amend", "--no-edit", "--reset-author", "-m", "another")
        harness.git("branch", "-D", "main")

    assert meanwhile(harness, tmp_path, work) == "completed"
    assert harness.git("merge-base", harness.branch, harness.row().base) == harness.row().base


def test_the_runs_own_branch_moved_back(harness: RunHarness, tmp_path: Path) -> None:
    """It is told with the way back; nothing exported is taken back, and after that it goes on."""

    def rewind() -> None:
        harness.wait_for(lambda event: event.kind == "exported")
        control = control_of(harness)
        assert control.move(control.ref, control.base, control.head())

    assert meanwhile(harness, tmp_path, rewind) == "partial"
    assert "which lacks" in harness.attempts("b")[0].note
    assert harness.merged("a") == "a"
    assert harness.events("export_pending")
    assert violations(harness) == {"branch"}
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["b"]))
    with pytest.raises(GitError, match="which lacks"):
        harness.lead()
    control = control_of(harness)
    assert control.move(control.ref, harness.row().head, control.base)
    assert harness.lead() == "completed"
    assert harness.merged("b") == "b"


def test_a_commit_on_the_runs_own_branch(tampered: RunHarness, tmp_path: Path) -> None:
    """What somebody adds to the run's branch is merged with, not written over; `verify` tells."""

    def add() -> None:
        control = control_of(tampered)
        head = control.head()
        new = commit_tree(control, control.tree_of(head), [head], b"by hand", when=1)
        assert control.move(control.ref, new, head)

    assert meanwhile(tampered, tmp_path, add) == "completed"
    assert "by hand" in tampered.git("log", "--format=%s", tampered.branch)
    assert (tampered.merged("a"), tampered.merged("b")) == ("a", "b")
    assert violations(tampered) == {"branch", "chain"}


def test_a_branch_that_moves_under_a_gate(tampered: RunHarness) -> None:
    """Somebody's commit on the run's branch means another merge, and another gate on that."""
    go = tampered.folder / "go"
    gate = f'[ "$WF_GATE" != merge ] || until test -e {go}; do sleep 0.02; done'
    tampered.start(overtaken_plan(tampered, gate))

    def add(_: Ledger) -> None:
        control = control_of(tampered)
        head = control.head()
        new = commit_tree(control, control.tree_of(head), [head], b"by hand", when=1)
        assert control.move(control.ref, new, head)
        go.touch()

    tampered.when(lambda event: event.data.get("on") == "merge", add)
    assert tampered.lead() == "completed"
    asked = [e.data["head"] for e in tampered.events("gate_ended") if e.data["on"] == "merge"]
    assert len(asked) == len(set(asked)) == 2
    assert violations(tampered) == {"branch", "chain"}


def test_filters_that_are_not_there(harness: RunHarness) -> None:
    """Pointers of Git LFS without their content or its program come out and go in as they are."""
    version = "version https://git-lfs.github.com/spec/v1"
    harness.write("pointer.bin", f"{version}\noid sha256:{'a' * 64}\nsize 3\n")
    harness.git("add", "-A")
    harness.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    harness.git("add", ".gitattributes")
    harness.git("commit", "-qm", "large files")
    for program in ("clean", "smudge", "process"):
        harness.git("config", f"filter.lfs.{program}", f"no-such-program {program}")
    harness.git("config", "filter.lfs.required", "true")
    plan = parallel_plan('id: a, run: "cat pointer.bin > copy.bin", mode: read_write')
    assert harness.play(plan) == "completed"
    assert harness.merged("copy.bin") == harness.merged("pointer.bin")


def test_a_damaged_object(tampered: RunHarness) -> None:
    """What git cannot read of the base fails each attempt with its words; nothing hangs."""
    blob = tampered.git("rev-parse", "main:shared.txt")
    file = tampered.repo / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o600)
    file.write_bytes(b"damaged")
    assert tampered.play(parallel_plan("id: a, run: ls", "id: b, run: ls")) == "partial"
    assert blob in tampered.attempts("a")[0].note
    assert tampered.task("b").kind == "failed"


def test_an_object_that_one_task_needs(tampered: RunHarness, tmp_path: Path) -> None:
    """A task whose checkpoint is damaged fails by itself; the others are merged."""
    task = f"echo kept > part; test -e {tmp_path}/again"
    fields = "mode: read_write, checkpoint: keep"
    tampered.start(
        parallel_plan(
            f'id: a, run: "{task}", {fields}', 'id: b, run: "echo b > b", mode: read_write'
        )
    )
    assert tampered.lead() == "partial"
    commit = str(tampered.attempts("a")[0].commit_id)
    (control_of(tampered).git_dir / "objects" / commit[:2] / commit[2:]).unlink()
    (tmp_path / "again").touch()
    tampered.act(lambda ledger: ledger.move(tampered.run, RETRY, ["a"]))
    assert tampered.lead() == "partial"
    assert commit in tampered.attempts("a")[1].note
    assert tampered.merged("b") == "b"
