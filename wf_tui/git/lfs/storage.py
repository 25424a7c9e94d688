"""Where the contents of LFS files are: a run's beside its objects, the user's in their repository.

Both have the layout of Git LFS: a content is the file that is named by its SHA-256.
"""

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wf_tui.git.lfs import lfs_filter
from wf_tui.git.repository import Repository
from wf_tui.git.runner import git
from wf_tui.git.user_config import as_the_user
from wf_tui.paths import write_private

__all__ = ["filter_settings", "own_folder", "user_folder", "write_storage"]

_FILE: Final = "lfs-storage.json"
_FALSE: Final = frozenset({"", "0", "false", "f", "no", "off"})


def write_storage(repository: Repository, git_dir: Path, environ: Mapping[str, str]) -> None:
    """Note in a run's repository where the user keeps contents; called when the run is made.

    `environ` is the user's environment. Nothing is put into worktrees where their own git leaves
    the pointers (`GIT_LFS_SKIP_SMUDGE`, `git lfs install --skip-smudge`).
    """
    words = ("config", "--type=path", "--get", "lfs.storage")
    env = as_the_user(environ)
    done = git(*words, git_dir=repository.common_dir, ok=None, environment=env)
    asked = git(
        *("config", "--get-regexp", r"^filter\.lfs\.(smudge|process)$"),
        git_dir=repository.common_dir,
        ok=None,
        environment=env,
    )
    skipped = environ.get("GIT_LFS_SKIP_SMUDGE", "").lower() not in _FALSE
    known = {
        "common_dir": str(repository.common_dir),
        "storage": done.text or "lfs",
        "fill": not (skipped or b"--skip" in asked.stdout),
    }
    write_private(git_dir / _FILE, json.dumps(known).encode())


def filter_settings(git_dir: Path) -> dict[str, str]:
    """Return the settings with which git on a worktree of a run keeps LFS files as pointers.

    A run of an older version fills no file, and stores what its tasks make all the same.
    """
    words: list[str | Path] = [sys.executable, "-I", "-S", "-X", "utf8", lfs_filter.__file__]
    words.append(own_folder(git_dir))
    if _read_known(git_dir).get("fill"):
        words.append(user_folder(git_dir))
    # Git hands it to a shell.
    command = " ".join(shlex.quote(str(word)) for word in words)
    return {"filter.lfs.process": command, "filter.lfs.required": "true"}


def _read_known(git_dir: Path) -> Mapping[str, object]:
    try:
        known: Mapping[str, object] = json.loads((git_dir / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return known


def own_folder(git_dir: Path) -> Path:
    """Return the folder of contents of a run; it is not there before a task has stored one."""
    return git_dir / "lfs" / "objects"


def user_folder(git_dir: Path, common_dir: Path | None = None) -> Path:
    """Return the user's folder of contents, by what was noted in a run's repository.

    `common_dir` is where their git directory is now; without it, where it was. `lfs.storage` may be
    relative to that.
    """
    known = _read_known(git_dir)
    folder = common_dir or Path(str(known.get("common_dir", "/")))
    return folder / str(known.get("storage", "lfs")) / "objects"
