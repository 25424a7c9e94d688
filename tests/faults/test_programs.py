"""Programs that want to stay, to grow, or to be somebody else: they end with their attempt."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import parallel_plan
from wf_tui.paths import slug

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --nproc=100"
BINARY_BOMB = "b() { test $1 -gt 0 && { b $(($1-1)) & b $(($1-1)) & }; sleep 60; }; b 6"


def one(harness: RunHarness, command: str, **fields: object) -> str:
    """Play one task and return the state of the run."""
    task = {"id": "a", "run": command, "mode": "read_write", "max_attempts": 1, **fields}
    return harness.play(json.dumps({"goal": "g", "phases": [{"name": "p", "tasks": [task]}]}))


def left_over(harness: RunHarness) -> list[str]:
    """Return the processes, of any user, that an attempt of the harness's run has started."""
    mark = f"WF_ATTEMPT={harness.run}/".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


def test_a_tree_of_programs(harness: RunHarness) -> None:
    """A hundred and more that have all forked away are gone when the time limit is over."""
    assert one(harness, BINARY_BOMB, timeout_secs=1) == "partial"
    assert harness.attempts("a")[0].outcome == "timed_out"
    assert left_over(harness) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="there is no setpriv here")
def test_a_fork_bomb(harness: RunHarness) -> None:
    """A bomb that fills its user's limit, here another user's, is frozen and killed to the last."""
    bomb = f"chmod 777 .; {NOBODY} /bin/sh -c 'b() {{ b|b& }}; b; sleep 60'"
    assert one(harness, bomb, timeout_secs=1) == "partial"
    assert harness.attempts("a")[0].outcome == "timed_out"
    assert left_over(harness) == []


@pytest.mark.parametrize(
    "escape",
    [
        "setsid sh -c 'trap \"\" HUP TERM INT; sleep 60' >/dev/null 2>&1 </dev/null &",
        "(setsid sh -c 'sleep 60 & exec sleep 60' &) ",
        "nohup sleep 60 >/dev/null 2>&1 &",
        "(cd /; exec 0<&- 1>&- 2>&-; umask 0; setsid sleep 60 &) &",
        "env -i setsid sleep 60 &",
    ],
)
def test_a_daemon(harness: RunHarness, tmp_path: Path, escape: str) -> None:
    """A session, parents and an environment of its own hide no process from its shim."""
    witness = tmp_path / "witness"
    os.mkfifo(witness)
    reader = os.open(witness, os.O_RDONLY | os.O_NONBLOCK)
    assert one(harness, f"exec 9>{witness}; {escape}\necho x > x") == "completed"
    assert os.read(reader, 1) == b""  # end of file: nobody holds it any more
    os.close(reader)
    assert harness.merged("x") == "x"


def test_writing_on_after_the_end(harness: RunHarness) -> None:
    """What is harvested stands still: who writes on in the background is dead before."""
    command = "(while :; do echo 1 >> m; done) & until test -s m; do :; done"
    assert one(harness, command) == "completed"
    tree = harness.git("ls-tree", "-r", harness.branch)
    assert "m" in tree
    assert left_over(harness) == []


@pytest.mark.parametrize("name", ["prompt.md", "results.json", "log.jsonl", "exit.json"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_planted_files(harness: RunHarness, tmp_path: Path, name: str, kind: str) -> None:
    """Links and pipes in the place of what wf writes are replaced: not followed, not waited for."""
    mine = tmp_path / "mine"
    mine.write_text("mine")
    harness.start(parallel_plan("id: a, run: ls"))
    folder = harness.project.paths.run(harness.run).root / "attempts" / f"{slug('a')}-1"
    folder.mkdir(parents=True)
    os.mkfifo(folder / name) if kind == "pipe" else (folder / name).symlink_to(mine)
    assert harness.lead() == "completed"
    assert (folder / name).is_file()
    assert mine.read_text() == "mine"
