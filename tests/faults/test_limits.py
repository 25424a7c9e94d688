"""What a machine or a person has limited: an attempt fails with a reason, or wf does not start.

`prlimit` gives the limit to the scheduler and to all that it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
MEGABYTE = 1_000_000


@pytest.fixture
def cli(tmp_path: Path) -> CliHarness:
    """Give a repository and a state folder."""
    return CliHarness(tmp_path, make_repository(tmp_path / "repo"))


def plan(cli: CliHarness, *commands: str) -> Path:
    """Write a plan of one parallel phase of tasks that only read."""
    tasks = [
        {"id": f"t{n}", "run": command, "mode": "read_only"} for n, command in enumerate(commands)
    ]
    text = {
        "goal": "g",
        "defaults": {"max_attempts": 1},
        "phases": [{"name": "p", "parallel": True, "tasks": tasks}],
    }
    return cli.plan(json.dumps(text), "plan.json")


def limited(cli: CliHarness, limit: str, *words: str | Path) -> subprocess.Popen[bytes]:
    """Start a command line with a limit of the system; it writes to the files `out` and `err`."""
    line = ["prlimit", limit, sys.executable, "-m", "wf_tui", *map(str, words)]
    with (cli.root / "out").open("wb") as out, (cli.root / "err").open("wb") as err:
        return subprocess.Popen(line, cwd=cli.repo, env=cli.environ, stdout=out, stderr=err)


def below(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from below(int(child))


def memory(pid: int) -> int:
    """Return what a process has in memory, in kilobytes; 0 of one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def largest(process: subprocess.Popen[bytes]) -> int:
    """Watch a process and all below it to the end; return the most that one had in memory."""
    most = 0
    while process.poll() is None:
        most = max(most, *map(memory, below(process.pid)))
        time.sleep(0.05)
    return most


def test_few_descriptors(cli: CliHarness) -> None:
    """What cannot be started fails and says why; the rest is done, and the run ends."""
    file = plan(cli, *["sleep 2"] * 60)
    limits = ("--nofile=96:96", "run", file, "--headless", "--jobs", "60", "--json")
    limited(cli, *limits).wait(60)
    status = json.loads((cli.root / "out").read_text().splitlines()[-1])
    blocked = [task["reason"]["text"] for task in status["tasks"] if task["state"] == "blocked"]
    assert status["run"]["counts"]["done"] + len(blocked) == 60
    assert all("Too many open files" in text for text in blocked)
    assert 0 < len(blocked) < 60


def test_five_hundred_workers(cli: CliHarness) -> None:
    """They run at once where 1,024 descriptors are usual, and have that limit themselves."""
    with subprocess.Popen(["sleep", "60"]) as last:
        wait = f"tail --pid={last.pid} -f /dev/null; test $(ulimit -n) = 1024"
        here = [f"touch {cli.root}/{number}.here; {wait}" for number in range(500)]
        words = ("run", plan(cli, *here), "--headless", "--jobs", "500")
        running = limited(cli, "--nofile=1024:4096", *words)
        until(
            lambda: running.poll() is not None or len(list(cli.root.glob("*.here"))) == 500,
            "all 500 run at once",
            every=0.1,
        )
        assert running.poll() is None
        last.kill()
    assert running.wait(60) == 0


def test_little_memory(cli: CliHarness) -> None:
    """Without memory for its threads the scheduler does not start, and says so in one line."""
    words = ("run", plan(cli, "true"), "--headless")
    assert limited(cli, f"--as={200 * MEGABYTE}", *words).wait(60) == 3
    said = (cli.root / "err").read_text()
    assert "wf: cannot start 16 threads: can't start new thread\n" in said


def test_a_flood_of_output(cli: CliHarness) -> None:
    """Half a gigabyte in short lines costs no memory, and no more disk than the cap allows."""
    flood = "yes | head -c 500000000; echo the end"
    running = limited(cli, "--core=0", "run", plan(cli, flood), "--headless", "--json")
    assert largest(running) < 120_000
    assert (cli.root / "out").read_text().count('"task_progress"') < 100
    (log,) = cli.root.glob("state/*/runs/*/attempts/*/log.jsonl")
    assert log.stat().st_size < 20 * MEGABYTE
    assert log.read_bytes().endswith(b'the end\\n"}\n')
