"""What the user's repository is, and what its user does with it while a run goes on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.aftermath import control_of, violations
from tests.unit.scheduler.test_scheduler import parallel, running
from wf_tui.commands import find_place
from wf_tui.errors import GitError
from wf_tui.git.control.attempt_commits import commit_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.scheduler.arena import Arena

LOCKS = ("index.lock", "HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock")


def meanwhile(arena: Arena, tmp_path: Path, act: Callable[[], object]) -> str:
    """Play two tasks, the second when the first is merged; a person acts while the second runs."""
    go = tmp_path / "go"
    wait = f"until test -e {go}; do :; done"
    arena.start(
        "goal: g\ndefaults: {max_attempts: 1}\nphases: [{name: p, tasks: ["
        "{id: a, run: 'echo a > a', mode: read_write},"
        f"{{id: b, run: '{wait}; echo b > b', mode: read_write}}]}}]\n"
    )

    def interfere(_: object) -> None:
        act()
        go.touch()

    arena.when(running("b"), interfere)
    return arena.lead()


@pytest.mark.parametrize("name", LOCKS)
def test_stale_locks_stay(arena: Arena, name: str) -> None:
    """Whoever made a lock may still be at work: a run goes on beside it and leaves it."""
    lock = arena.repo / ".git" / name
    lock.touch()
    assert arena.play(parallel('id: a, run: "echo x > x", mode: read_write')) == "completed"
    assert lock.exists()
    assert arena.merged("x") == "x"


def test_garbage_collection_meanwhile(arena: Arena, tmp_path: Path) -> None:
    """`git gc --prune=now` and a full repack of the user's take nothing from a run."""

    def tidy() -> None:
        arena.wait_for(lambda event: event.kind == "exported")
        arena.git("reflog", "expire", "--expire=now", "--all")
        arena.git("gc", "-q", "--prune=now")
        arena.git("repack", "-adq")

    assert meanwhile(arena, tmp_path, tidy) == "completed"
    assert (arena.merged("a"), arena.merged("b")) == ("a", "b")
    arena.git("fsck", "--strict")


