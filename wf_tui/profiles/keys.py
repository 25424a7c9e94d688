"""The values of keys: read anew by each scheduler, from its environment and from files."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.text import listed
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.profiles.resolved import Key, Resolved

__all__ = ["FoundKeys", "KeyFileError", "find_keys", "key_value", "missing_sentence"]

_NAMED: Final = 5
_MOST: Final = 64 << 10
"""Bytes of a file that holds a key."""
_OTHERS: Final = 0o077


class KeyFileError(Exception):
    """A file is not one that a key is read from; its text says why, as a clause."""


@frozen
class FoundKeys:
    """The keys of one profile as they are here and now."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the variable of the agent's."""
    missing: tuple[str, ...] = ()
    """Why there is no value, a clause for each key that is needed."""

    @property
    def first(self) -> str:
        """The value that stands for the profile's key in files; "" for none."""
        return next(iter(self.values.values()), "")


def find_keys(profile: Resolved, environ: Mapping[str, str]) -> FoundKeys:
    """Return the values of a profile's keys; any one is enough where they are its preset's.

    Blocks for as long as the files of keys take. `environ` is the caller's own environment.
    """
    values, missing = {}, []
    for key in profile.keys:
        try:
            value = key_value(key, environ)
        except KeyFileError as error:
            missing.append(f"{key.place} {error}")
            continue
        if value:
            values[key.name] = value
            if not profile.needs_all_keys:
                return FoundKeys(values)
        else:
            missing.append(f"{key.place} is not set")
    return FoundKeys(values, tuple(missing))


def key_value(key: Key, environ: Mapping[str, str]) -> str:
    """Return the value of a key, "" where its variable is not set. Raises `KeyFileError`."""
    if key.source == "env":
        return environ.get(key.place, "").strip()
    path = Path(key.place)
    if key.place.startswith("~/"):
        path = Path(environ.get("HOME", "/")) / key.place[2:]
    return _read_private(path)


def missing_sentence(profile: Resolved, missing: Iterable[str]) -> str:
    """Return what a person is told of keys that a scheduler does not find, and what helps.

    `missing` is that of `FoundKeys`.
    """
    of_files = [key for key in profile.keys if key.source == "file"]
    if of_files:
        return f"{' and '.join(missing)}: mend that, then wf resume"
    names = listed([key.place for key in profile.keys], _NAMED)
    none = f"{names} is not" if len(profile.keys) == 1 else f"one of {names} is not"
    if len(profile.keys) > 1 and not profile.needs_all_keys:
        none = f"none of {names} is"
    return (
        f"{none} in the environment of this scheduler: wf resume where it is,"
        f' or keys = {{{profile.keys[0].name} = "file:..."}}'
    )


def _read_private(path: Path) -> str:
    """Return the content of a file that is this user's alone.

    Looked at by the open file, not by its name, which could be given to another one in between.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyFileError("is not there") from None
    except OSError as error:
        why = "is a link" if path.is_symlink() else f"cannot be read ({error.strerror})"
        raise KeyFileError(why) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise KeyFileError("is no file")
        if status.st_uid != os.geteuid():
            raise KeyFileError("belongs to somebody else")
        if status.st_mode & _OTHERS:
            raise KeyFileError(f"can be read by others: chmod 600 {path}")
        content = os.read(handle, _MOST).decode("utf-8", "replace").strip()
    finally:
        os.close(handle)
    if not content:
        raise KeyFileError("is empty")
    if "\0" in content or "\n" in content:
        raise KeyFileError("has more than one line")
    return content
