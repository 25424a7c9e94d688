"""A copy of the package and its tests, in which mutants are made and their tests run."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.audit import processes_of

__all__ = ["ROOT", "PackageCopy", "TestRun"]

ROOT: Final = Path(__file__).parents[3]
_OPTIONS: Final = (
    "-qx", "--tb=native", "--assert=plain", "-o", "addopts=--import-mode=importlib",
    "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin", "-p", "pytest_timeout",
    "--timeout=240",
)  # fmt: skip
"""Without all the plug-ins that are installed a test starts in half the time.

A mutant's test is meant to fail: pytest would explain how two contents differ, which for the bytes
of a ledger takes minutes where `CI` is set and nothing is shortened.
"""


@dataclass(frozen=True)
class TestRun:
    """How some tests ended."""

    __test__ = False

    status: int
    """The exit status of pytest; less than zero if it was killed."""
    output: str


class PackageCopy:
    """A folder with the package and its tests, compiled, and the process that runs them there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("wf_tui", "tests"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
            compileall.compile_dir(folder / name, quiet=2)
        shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
        self.package = folder / "wf_tui"
        self._server = subprocess.Popen(
            [sys.executable, "-P", folder / "tests" / "faults" / "mutants" / "fork_server.py"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(folder),
                # Compiled are the files as they are, and never a mutant.
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run_test(self, folder: Path, *tests: str) -> TestRun:
        """Run tests of the copy, each named below its `tests`; what they leave running is ended.

        What they make lies in `folder`, an empty one.
        """
        assert self._server.stdin
        assert self._server.stdout
        output = folder / "output"
        paths = (f"tests/{test}" for test in tests)
        run = [str(output), *_OPTIONS, f"--basetemp={folder / 'made'}", *paths]
        self._server.stdin.write(json.dumps(run) + "\n")
        self._server.stdin.flush()
        status = int(self._server.stdout.readline())
        left = processes_of(self._folder) | processes_of(folder)
        for pid in left.keys() - {self._server.pid}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return TestRun(status, output.read_text(encoding="utf-8", errors="replace"))

    def close(self) -> None:
        """End the process."""
        self._server.communicate()
