"""The homes of seats: a folder of its own for each, with the settings and keys of its agent.

`runs/RUN/homes/SEAT`, kept until the run is removed, since the agent keeps its sessions there. The
agent can put anything into it, links above all, so every step into it follows none.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from typing import TYPE_CHECKING, Final

from wf_tui.paths import private_folder
from wf_tui.profiles.environment import GIT_CONFIG
from wf_tui.profiles.resolved import filled_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.profiles.keys import FoundKeys
    from wf_tui.profiles.resolved import Resolved

__all__ = ["furnish", "opened_folder", "place_file", "place_link"]

_GIT_CONFIG: Final = "[user]\n\tname = wf worker\n\temail = worker@wf.invalid\n"
_ESCAPED: Final = (".json", ".toml")
"""The files in which a string is written as JSON writes it."""
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def furnish(home: Path, profile: Resolved, keys: FoundKeys) -> None:
    """Make the home of a seat, and write its agent's settings anew; what else is in it stays.

    Called before each attempt, in a thread. Raises `OSError` and `EnvironmentalError`.
    """
    private_folder(home)
    _write(home, GIT_CONFIG, _GIT_CONFIG)
    for file in profile.files:
        slots = {
            "home": str(home),
            "model": profile.model,
            "provider": profile.provider,
            "base_url": profile.base_url,
            "key": keys.first,
        }
        if file.path.endswith(_ESCAPED):
            slots = {name: json.dumps(value)[1:-1] for name, value in slots.items()}
        _write(home, file.path, filled_in(file.text, slots))


def place_link(home: Path, path: str, target: Path) -> None:
    """Put a link to a file of the user's at a path of a home, in the place of whatever is there."""
    folder, _, name = path.rpartition("/")
    with opened_folder(home, folder) as handle:
        _clear(handle, name)
        os.symlink(target, name, dir_fd=handle)


@contextlib.contextmanager
def opened_folder(home: Path, path: str) -> Iterator[int]:
    """Open a folder of a home, made where it is missing; a link in its place is removed."""
    handle = os.open(home, _FOLDER)
    try:
        for name in filter(None, path.split("/")):
            if not _is_folder(handle, name):
                _clear(handle, name)
                os.mkdir(name, 0o700, dir_fd=handle)
            below = os.open(name, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    finally:
        os.close(handle)


def _write(home: Path, path: str, text: str) -> None:
    place_file(home, path, text.encode("utf-8", "surrogateescape"))


def place_file(home: Path, path: str, content: bytes) -> None:
    """Write a file of a home, for this user alone, in the place of whatever is there."""
    folder, _, name = path.rpartition("/")
    with opened_folder(home, folder) as handle:
        _clear(handle, name)
        with os.fdopen(os.open(name, _NEW, 0o600, dir_fd=handle), "wb") as file:
            file.write(content)


def _is_folder(handle: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(name, dir_fd=handle).st_mode)
    except FileNotFoundError:
        return False


def _clear(handle: int, name: str) -> None:
    """Remove what is at a name, if there is anything."""
    if _is_folder(handle, name):
        shutil.rmtree(name, dir_fd=handle)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=handle)
