"""What a parent process hands on to wf: ignored signals, closed streams, a full device."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git, make_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PLAN = """
goal: g
phases: [{name: p, tasks: [{id: t, run: "echo x > x.txt", mode: read_write}]}]
"""


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository with a plan beside it."""
    monkeypatch.setenv("WF_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "plan.yaml").write_text(PLAN)
    return make_repository(tmp_path / "repo")


def run(repo: Path, ignored: int = 0, tail: str = "") -> int:
    """Run the plan headless, with a signal ignored, and return the exit status."""
    command = f'exec "{sys.executable}" -m wf_tui run ../plan.yaml --headless {tail}'
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=repo,
        capture_output=True,
        check=False,
        preexec_fn=(lambda: signal.signal(ignored, signal.SIG_IGN)) if ignored else None,
    )
    return done.returncode


def merged(repo: Path) -> str:
    """Return the file that the plan's task writes, as it is on the run's branch."""
    branch = git(repo, "for-each-ref", "--format=%(refname)", "refs/heads/wf").strip()
    return git(repo, "show", f"{branch}:x.txt")


@pytest.mark.parametrize("number", [signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE])
def test_ignored_signals(repo: Path, number: int) -> None:
    """A parent that ignores a signal makes no difference to what is merged."""
    assert run(repo, number) == 0
    assert merged(repo) == "x\n"


def test_a_full_device_is_named(repo: Path) -> None:
    """A person learns what was full: the output, not the ledger's disk."""
    command = f'exec "{sys.executable}" -m wf_tui plan show ../plan.yaml >/dev/full'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=repo, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (3, "wf: standard output: No space left on device\n")


@pytest.mark.parametrize(("tail", "status"), [(">/dev/full", 3), (">&-", 0), (">&- 2>&-", 0)])
def test_nobody_reads(repo: Path, tail: str, status: int) -> None:
    """A full device or closed streams do not stop a run; what could not be told is an error."""
    assert run(repo, tail=tail) == status
    assert merged(repo) == "x\n"
