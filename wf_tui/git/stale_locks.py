"""Lock files that git left behind when the machine, or the whole run, was killed.

Git itself never breaks one: it cannot know whether its owner is alive.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from wf_tui.git.erase import erase
from wf_tui.paths import RunPaths

__all__ = ["SCRATCH", "break_stale_locks", "locked_since"]

SCRATCH = "scratch."
"""How the folders begin in which one step of git has its own files."""


def break_stale_locks(paths: RunPaths) -> tuple[Path, ...]:
    """Delete locks, copies of indexes and scratch folders of a run, whatever time is on them.

    In its own folders only. For the leader of a run alone, when it starts: no git of the run may be
    at work. The user's repository is not touched.
    """
    # Every git of a dead leader has been killed by now (the sweep), so none of these has an owner.
    git_dir = paths.control
    locks = [*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")]
    locks += [*paths.indexes.glob("*.lock"), *paths.indexes.glob("*.copy.*")]
    # Copies may be folders, of files to compare with.
    for left in (*locks, *git_dir.glob(f"{SCRATCH}*")):
        erase(os.fsencode(left))
    return tuple(sorted(locks))


def locked_since(lock: Path) -> str:
    """Return since when a lock is there, to put behind a sentence; nothing where it is gone."""
    try:
        made = lock.stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(made, UTC).strftime(", since %Y-%m-%d %H:%M UTC")
