"""The program of a tab: the board on a run, drawn for a browser: `python -m` this module."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final

__all__ = ["main", "words"]

_PR_SET_PDEATHSIG: Final = 1
_ONLY_LOOKS: Final = "this board only looks: it was opened with wf serve --view"


def words(repo: Path, run: str, *, view: bool) -> list[str]:
    """Return the command line of a tab, for a server that is this process."""
    start = [sys.executable, "-P", "-m", __name__, "--parent", str(os.getpid())]
    return [*start, "--repo", str(repo), *(["--view"] if view else []), run]


def main() -> int:
    """Run the board until its tab is closed or its server has ended; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--view", action="store_true")
    parser.add_argument("run")
    options = parser.parse_args()
    end_with(options.parent)

    from wf_tui.board.app import BoardApp  # noqa: PLC0415 - Textual, once it ends with its server
    from wf_tui.project import find_project  # noqa: PLC0415 - same
    from wf_tui.settings import read_settings  # noqa: PLC0415 - pydantic, same

    project = find_project(options.repo, os.environ, lambda *_: None)
    off = _ONLY_LOOKS if options.view else ""
    config = read_settings(os.environ)
    app = BoardApp(project, options.run, environ=os.environ, config=config, acts_off=off)
    app.run()
    return app.return_code or 0


def end_with(server: int) -> None:
    """Be told to leave when the server ends, whatever ends it; so a kill -9 leaves no board."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # It may have ended before that was asked for.
    if os.getppid() != server:
        raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
