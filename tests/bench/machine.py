"""Where the figures come from: they mean nothing without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from tempfile import gettempdir
from typing import Final

import apsw

from wf_tui.git.runner import git

__all__ = ["machine"]

_GIB: Final = 1 << 30


def machine() -> str:
    """Return one line: processor, memory, load, system, Python, SQLite, git."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    version = git("version").text.removeprefix("git version ")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return (
        f"{os.cpu_count()} cores{_model()} (load {load}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, git {version}, "
        f"files in {gettempdir()}"
    )


def _model() -> str:
    """Return what the processor is called, where the kernel says so."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return f" of {line.partition(':')[2].strip()}"
    return ""
