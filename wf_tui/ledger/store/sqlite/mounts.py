"""On what file system a ledger lies, and how it is journalled there (RULES 4.1)."""

from pathlib import Path
from typing import Final

__all__ = ["file_system", "journal_mode", "read_mounts"]

_MOUNTS: Final = Path("/proc/self/mountinfo")
_WAL_UNSAFE: Final = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs", "vboxsf",
    }
)  # fmt: skip
"""File systems that other machines, or the one below this one, can write at the same time."""


def journal_mode(path: Path, mounts: str | None = None) -> tuple[str, str]:
    """Return how a ledger at `path` is journalled, and the type of the file system that says so.

    `mounts` is the table of mounts; without it that of this machine is read.
    """
    kind = file_system(path, read_mounts() if mounts is None else mounts)
    return "DELETE" if kind in _WAL_UNSAFE or kind.startswith("fuse") else "WAL", kind


def read_mounts(table: Path = _MOUNTS) -> str:
    """Return the table of mounts, or "" where the system has none to read."""
    try:
        return table.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds `path`, or "" where the table does not say."""
    folder = f"{path.resolve().parent}/"
    best, found = -1, ""
    for line in mounts.splitlines():
        # The fields before the dash vary in number; those behind it begin with the type.
        left, _, right = line.partition(" - ")
        mount = left.split()[4].replace("\\040", " ").rstrip("/") + "/"
        # Of two on the same place the later one counts: it lies over the other.
        if folder.startswith(mount) and len(mount) >= best:
            best, found = len(mount), right.split()[0]
    return found
