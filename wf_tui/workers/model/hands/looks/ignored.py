"""What `.gitignore` files name, read as they stand in the tree.

Git itself is not asked: it would run what the configuration of a stranger's repository says.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.looks.globs import Glob

__all__ = ["Ignored"]

_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MOST_BYTES: Final = 128 * 1024
_MOST_RULES: Final = 2000


@dataclass(frozen=True)
class _Rule:
    glob: Glob
    ignores: bool
    folders_only: bool
    by_name: bool
    """Whether it is for a name in any folder below."""


class _File:
    """The rules of one file; the last one that names a path decides."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        numbered = list(enumerate(rules))
        self._by_name = [one for one in reversed(numbered) if one[1].by_name]
        self._by_path = [one for one in reversed(numbered) if not one[1].by_name]
        self._known: dict[tuple[str, bool], tuple[int, bool] | None] = {}
        """What is decided by a name alone: most names of a tree are there many times."""

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether a path is ignored, None where no rule names it."""
        key = (path.rpartition("/")[2], is_folder)
        if key not in self._known:
            self._known[key] = _first(self._by_name, key[0], is_folder=is_folder)
        named = self._known[key]
        for number, rule in self._by_path:
            if named is not None and number < named[0]:
                break
            if (is_folder or not rule.folders_only) and rule.glob.matches(path):
                return rule.ignores
        return None if named is None else named[1]


def _first(
    rules: Sequence[tuple[int, _Rule]], name: str, *, is_folder: bool
) -> tuple[int, bool] | None:
    for number, rule in rules:
        if (is_folder or not rule.folders_only) and rule.glob.matches(name):
            return number, rule.ignores
    return None


@dataclass(frozen=True)
class Ignored:
    """The rules for what is in one folder: its own, and those of the folders above it."""

    file: _File | None = None
    """None for a folder without such a file."""
    above: Self | None = None
    name: str = ""
    """The name of this folder in the one above."""
    is_off: bool = field(default=False, kw_only=True)

    def enter(self, folder: int, name: str = "") -> "Ignored":
        """Return the rules for a folder that is open, which is in this one under a name."""
        return self if self.is_off else Ignored(_read(folder), self, name)

    def hides(self, name: str, *, is_folder: bool) -> bool:
        """Whether a name in this folder is left out; the nearest file that knows it decides."""
        level: Ignored | None = self
        path = name
        while level is not None:
            if level.file is not None:
                decided = level.file.decide(path, is_folder=is_folder)
                if decided is not None:
                    return decided
            path = f"{level.name}/{path}" if level.name else path
            level = level.above
        return False


def _read(folder: int) -> _File | None:
    """Return the rules of a folder's own file, None where it has none that can be read."""
    try:
        handle = os.open(".gitignore", _OPEN, dir_fd=folder)
    except OSError:
        return None
    try:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        text = os.read(handle, _MOST_BYTES).decode("utf-8", "replace") if is_file else ""
    finally:
        os.close(handle)
    found = (_rule(line) for line in text.splitlines()[:_MOST_RULES])
    rules = [rule for rule in found if rule is not None]
    return _File(rules) if rules else None


def _rule(line: str) -> _Rule | None:
    line = line.rstrip()
    if not line or line.startswith("#"):
        return None
    ignores = not line.startswith("!")
    pattern = line if ignores else line[1:]
    by_name = "/" not in pattern.rstrip("/")
    try:
        return _Rule(Glob(pattern), ignores, pattern.endswith("/"), by_name)
    except CallError:  # nothing that names a file
        return None
