"""On what file system a ledger lies, and how it is journalled there (RULES 4.1)."""

from pathlib import Path
from typing import Final

__all__ = ["file_system", "journal_mode"]

_MOUNTS: Final = Path("/proc/self/mountinfo")
_WAL_UNSAFE: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "fuse.sshfs", "afs", "ceph"}
)


def journal_mode(path: Path) -> tuple[str, str]:
    """Return how a ledger at `path` is journalled, and the type of the file system that says so."""
    kind = file_system(path, _mounts())
    return "DELETE" if kind in _WAL_UNSAFE else "WAL", kind


def _mounts() -> str:
    """Return the table of mounts, or "" where the system has none to read."""
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds `path`, or "" where the table does not say."""
    folder = path.resolve().parent
    best, found = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        mount = Path(left.split()[4].replace("\\040", " "))
        if folder.is_relative_to(mount) and len(mount.parts) >= best:
            best, found = len(mount.parts), right.split()[0]
    return found
