"""Where the figures come from: they mean nothing without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from tempfile import gettempdir

import apsw

from wf_tui.git.runner import git

__all__ = ["machine"]


def machine() -> str:
    """Return one line: cores, load, Python, SQLite, git."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    version = git("version").text.removeprefix("git version ")
    return (
        f"{os.cpu_count()} cores (load {load}), {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, git {version}, "
        f"files in {Path(gettempdir())}"
    )
