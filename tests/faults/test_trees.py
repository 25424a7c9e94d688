"""Worktrees that fill up, vanish or are not wf's alone: the attempt fails, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.aftermath import control_of, violations
from tests.faults.disk import fill, small_disk
from tests.unit.scheduler.test_scheduler import parallel
from wf_tui.commands import open_ledger
from wf_tui.git.control.attempt_commits import attempt_ref
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.scheduler.arena import Arena

WORK = "head -c 300000 /dev/urandom > big"


def run_folder(arena: Arena) -> Path:
    """Return the folder of the arena's run."""
    return arena.place.paths.run(arena.run).root


def test_no_room_for_objects(tampered: Arena) -> None:
    """The attempt fails and says so, no ref moves, its work stays; with room the run goes on."""
    task = f'id: a, run: "test -e {tampered.folder}/big || {WORK}; echo x > x", mode: read_write'
    tampered.start(parallel(task))
    objects = run_folder(tampered) / "control.git" / "objects"
    with small_disk(objects, 2000):
        ballast = fill(objects)
        assert tampered.lead() == "partial"
        (attempt,) = tampered.attempts("a")
        assert "No space left on device" in attempt.note
        assert (
            tampered.git("rev-parse", tampered.branch) == tampered.row().head == tampered.row().base
        )
        assert (run_folder(tampered) / "trees" / "1" / "big").stat().st_size == 300_000
        ballast.unlink()
        tampered.act(lambda ledger: ledger.retry(tampered.run, "a"))
        assert tampered.lead() == "completed"
        assert tampered.merged("x") == "x"
        assert violations(tampered) == set()


def test_no_room_for_a_worktree(arena: Arena) -> None:
    """A worktree that cannot be filled is a failed attempt with its reason; later it can."""
    arena.start(parallel('id: a, run: "echo x > x", mode: read_write'))
    trees = run_folder(arena) / "trees"
    trees.mkdir()
    with small_disk(trees, 64):
        ballast = fill(trees)
        assert arena.lead() == "partial"
        assert "No space left on device" in arena.attempts("a")[0].note
        ballast.unlink()
        arena.act(lambda ledger: ledger.retry(arena.run, "a"))
        assert arena.lead() == "completed"


def test_no_room_for_the_program(arena: Arena) -> None:
    """A program without room fails as it says itself; what it could write is kept."""
    command = "echo part > part; cat /dev/zero > big"
    arena.start(parallel(f'id: a, run: "{command}", mode: read_write'))
    trees = run_folder(arena) / "trees"
    trees.mkdir()
    with small_disk(trees, 512):
        assert arena.lead() == "partial"
        (attempt,) = arena.attempts("a")
        assert (attempt.outcome, attempt.exit_code) == ("failed", 1)
        control = run_folder(arena) / "control.git"
        assert arena.git(f"--git-dir={control}", "show", f"{attempt.ref}:part") == "part"


def test_no_room_in_the_users_repository(arena: Arena) -> None:
    """The work is merged, its export waits with the reason, and is caught up with."""
    arena.start(parallel(f'id: a, run: "{WORK}", mode: read_write'))
    objects = arena.repo / ".git" / "objects"
    with small_disk(objects, 200):
        assert arena.lead() == "completed"
        (pending, *_) = arena.events("export_pending")
        assert "unable to write" in str(pending.data) or "No space" in str(pending.data)
        assert arena.git("for-each-ref", "refs/heads/wf") == ""


def test_a_ref_that_cannot_be_made(arena: Arena) -> None:
    """What has no ref is not saved: nobody else gets its worktree, and it is not removed."""
    arena.start(
        "goal: g\ndefaults: {max_attempts: 1}\nphases: [{name: p, tasks: ["
        "{id: a, run: 'echo work > work', mode: read_write},"
        "{id: b, run: 'echo b > b', mode: read_write}]}]\n"
    )
    control = str(run_folder(arena) / "control.git")
    ref = attempt_ref("a", 1).rpartition("/")[0]
    arena.git(f"--git-dir={control}", "update-ref", ref, arena.row().base)
    assert arena.lead() == "partial"
    assert "cannot lock ref" in arena.attempts("a")[0].note
    assert arena.merged("b") == "b"
    assert (run_folder(arena) / "trees" / "1" / "work").read_text() == "work\n"


