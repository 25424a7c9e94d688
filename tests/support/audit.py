"""The final audit of a run: what every fault test asks for at its end.

`look_at` the user's repository before the run is made, and `audit` after its last scheduler; an
empty list is a good run.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.git.control.control import open_control
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.run_harness import RunHarness
    from wf_tui.paths import RunPaths

__all__ = ["Sight", "audit", "look_at", "processes_of", "unsaved"]

Sight = dict[str, tuple[int, int, str]]
"""For each path of a repository: its mode, when it was written (0 within `.git`), its content."""


def look_at(repository: Path) -> Sight:
    """Return all of a user's repository: the checkout, and every file of its `.git`."""
    return {str(path.relative_to(repository)): _look(path, repository) for path in _all(repository)}


def audit(harness: RunHarness, before: Sight) -> list[str]:
    """Return what is wrong with a run that is over, and with what it was made in."""
    paths = harness.project.paths.run(harness.run)
    return [
        *_history(harness),
        *_broken(paths.control),
        *_broken(harness.repo / ".git"),
        *_lost_refs(harness),
        *_touched(before, look_at(harness.repo), f".git/refs/heads/wf/{harness.run}"),
        *(f"left running: {line}" for line in processes_of(harness.folder).values()),
        *(f"left lying: {path}" for path in _litter(paths)),
    ]


def processes_of(folder: Path) -> dict[int, str]:
    """Return the processes that have `folder` in their environment or arguments, but for this."""
    word = os.fsencode(folder)
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
            said = line + (process / "environ").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if word in said and int(process.name) != os.getpid():
            found[int(process.name)] = line.replace(b"\0", b" ").decode(errors="replace")
    return found


def unsaved(harness: RunHarness, wrote: Path) -> list[str]:
    """Name attempts that had written their files, with neither a commit nor a kept tree.

    `wrote` has a line for each: its `WF_ATTEMPT` and its working directory.
    """
    paths = harness.project.paths.run(harness.run)
    with open_reads(harness.project) as db:
        attempts = reads.attempts(db, harness.run)
    saved = {paths.attempt(one.task, one.epoch).name for one in attempts if one.ref}
    kept = {event.data["tree"] for event in harness.events("worktree_kept")}
    return [
        f"lost: what {mark} wrote"
        for mark, tree in map(str.split, wrote.read_text().splitlines())
        if mark.rpartition("/")[2] not in saved and not (tree in kept and Path(tree).is_dir())
    ]


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _all(path)
        else:
            yield path


def _look(path: Path, repository: Path) -> tuple[int, int, str]:
    status = path.lstat()
    git = path.is_relative_to(repository / ".git")
    content = b""
    if stat.S_ISLNK(status.st_mode):
        content = os.fsencode(path.readlink())
    elif stat.S_ISREG(status.st_mode):
        content = path.read_bytes()
    written = 0 if git else status.st_mtime_ns
    return status.st_mode, written, hashlib.sha256(content).hexdigest()


def _touched(before: Sight, after: Sight, branch: str) -> Iterator[str]:
    """Name what is not as it was; objects may come, and one branch."""
    for path in sorted(before.keys() | after.keys()):
        new = path not in before and path.startswith(".git/objects/")
        ours = new or path in {branch, str(Path(branch).parent)}
        if not ours and before.get(path) != after.get(path):
            yield f"touched: {path}"


def _history(harness: RunHarness) -> Iterator[str]:
    with open_reads(harness.project) as db:
        control = open_control(harness.project.paths.run(harness.run))
        for one in verify_run(db, harness.run, control).violations:
            yield f"verify: {one.code} at {one.seq} of {one.task}: {one.text}"


def _broken(repository: Path) -> Iterator[str]:
    words = ("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    done = subprocess.run(
        ["git", f"--git-dir={repository}", *words], check=False, capture_output=True, text=True
    )
    if done.returncode or done.stdout or done.stderr:
        yield f"fsck of {repository} says {done.returncode}: {done.stdout}{done.stderr}"


def _lost_refs(harness: RunHarness) -> Iterator[str]:
    """Name attempts whose work the ledger has, and the repository has not."""
    control: Mapping[str, str] = _refs(harness.project.paths.run(harness.run).control)
    with open_reads(harness.project) as db:
        for attempt in reads.attempts(db, harness.run):
            if attempt.ref and attempt.ref not in control:
                yield f"lost: {attempt.ref}"


def _refs(repository: Path) -> dict[str, str]:
    words = ["for-each-ref", "--format=%(refname) %(objectname)"]
    done = subprocess.run(
        ["git", f"--git-dir={repository}", *words], check=True, capture_output=True, text=True
    )
    return dict(line.split() for line in done.stdout.splitlines())


def _litter(paths: RunPaths) -> Iterator[Path]:
    """Name what a dead scheduler left that nobody put away."""
    yield from paths.control.glob("*.lock")
    yield from (paths.control / "refs").rglob("*.lock")
    yield from paths.indexes.glob("*.lock")
    yield from paths.indexes.glob("*.copy.*")
    yield from paths.trash.iterdir()
