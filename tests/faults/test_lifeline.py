"""kill -9 of the scheduler: what its attempts have started is gone within two seconds (G4)."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import audit, look_at, processes_of
from tests.support.plans import parallel_plan
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.run_harness import RunHarness

PROMISED = 2.0
WAIT = "trap '' TERM HUP INT; while :; do sleep 1000; done"
BROOD = f"""
setsid sh -c "{WAIT}" &
(setsid sh -c "({WAIT}) & exec sleep 1000" &)
setsid nohup sh -c "{WAIT}" > /dev/null 2>&1 < /dev/null &
trap '' TERM HUP INT
"""
"""A session of its own, one without a parent, one that hears no signal."""
UNMARKED = "(cd /; exec env -i sleep 1000) &\n"
"""One that nobody can know by its mark; only a shim does."""


@pytest.fixture
def harness(harness: RunHarness) -> Iterator[RunHarness]:
    """Have the brood at hand as a program of the tasks; what a failure leaves of it is killed."""
    (harness.folder / "brood.sh").write_text(UNMARKED + BROOD)
    yield harness
    for pid in processes_of(harness.folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> set[int]:
    """Return the processes below a process."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            parents[int(folder.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


@contextlib.contextmanager
def handles_of(pids: set[int]) -> Iterator[list[int]]:
    """Give handles that cannot come to mean other processes."""
    with contextlib.ExitStack() as stack:
        handles = []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # git, which had just done its work
                handles.append(os.pidfd_open(pid))
                stack.callback(os.close, handles[-1])
        yield handles


def ended_within(handles: list[int], seconds: float) -> bool:
    """Wait until all of these processes have ended; False where it takes longer."""
    until = time.monotonic() + seconds
    for handle in handles:
        if not select.select([handle], [], [], max(0.0, until - time.monotonic()))[0]:
            return False
    return True


def test_everything_dies_with_the_scheduler(harness: RunHarness) -> None:
    """Its shims, their programs and daemons; without any other scheduler to look after them."""
    pipe = harness.folder / "pipe"
    os.mkfifo(pipe)
    command = f"(. {harness.folder}/brood.sh; echo up > {pipe}; {WAIT.partition(';')[2]})"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write'))
    pid = harness.detach()
    assert pipe.read_text() == "up\n"
    below = descendants(pid)
    assert len(below) >= 7  # two shims, a program, its brood; what that sleeps in may yet come
    with handles_of(below) as handles:
        os.kill(pid, signal.SIGKILL)
        assert ended_within(handles, PROMISED)
    os.waitpid(pid, 0)


def is_shim(pid: int) -> bool:
    """Whether a process is a shim, or the parent of the shims; one that has ended is none."""
    try:
        return b"shim_parent" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize("with_shims", [False, True])
def test_everything_is_gone_before_the_next_claim(harness: RunHarness, *, with_shims: bool) -> None:
    """A stand-by leads at once, and still no attempt meets a process of the one before it."""
    if with_shims:
        (harness.folder / "brood.sh").write_text(BROOD)
    before, pids = look_at(harness.repo), harness.folder / "pids"
    lives = "grep -qs '^State:.[^ZX]' /proc/$p/status"
    meet = f"for p in $(cat {pids}); do ! {lives} || echo $p >> {harness.folder}/met; done"
    first = f". {harness.folder}/brood.sh; touch {harness.folder}/up; wait"
    harness.start(
        parallel_plan(
            f'id: a, run: "if test -e {pids}; then {meet}; else {first}; fi; echo a > a", '
            "mode: read_write, max_attempts: 2"
        )
    )
    pid = harness.detach()
    until((harness.folder / "up").exists, "the program has started its own")
    below = descendants(pid)
    pids.write_text("\n".join(map(str, below)))
    shims = [one for one in below if with_shims and is_shim(one)]
    other = harness.detach()
    os.kill(pid, signal.SIGSTOP)
    for shim in shims:
        os.kill(shim, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.waitpid(other, 0)
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["lost", "succeeded"]
    assert not (harness.folder / "met").exists()
    assert audit(harness, before) == []
