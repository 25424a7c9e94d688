"""Worktrees that fill up, vanish or are not wf's alone: the attempt fails, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.disk import fill, small_disk
from tests.support.plans import parallel_plan
from tests.support.post_mortem import control_of, violations
from wf_tui.git.refs import attempt_ref
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

WORK = "head -c 300000 /dev/urandom > big"


def run_folder(harness: RunHarness) -> Path:
    """Return the folder of the harness's run."""
    return harness.project.paths.run(harness.run).root


def test_no_room_for_objects(tampered: RunHarness) -> None:
    """The attempt fails and says so, no ref moves, its work stays; with room the run goes on."""
    task = f'id: a, run: "test -e {tampered.folder}/big || {WORK}; echo x > x", mode: read_write'
    tampered.start(parallel_plan(task))
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
        tampered.act(lambda ledger: ledger.move(tampered.run, RETRY, ["a"]))
        assert tampered.lead() == "completed"
        assert tampered.merged("x") == "x"
        assert violations(tampered) == set()


def test_no_room_for_a_worktree(harness: RunHarness) -> None:
    """A worktree that cannot be filled is a failed attempt with its reason; later it can."""
    harness.start(parallel_plan('id: a, run: "echo x > x", mode: read_write'))
    trees = run_folder(harness) / "trees"
    trees.mkdir()
    with small_disk(trees, 64):
        ballast = fill(trees)
        assert harness.lead() == "partial"
        assert "No space left on device" in harness.attempts("a")[0].note
        ballast.unlink()
        harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["a"]))
        assert harness.lead() == "completed"


def test_no_room_for_the_program(harness: RunHarness) -> None:
    """A program without room fails as it says itself; what it could write is kept."""
    command = "echo part > part; cat /dev/zero > big"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write'))
    trees = run_folder(harness) / "trees"
    trees.mkdir()
    with small_disk(trees, 512):
        assert harness.lead() == "partial"
        (attempt,) = harness.attempts("a")
        assert (attempt.outcome, attempt.exit_code) == ("failed", 1)
        control = run_folder(harness) / "control.git"
        assert harness.git(f"--git-dir={control}", "show", f"{attempt.ref}:part") == "part"


def test_no_room_in_the_users_repository(harness: RunHarness) -> None:
    """The work is merged, its export waits with the reason, and is caught up with."""
    harness.start(parallel_plan(f'id: a, run: "{WORK}", mode: read_write'))
    objects = harness.repo / ".git" / "objects"
    with small_disk(objects, 200):
        assert harness.lead() == "completed"
        (pending, *_) = harness.events("export_pending")
        assert "unable to write" in str(pending.data) or "No space" in str(pending.data)
        assert harness.git("for-each-ref", "refs/heads/wf") == ""


def test_a_ref_that_cannot_be_made(harness: RunHarness) -> None:
    """What has no ref is not saved: nobody else gets its worktree, and it is not removed."""
    harness.start(
        "goal: g\ndefaults: {max_attempts: 1}\n"
        "phases: [{name: p, on_failure: skip_continue, tasks: ["
        "{id: a, run: 'echo work > work', mode: read_write},"
        "{id: b, run: 'echo b > b', mode: read_write}]}]\n"
    )
    control = str(run_folder(harness) / "control.git")
    ref = attempt_ref("a", 1).rpartition("/")[0]
    harness.git(f"--git-dir={control}", "update-ref", ref, harness.row().base)
    assert harness.lead() == "partial"
    assert "cannot lock ref" in harness.attempts("a")[0].note
    assert harness.merged("b") == "b"
    assert (run_folder(harness) / "trees" / "1" / "work").read_text() == "work\n"


def test_a_worktree_removed_under_its_program(harness: RunHarness, tmp_path: Path) -> None:
    """Its attempt fails and says why, nothing hangs, and the next one has a worktree again."""
    ruin = f"touch {tmp_path}/again; rm -rf $PWD"
    command = f"set +e; test -e {tmp_path}/again || {{ {ruin}; }}; echo x > x"
    harness.play(parallel_plan(f'id: a, run: "{command}; true", mode: read_write, max_attempts: 2'))
    first, second = harness.attempts("a")
    assert (first.outcome, first.note) == ("failed", "the worktree is gone")
    assert second.outcome == "succeeded"
    assert harness.merged("x") == "x"


def test_a_worktree_replaced_by_a_link(harness: RunHarness, tmp_path: Path) -> None:
    """What a link points to is neither harvested, reset nor removed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    swap = f"tree=$PWD; cd /; rm -rf $tree; ln -s {outside} $tree"
    again = f"test -e {tmp_path}/again || {{ touch {tmp_path}/again; {swap}; exit; }}; echo x > x"
    harness.play(parallel_plan(f'id: a, run: "{again}", mode: read_write, max_attempts: 2'))
    first, second = harness.attempts("a")
    assert (first.note, second.outcome) == ("the worktree is gone", "succeeded")
    assert [file.name for file in outside.iterdir()] == ["mine"]
    assert harness.git("diff", "--name-only", "main", harness.branch) == "x"


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
def test_a_ruined_run(tampered: RunHarness, ruin: str, state: str) -> None:
    """Whatever a program removes of the run's folder, the run ends, and signs off in order."""
    command = f"echo x > x; run=$(dirname $(dirname $PWD)); rm -rf $run/{ruin}; cd /"
    before = tampered.git("for-each-ref", "refs/heads/main")
    assert tampered.play(parallel_plan(f'id: a, run: "{command}", mode: read_write')) == state
    assert tampered.attempts("a")[0].outcome in {"succeeded", "failed"}
    with open_ledger(tampered.project) as ledger:
        assert reads.leader(ledger.db, tampered.run) is None
    assert tampered.git("for-each-ref", "refs/heads/main") == before


@pytest.mark.skipif(not shutil.which("strace"), reason="there is no strace here")
@pytest.mark.parametrize("command", ["update-index", "write-tree", "commit", "update-ref"])
def test_a_disk_that_does_not_keep_its_word(
    harness: RunHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Objects or refs that the disk does not take for certain are a failure, not a merge."""
    harness.start(parallel_plan('id: a, run: "mkdir d; echo x > d/x", mode: read_write'))
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{failing_git(tmp_path, command)}:{os.environ['PATH']}")
        assert harness.lead() == "partial"
    assert re.search("Input/output error|couldn't write", harness.attempts("a")[0].note)
    assert control_of(harness).head() == harness.row().head == harness.row().base
    assert (run_folder(harness) / "trees" / "1" / "d" / "x").exists()
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["a"]))
    assert harness.lead() == "completed"
    assert harness.merged("d/x") == "x"


def failing_git(folder: Path, command: str) -> Path:
    """Return a folder with a git of which one command is told that its `fsync` has failed.

    A commit is written by one that stays, or by one of its own: both.
    """
    git = shutil.which("git")
    words = '*" hash-object "*|*" commit-tree "*' if command == "commit" else f'*" {command} "*'
    faults = "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO"
    wrapper = folder / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in {words}) exec {faults} {git} "$@";; esac\nexec {git} "$@"\n'
    )
    wrapper.chmod(0o755)
    return wrapper.parent
