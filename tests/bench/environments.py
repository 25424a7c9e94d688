"""Programs of others through their public packages, each in an environment that is thrown away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Absent", "Environment", "on_path", "set_up"]

_DEADLINE: Final = 180
"""Seconds for the making of one environment."""


class Absent(Exception):  # noqa: N818 - no error: a peer may be absent
    """A program that is not here, with the reason."""


@dataclass(frozen=True)
class Environment:
    """Where the programs of a package are."""

    folder: Path
    version: str

    def program(self, name: str) -> str:
        """Return one of its programs."""
        return str(self.folder / "bin" / name)


def on_path(name: str) -> str:
    """Return a program of this machine; raises `Absent`."""
    if found := shutil.which(name):
        return found
    raise Absent(f"{name} is not on the PATH")


def set_up(folder: Path, packages: Sequence[str], *, quick: bool) -> Environment:
    """Make an environment with these packages, the first of which is meant; raises `Absent`."""
    if quick:
        raise Absent("not installed for the smallest size")
    python = str(folder / "bin" / "python")
    # As their users get them: the versions that this project is bound to are not for them.
    uv = [on_path("uv"), "--no-config", "--quiet"]
    _run([*uv, "venv", "--python", sys.executable, str(folder)])
    _run([*uv, "pip", "install", "--python", python, *packages])
    meant = packages[0].partition("==")[0]
    asked = f"import importlib.metadata as m; print(m.version({meant!r}))"
    return Environment(folder, _run([python, "-c", asked]).strip())


def _run(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_DEADLINE, check=False)
    except subprocess.TimeoutExpired:
        raise Absent(f"not installed within {_DEADLINE} s") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise Absent(f"not installed: {last[0].strip()}")
    return done.stdout
