"""What `.gitignore` files name, read as they stand in the tree.

Git itself is not asked: it would run what the configuration of a stranger's repository says.
"""

import os
import stat
from dataclasses import dataclass, field
from typing import Final, Self

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.looks.globs import Glob

__all__ = ["Ignored"]

_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MOST_BYTES: Final = 128 * 1024
_MOST_RULES: Final = 2000


@dataclass(frozen=True)
class _Rule:
    glob: Glob
    ignores: bool
    folders_only: bool
    by_name: bool
    """Whether it is for a name in any folder below."""


@dataclass(frozen=True)
class Ignored:
    """The rules for what is in one folder: its own, and those of the folders above it."""

    rules: tuple[_Rule, ...] = ()
    above: Self | None = None
    name: str = ""
    """The name of this folder in the one above."""
    is_off: bool = field(default=False, kw_only=True)

    def enter(self, folder: int, name: str = "") -> "Ignored":
        """Return the rules for a folder that is open, which is in this one under a name."""
        return self if self.is_off else Ignored(_rules(folder), self, name)

    def hides(self, name: str, *, is_folder: bool) -> bool:
        """Whether a name in this folder is left out; the nearest file that knows it decides."""
        level: Ignored | None = self
        path = name
        while level is not None:
            for rule in reversed(level.rules):
                if rule.folders_only and not is_folder:
                    continue
                if rule.glob.matches(name if rule.by_name else path):
                    return rule.ignores
            path = f"{level.name}/{path}" if level.name else path
            level = level.above
        return False


def _rules(folder: int) -> tuple[_Rule, ...]:
    """Return the rules of a folder's own file, none where it has none that can be read."""
    try:
        handle = os.open(".gitignore", _FILE, dir_fd=folder)
    except OSError:
        return ()
    try:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        text = os.read(handle, _MOST_BYTES).decode("utf-8", "replace") if is_file else ""
    finally:
        os.close(handle)
    found = (_rule(line) for line in text.splitlines()[:_MOST_RULES])
    return tuple(rule for rule in found if rule is not None)


def _rule(line: str) -> _Rule | None:
    line = line.rstrip()
    if not line or line.startswith("#"):
        return None
    ignores = not line.startswith("!")
    pattern = line if ignores else line[1:]
    try:
        return _Rule(Glob(pattern), ignores, pattern.endswith("/"), "/" not in pattern.rstrip("/"))
    except CallError:  # nothing that names a file
        return None
