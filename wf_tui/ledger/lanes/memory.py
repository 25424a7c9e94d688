"""How much memory is left on this host for one more agent (RULES 5, Lanes)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wf_tui.values import frozen

__all__ = ["MIB", "FreeMemory", "read_free_memory"]

MIB: Final = 1024 * 1024
_KEPT_PART: Final = 0.1
_KEPT_MOST: Final = 2048 * MIB
_PROC: Final = Path("/proc")
_CGROUPS: Final = Path("/sys/fs/cgroup")
_UNLIMITED: Final = 1 << 60
"""What the first version of cgroups has as its limit where there is none is above this."""


@frozen
class FreeMemory:
    """What the system leaves to new programs, in bytes."""

    total: int
    available: int

    def fits(self, wanted: int, reserved: int) -> bool:
        """Whether a program of so many bytes has room, beside those that have just been started.

        A tenth of all memory, at most 2 GiB, is left to everybody else.
        """
        kept = min(_KEPT_MOST, int(self.total * _KEPT_PART))
        return self.available - reserved >= wanted + kept


def read_free_memory(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> FreeMemory | None:
    """Return the lesser of what the machine and the control groups of this process leave.

    None where the system does not tell, so that nothing is ever held back by a guess.
    """
    machine = _machine(proc)
    if machine is None:
        return None
    for limit, used in _limits(proc, cgroups):
        if limit < machine.total:
            left = max(0, limit - used)
            machine = FreeMemory(limit, min(machine.available, left))
    return machine


def _machine(proc: Path) -> FreeMemory | None:
    try:
        lines = (proc / "meminfo").read_text().splitlines()
        found = dict(line.split(":", 1) for line in lines)
        total, available = (int(found[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return FreeMemory(total * 1024, available * 1024)


def _limits(proc: Path, cgroups: Path) -> list[tuple[int, int]]:
    """Return limit and use of each control group that this process is in, of both versions."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        number, controllers, path = line.split(":", 2)
        inner = path.strip("/")
        if number == "0" and not controllers:
            found += _above(cgroups, inner, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            found += _above(cgroups / "memory", inner, *names)
    return found


def _above(root: Path, inner: str, limit: str, used: str, cache: str) -> list[tuple[int, int]]:
    """Read a group and all above it: the narrowest of them is what counts."""
    folder = root / inner
    folders = [folder, *(up for up in folder.parents if up.is_relative_to(root))]
    read = [_read(one, limit, used, cache) for one in folders]
    return [pair for pair in read if pair is not None]


def _read(folder: Path, limit: str, used: str, cache: str) -> tuple[int, int] | None:
    try:
        most = int((folder / limit).read_text())
        now = int((folder / used).read_text())
        lines = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):  # no such group here, or "max"
        return None
    if most >= _UNLIMITED:
        return None
    # Files that were read a while ago are dropped before anybody has to go without.
    stale = [int(line.split()[1]) for line in lines if line.split()[:1] == [cache]]
    return most, max(0, now - sum(stale))
