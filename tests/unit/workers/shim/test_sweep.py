"""The sweep by mark: the last resort after the death of scheduler and shims."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.workers.conftest import Witness
from wf_tui.workers.shim.sweep import sweep_left, sweep_marked


@pytest.fixture
def marked() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Give three sleepers of attempts 1, 12 and 2 of a task."""
    run = f"run-{os.getpid()}"
    sleepers = [
        subprocess.Popen(["sleep", "1000"], env={"WF_ATTEMPT": f"{run}/task/{epoch}"})
        for epoch in (1, 12, 2)
    ]
    yield sleepers
    for sleeper in sleepers:
        sleeper.kill()
        sleeper.wait()


def test_prefix(marked: list[subprocess.Popen[bytes]]) -> None:
    """All attempts whose mark begins like this are killed, others live."""
    assert sweep_marked(f"run-{os.getpid()}/task/1") == 2
    assert [sleeper.poll() for sleeper in marked] == [-9, -9, None]


def test_exact(marked: list[subprocess.Popen[bytes]]) -> None:
    """An exact mark spares attempt 12 when attempt 1 is swept."""
    assert sweep_marked(f"run-{os.getpid()}/task/1", exact=True) == 1
    assert [sleeper.poll() for sleeper in marked] == [-9, None, None]


def test_git_of_the_dead(tmp_path: Path) -> None:
    """Git on this repository is killed when whoever started it is gone, and lives while they do.

    The same sweep kills programs by their mark.
    """
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    places = [(tmp_path, gone.pid), (tmp_path, os.getpid()), (tmp_path / "other", gone.pid)]
    commands = [
        subprocess.Popen(["sleep", "1000"], env={"GIT_DIR": str(place), "WF_GIT": str(pid)})
        for place, pid in places
    ]
    commands.append(subprocess.Popen(["sleep", "1000"], env={"WF_ATTEMPT": f"{tmp_path}/task/1"}))
    swept = sweep_left(f"{tmp_path}/", tmp_path)
    assert (swept, [command.poll() for command in commands]) == (2, [-9, None, None, -9])
    for command in commands:
        command.kill()
        command.wait()


def test_nothing_to_sweep() -> None:
    """Without such processes nothing is killed."""
    assert sweep_marked("no-run-has-this-name") == 0


def test_empty_mark() -> None:
    """An empty mark, which every attempt's begins with, is a mistake."""
    with pytest.raises(ValueError, match="mark"):
        sweep_marked("")
    with pytest.raises(ValueError, match="mark"):
        sweep_left("", Path())


async def test_descendants_in_other_sessions(witness: Witness, tmp_path: Path) -> None:
    """Daemons carry the mark of the attempt that started them."""
    script = f"exec 9>{witness.path}; setsid sh -c '(echo up >&9; exec sleep 1000) &'; exit"
    mark = str(tmp_path)
    starter = await asyncio.create_subprocess_exec(
        "sh", "-c", script, env={"PATH": os.environ["PATH"], "WF_ATTEMPT": mark}
    )
    await witness.word()
    await starter.wait()
    assert await asyncio.to_thread(sweep_marked, mark) == 1
    await asyncio.wait_for(witness.all_dead(), 1)
