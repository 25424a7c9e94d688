"""Going through the files of a folder, without links, git data and what is ignored."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.files.names import is_git_data
from wf_tui.workers.model.hands.files.tree import FOLDER
from wf_tui.workers.model.hands.looks.ignored import Ignored

__all__ = ["Found", "entries", "files_below", "rules_for"]

_DEEPEST: Final = 200
"""Levels; each has a descriptor open, of which a process has 1,024 or fewer."""


@dataclass(frozen=True)
class Found:
    """A file that was come to."""

    path: str
    """From the folder that was begun with."""
    folder: int
    """The descriptor of its folder, until the next one is asked for."""
    name: str


def rules_for(root: int, path: str, *, is_off: bool) -> Ignored:
    """Return what is ignored in a folder of the tree, by the files of those above it, too."""
    rules = Ignored(is_off=is_off)
    if is_off:
        return rules
    folder = os.dup(root)
    try:
        name = ""
        for coming in (*path.split("/"), ""):
            rules = rules.enter(folder, name)
            if not coming:
                break
            below = os.open(coming, FOLDER, dir_fd=folder)
            os.close(folder)
            folder, name = below, coming
    finally:
        os.close(folder)
    return rules


def entries(folder: int, rules: Ignored) -> list[tuple[str, bool, bool]]:
    """Return name, whether it is a folder, and whether it is a link, of all that is not hidden."""
    with os.scandir(folder) as scan:
        found = [(one.name, one.is_dir(follow_symlinks=False), one.is_symlink()) for one in scan]
    return sorted(
        one
        for one in found
        if not is_git_data(one[0]) and not rules.hides(one[0], is_folder=one[1])
    )


def files_below(
    folder: int, rules: Ignored, path: str = "", depth: int = _DEEPEST
) -> Iterator[Found]:
    """Give every file that is no link, in the order of their paths; folders that fail are none.

    `rules` are those of the folder itself.
    """
    for name, is_folder, is_link in entries(folder, rules):
        if is_folder and depth:
            try:
                below = os.open(name, FOLDER, dir_fd=folder)
            except OSError:
                continue
            try:
                inside = f"{path}{name}/"
                yield from files_below(below, rules.enter(below, name), inside, depth - 1)
            except PermissionError:
                continue
            finally:
                os.close(below)
        elif not is_folder and not is_link:
            yield Found(path + name, folder, name)
