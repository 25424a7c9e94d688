"""Logins of the user's, lent to the home of a seat and given back when the agent has renewed one.

The home has a link to the user's file. An agent renews its login by putting a new file in the place
of that link, and the maker then takes the old one no more: so the new file goes back over the
user's, or the user and all other seats are logged out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.locks import held
from wf_tui.paths import private_folder, slug
from wf_tui.profiles.homes import opened_folder, place_file, place_link
from wf_tui.profiles.secrets import strings_of_login
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.profiles.resolved import LoginFile, Resolved

__all__ = ["LentLogin", "Logins", "lent_homes", "user_file"]

_MOST: Final = 1 << 20
_NAMED: Final = "login"
_NOTE: Final = ".logins"
_PLAIN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@frozen
class LentLogin:
    """A login that a home has, as it was when it was lent."""

    home: str
    """The home."""
    path: str
    """Where it lies in there."""
    user: str
    """The user's file, which is no link itself."""
    digest: str


@frozen
class Logins:
    """Lends logins to seats, and takes them back; all of it blocks.

    `folder` is the state directory's own for this, shared by all runs of the host.
    """

    folder: Path

    def lend(self, profile: Resolved, home: Path, environ: Mapping[str, str]) -> None:
        """Put links to the user's logins into a home, after what was left there went back.

        What is lent is noted in a file beside the home, for whoever comes after a crash. Raises
        `OSError`; a login that the user does not have is left out.
        """
        self.give_back(home)
        lent = []
        for login in profile.logins:
            path = user_file(login, environ)
            content = _content(path)
            if content is None:
                continue
            if login.copied:
                place_file(home, login.home, content)
                continue
            lent.append(LentLogin(str(home), login.home, str(path), _digest(content)))
            place_link(home, login.home, path)
        note = _note(home)
        with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump([asdict(one) for one in lent], file)

    def give_back(self, home: Path) -> None:
        """Bring what an agent has renewed to the user's file, if that is still the one it had.

        Called after each attempt and in recovery; a second time it finds nothing to do. Where the
        user's has changed meanwhile both are kept, and `problems` tells of it.
        """
        for one in _lent(home):
            folder, _, name = one.path.rpartition("/")
            with contextlib.suppress(OSError), opened_folder(home, folder) as handle:
                renewed = _renewed(handle, name)
                if renewed is not None:
                    self._bring(one, renewed)
                    # In this order: a crash between brings the same content once more.
                    os.unlink(name, dir_fd=handle)
        _note(home).unlink(missing_ok=True)

    def strings(self, home: Path) -> dict[str, str]:
        """Return what counts as keys in the logins of a home, by name: all strings, old and new."""
        found: dict[str, str] = {}
        for one in _lent(home):
            folder, _, name = one.path.rpartition("/")
            contents = [_content(Path(one.user))]
            with contextlib.suppress(OSError), opened_folder(home, folder) as handle:
                contents.append(_renewed(handle, name))
            for content in filter(None, contents):
                for text in strings_of_login(content):
                    if text not in found.values():
                        found[f"{_NAMED} {len(found) + 1}"] = text
        return found

    def problems(self, logins: Iterable[LoginFile], environ: Mapping[str, str]) -> list[str]:
        """Return why the user has to log in again, a sentence for each of the logins."""
        texts = []
        for login in logins:
            path = user_file(login, environ)
            kept = self._kept(path)
            with contextlib.suppress(OSError):
                if kept.stat().st_mtime > path.stat().st_mtime:
                    texts.append(f"log in again: an agent has renewed {path} while it changed")
        return texts

    def _bring(self, lent: LentLogin, renewed: bytes) -> None:
        """Write a renewed login over the user's; one agent at a time, all runs of the host."""
        private_folder(self.folder)
        path = Path(lent.user)
        with held(self.folder / "lock"):
            now = _content(path)
            if now == renewed:
                return
            if now is None or _digest(now) != lent.digest:
                _replace(self._kept(path), renewed)
                return
            _replace(path, renewed)

    def _kept(self, path: Path) -> Path:
        return self.folder / f"{slug(str(path))}.kept"


def user_file(login: LoginFile, environ: Mapping[str, str]) -> Path:
    """Return where the user has a login; it need not be there."""
    path = Path(environ.get("HOME", "/")) / login.user.removeprefix("~/")
    if login.variable and (folder := environ.get(login.variable)):
        # The variable names the folder in which the agent keeps all of its own.
        below = login.home.partition("/")[2]
        path = Path(folder) / below
    return path.resolve()


def lent_homes(homes: Path) -> list[str]:
    """Return the names of the homes that have logins of the user, of all in a folder."""
    return sorted(path.name.removesuffix(_NOTE) for path in homes.glob(f"*{_NOTE}"))


def _note(home: Path) -> Path:
    """Return where it is noted what a home was lent: beside it, where no agent keeps anything."""
    return home.with_name(f"{home.name}{_NOTE}")


def _lent(home: Path) -> list[LentLogin]:
    try:
        stored = json.loads(_note(home).read_text(encoding="utf-8"))
        return [LentLogin(**one) for one in stored]
    except (OSError, ValueError, TypeError):
        return []


def _renewed(handle: int, name: str) -> bytes | None:
    """Return the content of a file that is in the place of a link; None where none is."""
    try:
        opened = os.open(name, _PLAIN, dir_fd=handle)
    except OSError:  # still the link, or nothing
        return None
    try:
        # An agent that was logged out leaves an empty one: nothing to log the user in with.
        return _whole(opened) or None
    finally:
        os.close(opened)


def _content(path: Path) -> bytes | None:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _whole(opened)
    finally:
        os.close(opened)


def _whole(opened: int) -> bytes | None:
    """Return the content of an open file; None where it is no plain file, or no login's size."""
    status = os.fstat(opened)
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST:
        return None
    return os.read(opened, _MOST)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    """Write a file that is, at every instant, the old one or the new one in full."""
    part = path.with_name(f".{path.name}.wf-{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
