"""All that a process has started: how to list it, collect it and kill it to the last one.

Part of the shim parent, so stdlib only. What a system lacks is missing here and nowhere else:
without subreapers (macOS) an orphan that leaves its process group escapes.
"""
# ruff: noqa: PTH123, PTH208 - no pathlib: the shim parent stays small

import ctypes
import os
import select
import signal
import time
from collections.abc import Callable, Collection

__all__ = [
    "await_signal",
    "become_subreaper",
    "children_of",
    "command_lines",
    "kill_tree",
    "reap",
    "send_signal",
    "tree_below",
]

KILL_SECONDS = 5.0
FREEZE_ROUNDS = 50
LONGEST_LINE = 200
"""Bytes of a command line that are told."""
PR_SET_CHILD_SUBREAPER = 36

OnReap = Callable[[int, int], None]

_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)  # looked up before the fork, not in each shim


def become_subreaper() -> bool:
    """Make orphaned descendants children of this process; False where the system has no such."""
    return _PRCTL is not None and _PRCTL(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def children_of(pid: int) -> list[int]:
    """Return the children of `pid`, as far as the system lists them."""
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as listing:
                found += map(int, listing.read().split())
        except OSError:  # the thread is gone
            continue
    return found


def tree_below(roots: Collection[int]) -> set[int]:
    """Return `roots` and all their descendants."""
    seen: set[int] = set()
    left = list(roots)
    while left:
        pid = left.pop()
        if pid not in seen:
            seen.add(pid)
            left += children_of(pid)
    return seen


def command_lines(pids: Collection[int]) -> list[str]:
    """Return the command line of each of these that still runs, as far as the system tells it."""
    found = []
    for pid in sorted(pids):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read(LONGEST_LINE)
        except OSError:  # it is gone
            continue
        # One that has ended and waits to be collected has none.
        if words:
            found.append(words.replace(b"\0", b" ").decode("utf-8", "replace").strip())
    return found


def send_signal(pid: int, number: int, *, group: bool = False) -> None:
    """Signal a process or its group; one that is gone needs none."""
    try:
        (os.killpg if group else os.kill)(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def await_signal(wake: int, seconds: float) -> None:
    """Return as soon as a signal came, or after `seconds`."""
    poller = select.poll()
    poller.register(wake, select.POLLIN)
    if poller.poll(seconds * 1000):
        os.read(wake, 4096)


def reap(on_reap: OnReap) -> bool:
    """Collect all dead children; return whether any child is left.

    Every child of the process goes through here, so that no second collector can take the status
    of the main program away: a killed attempt would then look like a success.
    """
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        on_reap(pid, status)


def freeze(spare: Collection[int]) -> set[int]:
    """Stop every descendant, so that none can fork away from the kill; return them."""
    frozen: set[int] = set()
    for _ in range(FREEZE_ROUNDS):
        roots = [pid for pid in children_of(os.getpid()) if pid not in spare]
        new = tree_below(roots) - frozen
        if not new:
            break
        for pid in new:
            send_signal(pid, signal.SIGSTOP)
        frozen |= new
    return frozen


def kill_tree(
    wake: int, on_reap: OnReap, spare: Collection[int] = (), group: int = 0
) -> tuple[set[int], bool]:
    """Kill every descendant outside `spare`; return those killed, and whether all are gone.

    Without `spare` the proof is the kernel's: no child is left. `group` is killed where there is
    no subreaper to hand over orphans.
    """
    killed: set[int] = set()
    end = time.monotonic() + KILL_SECONDS

    def gone() -> bool:
        if not reap(on_reap):
            return True
        return bool(spare) and not set(children_of(os.getpid())).difference(spare)

    while not gone():
        if time.monotonic() > end:
            return killed, False
        if group:
            send_signal(group, signal.SIGKILL, group=True)
        frozen = freeze(spare)
        for pid in frozen:
            send_signal(pid, signal.SIGKILL)
        killed |= frozen
        while not gone() and time.monotonic() < end:
            if set(children_of(os.getpid())).difference(spare, frozen):
                break
            await_signal(wake, 0.02)
    return killed, True