def test_a_worktree_removed_under_its_program(arena: Arena, tmp_path: Path) -> None:
    """Its attempt fails and says why, nothing hangs, and the next one has a worktree again."""
    command = f"test -e {tmp_path}/again || {{ touch {tmp_path}/again; rm -rf $PWD; }}; echo x > x"
    arena.play(parallel(f'id: a, run: "{command}; true", mode: read_write, max_attempts: 2'))
    first, second = arena.attempts("a")
    assert (first.outcome, first.note) == ("failed", "the worktree is gone")
    assert second.outcome == "succeeded"
    assert arena.merged("x") == "x"


def test_a_worktree_replaced_by_a_link(arena: Arena, tmp_path: Path) -> None:
    """What a link points to is neither harvested, reset nor removed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    swap = f"tree=$PWD; cd /; rm -rf $tree; ln -s {outside} $tree"
    again = f"test -e {tmp_path}/again || {{ touch {tmp_path}/again; {swap}; exit; }}; echo x > x"
    arena.play(parallel(f'id: a, run: "{again}", mode: read_write, max_attempts: 2'))
    first, second = arena.attempts("a")
    assert (first.note, second.outcome) == ("the worktree is gone", "succeeded")
    assert [file.name for file in outside.iterdir()] == ["mine"]
    assert arena.git("diff", "--name-only", "main", arena.branch) == "x"


@pytest.mark.parametrize(
    ("ruin", "state"),
    [
        ("index/1", "completed"),
        ("gits", "completed"),
        ("trash", "completed"),
        ("attempts", "completed"),
        ("trees", "partial"),
        ("control.git/HEAD", "partial"),
        ("control.git/refs/heads", "partial"),
        ("control.git/objects", "partial"),
        ("control.git", "partial"),
    ],
)
def test_a_ruined_run(tampered: Arena, ruin: str, state: str) -> None:
    """Whatever a program removes of the run's folder, the run ends, and signs off in order."""
    command = f"echo x > x; run=$(dirname $(dirname $PWD)); rm -rf $run/{ruin}; cd /"
    before = tampered.git("for-each-ref", "refs/heads/main")
    assert tampered.play(parallel(f'id: a, run: "{command}", mode: read_write')) == state
    assert tampered.attempts("a")[0].outcome in {"succeeded", "failed"}
    with open_ledger(tampered.place) as ledger:
        assert reads.leader(ledger.db, tampered.run) is None
    assert tampered.git("for-each-ref", "refs/heads/main") == before


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("command", ["update-index", "write-tree", "commit-tree", "update-ref"])
def test_a_disk_that_does_not_keep_its_word(
    arena: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Objects or refs that the disk does not take for certain are a failure, not a merge."""
    arena.start(parallel('id: a, run: "mkdir d; echo x > d/x", mode: read_write'))
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{failing_git(tmp_path, command)}:{os.environ['PATH']}")
        assert arena.lead() == "partial"
    assert re.search("Input/output error|couldn't write", arena.attempts("a")[0].note)
    assert control_of(arena).head() == arena.row().head == arena.row().base
    assert (run_folder(arena) / "trees" / "1" / "d" / "x").exists()
    arena.act(lambda ledger: ledger.retry(arena.run, "a"))
    assert arena.lead() == "completed"
    assert arena.merged("d/x") == "x"


def failing_git(folder: Path, command: str) -> Path:
    """Return a folder with a git of which one command is told that its `fsync` has failed."""
    git = shutil.which("git")
    faults = "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO"
    wrapper = folder / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" {command} "*) exec {faults} {git} "$@";; esac\n'
        f'exec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    return wrapper.parent
