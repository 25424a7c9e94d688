"""Lock files that git left behind when the machine, or the whole run, was killed."""

from datetime import UTC, datetime
from pathlib import Path

from wf_tui.paths import RunPaths

__all__ = ["break_stale_locks", "locked_since"]


def break_stale_locks(paths: RunPaths, *, now: float, age: float) -> tuple[Path, ...]:
    """Delete locks and copies of indexes in a run's own folders, older than `age` seconds.

    For the leader of a run alone, when it starts: no git of the run may be at work. The user's
    repository is not touched.
    """
    git_dir = paths.control
    locks = [*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")]
    locks += [*paths.indexes.glob("*.lock"), *paths.indexes.glob("*.copy.*")]
    stale = [lock for lock in locks if now - lock.stat().st_mtime >= age]
    for lock in stale:
        lock.unlink(missing_ok=True)
    return tuple(sorted(stale))


def locked_since(lock: Path) -> str:
    """Return since when a lock is there, to put behind a sentence; nothing where it is gone."""
    try:
        made = lock.stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(made, UTC).strftime(", since %Y-%m-%d %H:%M UTC")
