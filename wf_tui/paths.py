"""Where things lie: the state directory, a repository's folder in it, a run's folder in that."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wf_tui.errors import EnvironmentalError
from wf_tui.values import frozen

__all__ = [
    "FIRST_OPENED_TREE",
    "OTHERS",
    "WRITERS",
    "RepoPaths",
    "RunPaths",
    "attempt_mark",
    "config_path",
    "private_folder",
    "private_opener",
    "repo_paths",
    "require_own",
    "slug",
    "state_dir",
    "write_private",
]

FIRST_OPENED_TREE: Final = 1_000_000
"""The number from which on worktrees are that were made for a person who wants to look at work.

They are made by whoever opens one, beside the scheduler, which gives out those below.
"""
OTHERS: Final = 0o077
"""The bits of a mode that let anybody else in."""
WRITERS: Final = 0o022
"""Those of them that let them write: what they wrote would be believed."""


def state_dir(environ: Mapping[str, str]) -> Path:
    """Return wf's state directory: `WF_STATE_DIR`, else the platform's place for state."""
    if given := environ.get("WF_STATE_DIR"):
        return Path(given).absolute()
    from platformdirs import user_state_path  # noqa: PLC0415 - only where no variable says

    home = environ.get("HOME")
    # A relative one would have the state of a run lie wherever the command happened to be run.
    if home is not None and not environ.get("XDG_STATE_HOME") and not Path(home).is_absolute():
        raise _no_home(f"HOME is {home!r}, which is no place")
    try:
        return user_state_path("wf", appauthor=False)
    except RuntimeError:
        raise _no_home("HOME is not set") from None


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Return where the user's configuration lies; None where the user has no home for one."""
    if given := environ.get("WF_CONFIG"):
        return Path(given)
    from platformdirs import user_config_path  # noqa: PLC0415 - only where no variable says

    try:
        return user_config_path("wf", appauthor=False) / "config.toml"
    except RuntimeError:
        return None


def _no_home(problem: str) -> EnvironmentalError:
    return EnvironmentalError(
        f"{problem}: there is no folder for wf's state",
        "set HOME to your home folder, or WF_STATE_DIR to a folder for it",
    )


def private_opener(path: str, flags: int) -> int:
    """Create a file for this user alone, whatever the umask says: `open(..., opener=)` calls it.

    For every file of wf's own in the state directory (RULES 9); what git makes there lies in
    folders that nobody else can enter.
    """
    return os.open(path, flags, 0o600)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of wf's own, for this user alone."""
    with open(path, "wb", opener=private_opener) as file:
        file.write(content)


def slug(name: str) -> str:
    """Return a short, safe, unique file and ref name for free text: `add-login-3f9a1c20`.

    The words are for people, the digest of the whole text keeps two of them apart.
    """
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32].strip("-")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words}-{digest}" if words else digest


@frozen
class RunPaths:
    """The folder of one run, and what lies in it; nothing here looks whether it is there."""

    root: Path

    @property
    def control(self) -> Path:
        """The run's private repository."""
        return self.root / "control.git"

    @property
    def gits(self) -> Path:
        """Git directories for the workers, one a tree; never obeyed by the host."""
        return self.root / "gits"

    @property
    def indexes(self) -> Path:
        """Host-only indexes, one a tree."""
        return self.root / "index"

    @property
    def trees(self) -> Path:
        """The worktrees."""
        return self.root / "trees"

    @property
    def homes(self) -> Path:
        """The homes of agents, one a seat, with their sessions and keys."""
        return self.root / "homes"

    @property
    def opening_lock(self) -> Path:
        """The lock of who makes a worktree for a person: each of these is made once."""
        return self.root / "opening.lock"

    @property
    def trash(self) -> Path:
        """Trees that are no longer usable, on their way out."""
        return self.root / "trash"

    @property
    def scheduler_lock(self) -> Path:
        """The lock of the run's leader."""
        return self.root / "scheduler.lock"

    @property
    def lanes(self) -> Path:
        """The lanes of this run alone, there where those of the host could not be used."""
        return self.root / "lanes.db"

    @property
    def scheduler_log(self) -> Path:
        """What a detached scheduler prints."""
        return self.root / "scheduler.log"

    def attempt(self, task: str, epoch: int) -> Path:
        """Return the folder of one attempt: its log, exit file, prompt and results."""
        return self.root / "attempts" / f"{slug(task)}-{epoch}"


@frozen
class RepoPaths:
    """The folder of one repository in the state directory."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The ledger of all runs on this repository."""
        return self.root / "ledger.db"

    @property
    def lanes(self) -> Path:
        """What all runs of this user on this host share: the limits of their providers."""
        return self.root.parent / "lanes.db"

    def run(self, run: str) -> RunPaths:
        """Return the folder of one run."""
        return RunPaths(self.root / "runs" / run)


def repo_paths(state: Path, common_dir: Path, name: str) -> RepoPaths:
    """Return the folder for a repository, named after it and its git common directory."""
    digest = hashlib.sha256(os.fsencode(common_dir.resolve())).hexdigest()[:12]
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:40] or "repository"
    return RepoPaths(state / f"{words}-{digest}")


def attempt_mark(run: str, task_folder: str) -> str:
    """Return the value of `WF_ATTEMPT`: stray processes of a run are known by its beginning.

    With an empty `task_folder` it is that beginning; the slash keeps a run from matching another
    one whose name goes on.
    """
    return f"{run}/{task_folder}"


def private_folder(path: Path) -> Path:
    """Make `path` and what is missing above it, for this user alone; take it from others to read.

    One that others can write is refused: what is in it may be theirs. Raises `EnvironmentalError`,
    also where the disk or the rights do not allow it.
    """
    try:
        if _make_with_parents(path):
            return path
        require_own(path)
        status = path.stat()
        if status.st_uid == os.geteuid() and status.st_mode & OTHERS:
            path.chmod(status.st_mode & ~OTHERS)
    except OSError as error:
        raise EnvironmentalError(
            f"cannot use {path} for wf's state: {error.strerror}",
            "set WF_STATE_DIR to a folder that you can write",
        ) from error
    return path


def require_own(path: Path) -> None:
    """Refuse a folder into which somebody else can put, or has put, what wf would believe."""
    status, own = path.stat(), {os.geteuid(), 0}
    if path.is_symlink() and path.lstat().st_uid not in own:
        what, hint = "was put there by somebody else", "set WF_STATE_DIR to a folder of your own"
    elif status.st_uid not in own and os.geteuid() != 0:
        what, hint = "belongs to somebody else", "set WF_STATE_DIR to a folder of your own"
    elif status.st_mode & WRITERS:
        what, hint = "can be written by others", f"chmod go-w {path}, if all in it is yours"
    else:
        return
    raise EnvironmentalError(f"{path} {what}: wf keeps no state there", hint)


def _make_with_parents(path: Path) -> bool:
    """Make a folder for this user alone; return whether it was not there before."""
    try:
        path.mkdir(mode=0o700)
    except FileNotFoundError:
        # One by one, since `parents=True` would give those above the rights of the umask.
        _make_with_parents(path.parent)
        return _make_with_parents(path)
    except FileExistsError:
        if not path.is_dir():
            raise
        return False
    return True