@pytest.mark.parametrize(
    "words",
    [
        ("clone", "-q", "--depth=1", "file://{repo}", "{own}"),
        ("clone", "-q", "--shared", "{repo}", "{own}"),
        ("clone", "-q", "--no-local", "{repo}", "{own}"),
    ],
)
def test_garbage_of_other_kinds(arena: Arena, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Nor does it from a run on a shallow clone, or on one that borrows its objects."""
    lender, own = arena.repo, tmp_path / "own"
    arena.git(*(word.format(repo=lender, own=own) for word in words))
    arena.repo = own

    def tidy() -> None:
        arena.git("checkout", "-q", "--orphan", "new")
        arena.git("rm", "-rfq", ".")
        arena.git("commit", "-q", "--allow-empty", "-m", "new")
        arena.git("branch", "-D", "main")
        arena.git("update-ref", "-d", "refs/remotes/origin/main")
        arena.git("reflog", "expire", "--expire=now", "--all")
        arena.git("gc", "-q", "--prune=now")
        shutil.rmtree(lender)

    assert meanwhile(arena, tmp_path, tidy) == "completed"
    control = control_of(arena)
    assert control.git("show", f"{control.ref}:b").text == "b"
    assert control.git("show", f"{control.ref}:shared.txt").text == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "words",
    [
        ("checkout", "-q", "--detach"),
        ("sparse-checkout", "set", "--no-cone", "/none"),
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
def test_kinds_of_repositories(arena: Arena, words: tuple[str, ...]) -> None:
    """What a repository is set to, or how it is stored, makes no difference to what is merged."""
    arena.git("hash-object", "-t", "tree", "-w", "/dev/null")
    place = arena.place
    arena.git(*words)
    assert find_place(arena.repo / ".git", arena.environ).paths == place.paths
    assert arena.play(parallel('id: a, run: "cp shared.txt copy", mode: read_write')) == "completed"
    assert arena.merged("copy") == "one\ntwo\nthree"


def test_history_that_moves_meanwhile(arena: Arena, tmp_path: Path) -> None:
    """Another branch, a rebase and a base branch that is gone do not concern the run."""

    def work() -> None:
        arena.git("checkout", "-q", "-b", "mine")
        arena.git("commit", "-q", "--amend", "--no-edit", "--reset-author", "-m", "another")
        arena.git("branch", "-D", "main")

    assert meanwhile(arena, tmp_path, work) == "completed"
    assert arena.git("merge-base", arena.branch, arena.row().base) == arena.row().base


def test_the_runs_own_branch_moved_back(arena: Arena, tmp_path: Path) -> None:
    """It is told with the way back; nothing exported is taken back, and after that it goes on."""

    def rewind() -> None:
        arena.wait_for(lambda event: event.kind == "exported")
        control = control_of(arena)
        assert control.move(control.ref, control.base, control.head())

    assert meanwhile(arena, tmp_path, rewind) == "partial"
    assert "which lacks" in arena.attempts("b")[0].note
    assert arena.merged("a") == "a"
    assert arena.events("export_pending")
    assert violations(arena) == {"branch"}
    arena.act(lambda ledger: ledger.retry(arena.run, "b"))
    with pytest.raises(GitError, match="which lacks"):
        arena.lead()
    control = control_of(arena)
    assert control.move(control.ref, arena.row().head, control.base)
    assert arena.lead() == "completed"
    assert arena.merged("b") == "b"


def test_a_commit_on_the_runs_own_branch(tampered: Arena, tmp_path: Path) -> None:
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


def test_filters_that_are_not_there(arena: Arena) -> None:
    """Files of Git LFS, whose program is missing, go in and come out as they are in git."""
    arena.write("pointer.bin", "version https://git-lfs.github.com/spec/v1\n")
    arena.git("add", "-A")
    arena.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    arena.git("add", ".gitattributes")
    arena.git("commit", "-qm", "large files")
    for program in ("clean", "smudge", "process"):
        arena.git("config", f"filter.lfs.{program}", f"no-such-program {program}")
    arena.git("config", "filter.lfs.required", "true")
    plan = parallel('id: a, run: "cat pointer.bin > copy.bin", mode: read_write')
    assert arena.play(plan) == "completed"
    assert arena.merged("copy.bin") == arena.merged("pointer.bin")


def test_a_damaged_object(tampered: Arena) -> None:
    """What git cannot read of the base fails each attempt with its words; nothing hangs."""
    blob = tampered.git("rev-parse", "main:shared.txt")
    file = tampered.repo / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o600)
    file.write_bytes(b"damaged")
    assert tampered.play(parallel("id: a, run: ls", "id: b, run: ls")) == "partial"
    assert blob in tampered.attempts("a")[0].note
    assert tampered.task("b").kind == "failed"


def test_an_object_that_one_task_needs(tampered: Arena, tmp_path: Path) -> None:
    """A task whose checkpoint is damaged fails by itself; the others are merged."""
    task = f"echo kept > part; test -e {tmp_path}/again"
    fields = "mode: read_write, checkpoint: keep"
    tampered.start(
        parallel(f'id: a, run: "{task}", {fields}', 'id: b, run: "echo b > b", mode: read_write')
    )
    assert tampered.lead() == "partial"
    commit = str(tampered.attempts("a")[0].commit_id)
    (control_of(tampered).git_dir / "objects" / commit[:2] / commit[2:]).unlink()
    (tmp_path / "again").touch()
    tampered.act(lambda ledger: ledger.retry(tampered.run, "a"))
    assert tampered.lead() == "partial"
    assert commit in tampered.attempts("a")[1].note
    assert tampered.merged("b") == "b"
