"""Two commits of a real repository that differ in every way that files can, made by plain git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.support.detail_harness import HOSTILE
from wf_tui.git.control.control import Control

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["BEFORE", "HOSTILE_AFTER", "HOSTILE_BEFORE", "commit_on", "two_commits"]

BEFORE = {"src/a.py": "import os\n\n\ndef one():\n    return 1\n", "docs/b.md": "# b\n"}
_PARTS = ("NAME", "EMAIL")
_LONG = "x" * 5000
_TEXT = HOSTILE.replace("\0", "")
"""Without the character by which git takes a file for a binary one."""
HOSTILE_BEFORE: Mapping[str, bytes | str | None] = {
    "moved.txt": "".join(f"line {n}\n" for n in range(20)),
    "mode.sh": "#!/bin/sh\n",
    "kind": "text\n",
    "blob": b"\0\1\2",
    "end.txt": "one\ntwo\n",
    "gone.txt": "bye\n",
}
HOSTILE_AFTER: Mapping[str, bytes | str | None] = {
    "to/moved.txt": "".join(f"line {n}\n" for n in range(20)),
    "moved.txt": None,
    "kind": None,
    "blob": b"\0\1\3",
    "end.txt": "one\ntwo\nthree",
    "gone.txt": None,
    "huge.py": f"x = '{_LONG}'\n",
    "hostile.py": f"# {_TEXT}\ndiff --git a/x b/x\n@@ -1 +1 @@\n",
    'a\x1b[31m\n"q\u202e.txt': f"{HOSTILE}\r\n",
}
"""Escapes, markup and bidi in names and lines, a rename, a binary, a huge line, no last newline."""


def two_commits(
    folder: Path, before: Mapping[str, bytes | str | None], after: Mapping[str, bytes | str | None]
) -> tuple[Control, str, str]:
    """Return a repository, a commit with some files, and one after others were written.

    None removes a file. `mode.sh` becomes executable and `kind` a link in the second one.
    """
    root = folder / "work"
    root.mkdir(parents=True)
    _git(root, "init", "-q", "-b", "main")
    base = _commit(root, before)
    if "mode.sh" in before:
        (root / "mode.sh").chmod(0o755)
        (root / "kind").unlink()
        (root / "kind").symlink_to("mode.sh")
        after = {name: text for name, text in after.items() if name != "kind"}
    commit = _commit(root, after)
    return Control(root / ".git", "sha1", base, "refs/heads/main"), base, commit


def commit_on(control: Control, base: str, files: Mapping[str, bytes | str | None]) -> str:
    """Return a commit beside the others: `base` with some files written."""
    root = control.git_dir.parent
    _git(root, "checkout", "-q", "--detach", base)
    return _commit(root, files)


def _commit(root: Path, files: Mapping[str, bytes | str | None]) -> str:
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        path.write_bytes(data)
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "--allow-empty", "-m", "work")
    return _git(root, "rev-parse", "HEAD")


def _git(root: Path, *words: str) -> str:
    who = {
        f"GIT_{role}_{part}": "u@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    env = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *words], cwd=root, env=env, capture_output=True, check=True)
    return done.stdout.decode().strip()
