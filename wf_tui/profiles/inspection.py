"""What `wf profiles` shows of a profile: whether it can be used here, and all that this hangs on.

The program is asked for its version, in an empty home and without a key; no model is asked.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.extras import Extra, is_installed
from wf_tui.profiles.keys import KeyFileError, key_value
from wf_tui.profiles.logins import user_file
from wf_tui.profiles.secrets import why_not_redacted
from wf_tui.profiles.usable import program_path, usable
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wf_tui.profiles.logins import Logins
    from wf_tui.profiles.resolved import Resolved

__all__ = ["KeyState", "ProfileReport", "inspect_profile"]

_VERSION: Final = re.compile(r"\d+\.\d+[\w.+-]*")
_PATIENCE: Final = 15.0
"""Seconds for a program to print its version; the first start of some unpacks them."""


@dataclass(frozen=True)
class KeyState:
    """A key of a profile, and whether it is here."""

    name: str
    source: str
    """`env`, `file` or `login`."""
    present: bool
    note: str = ""
    """What a person should know of its value."""

    def as_json(self) -> dict[str, object]:
        """Return the object in `keys` of `wf profiles --json`."""
        return {"name": self.name, "from": self.source, "present": self.present}


@dataclass(frozen=True)
class ProfileReport:
    """One profile as it can be used here."""

    profile: Resolved
    reasons: tuple[str, ...]
    """Why it cannot be used, a clause each."""
    program: str | None
    version: str | None
    keys: tuple[KeyState, ...]
    notes: tuple[str, ...]
    """What else a person should know."""

    @property
    def missing_extra(self) -> str | None:
        """The extra that has to be installed for it, by its name."""
        return (
            Extra.MODELS
            if self.profile.kind == "model" and not is_installed(Extra.MODELS)
            else None
        )

    @property
    def usable(self) -> bool:
        """Whether a run can use it."""
        return not self.reasons

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf profiles --json`, but for its probe."""
        profile = self.profile
        return {
            "name": profile.name,
            "kind": profile.kind,
            "takes": profile.takes,
            "preset": profile.preset or None,
            "usable": self.usable,
            "reasons": list(self.reasons),
            "program": self.program,
            "version": self.version,
            "model": profile.model or None,
            "lane": profile.lane,
            "seats": profile.seats,
            "roles": list(profile.roles),
            "keys": [key.as_json() for key in self.keys],
            "missing_extra": self.missing_extra,
            "notes": list(self.notes),
        }


def inspect_profile(profile: Resolved, environ: Mapping[str, str], logins: Logins) -> ProfileReport:
    """Look at one profile; blocks for as long as its program takes to print its version."""
    keys = tuple(_keys(profile, environ))
    program = program_path(profile, environ) if profile.program else None
    return ProfileReport(
        profile,
        tuple(reason.text for reason in usable(profile, environ)),
        program,
        _version(profile, program, environ) if program else None,
        keys,
        tuple(_notes(profile, environ, logins, keys)),
    )


def _notes(
    profile: Resolved, environ: Mapping[str, str], logins: Logins, keys: Iterable[KeyState]
) -> Iterator[str]:
    yield from (key.note for key in keys if key.note)
    yield from logins.problems(profile.logins, environ)
    temporary = Path(tempfile.gettempdir())
    if not profile.temporary_home and logins.folder.is_relative_to(temporary):
        yield f"its home would be below {temporary}, where it may refuse to work: set WF_STATE_DIR"


def _keys(profile: Resolved, environ: Mapping[str, str]) -> Iterator[KeyState]:
    for key in profile.keys:
        value = ""
        with contextlib.suppress(KeyFileError):  # `usable` has said it
            value = key_value(key, environ)
        weak = why_not_redacted(value) if value else None
        note = f"{key.place} {weak}" if weak else ""
        name = key.place if key.source == "env" else key.name
        yield KeyState(name, key.source, bool(value), note)
    for login in profile.logins:
        if login.copied:
            continue
        path = user_file(login, environ)
        yield KeyState(str(path), "login", path.is_file())


def _version(profile: Resolved, program: str, environ: Mapping[str, str]) -> str | None:
    """Return what a program calls its version; None where it does not say."""
    if not profile.version_argv:
        return None
    with tempfile.TemporaryDirectory(prefix="wf-", ignore_cleanup_errors=True) as home:
        output = _output([program, *profile.version_argv[1:]], home, environ.get("PATH", ""))
    found = _VERSION.search(output)
    return found[0] if found else None


def _output(argv: list[str], home: str, path: str) -> str:
    """Return what a program prints; it is ended, with all that it started, when it takes long."""
    environ = {"PATH": path, "HOME": home, "LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1"}
    try:
        process = subprocess.Popen(
            argv,
            cwd=home,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError:
        return ""
    with process:
        try:
            output, _ = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            return ""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return clean(output.decode("utf-8", "replace"), multiline=True)
