"""A process that has imported what all tests need, and forks itself for each run of some.

To start Python, pytest and the libraries takes longer than most tests of mutants. Nothing of the
package or its tests is imported here: each run finds them as they are on the disk by then.

Each line that comes in is a run: where its output goes, and the arguments of pytest, as JSON. Each
line that goes out is how it ended: its exit status, or less than zero where it was killed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from typing import Final

import pytest
from _pytest.config import default_plugins

_LIBRARIES: Final = (
    *(f"_pytest.{name}" for name in default_plugins),
    *("apsw", "click", "git", "hypothesis.stateful", "pydantic", "pytest_asyncio.plugin"),
    *("pytest_timeout", "rich.console", "rich.markdown", "textual.app"),
    *("textual.command", "textual.pilot", "textual.widgets", "yaml"),
)
_LIMIT: Final = 270
"""After so many seconds a run is killed which the timeout of pytest itself could not end."""


def _run(output: str, arguments: list[str]) -> int:
    """Let a child run tests; return how it ended."""
    pid = os.fork()
    if not pid:
        os.setpgid(0, 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(1, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        status = pytest.main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(_LIMIT)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    signal.alarm(0)
    return ended


def main() -> None:
    """Serve runs until nobody asks for any more."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        output, *arguments = json.loads(line)
        sys.stdout.write(f"{_run(output, arguments)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
