"""What a picture of a board needs: a run that stands still, and nothing that differs by machine."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, TextArea

from tests.support.bare_project import project_in
from tests.support.board_harness import BoardHarness, StillApp
from tests.support.ledger_harness import RUN
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.worker import Worker

    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.config import Config
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["StillRun", "all_read", "open_still_run", "same_everywhere", "with_checkout"]

_QUIET = 4
"""Turns of the loop in which nothing is read until all was."""
_VARIABLES = ("NO_COLOR", "COLUMNS", "LINES", "COLORTERM", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM")


@contextlib.contextmanager
def same_everywhere() -> Iterator[None]:
    """Take away what makes a picture differ: terminal, theme, time zone, a cursor that blinks."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _VARIABLES:
            patch.delenv(name, raising=False)
        patch.setenv("COLORTERM", "truecolor")
        for box in (Input, TextArea):
            patch.setattr(box.cursor_blink, "_default", False)
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@dataclass
class StillRun:
    """An empty ledger, in a place whose paths are the same for everybody."""

    project: Project
    db: Database

    def app(self, drive: LedgerHarness, config: Config) -> StillApp:
        """Return a board on the run; what moves by itself is off."""
        app = StillApp(self.project, RUN, clock=drive.clock, environ={}, config=config)
        app.animation_level = "none"
        app.motion = False
        return app

    async def seen(self, app: StillApp, pilot: Pilot[Any], drive: LedgerHarness) -> BoardHarness:
        """Bring the run to the board, and return who sits before it."""
        hand = BoardHarness(app, pilot, drive)
        await pilot.pause()
        folder = self.project.paths.run(RUN).root
        batch = reading.read_all(self.db, RUN, drive.clock.now(), folder)
        app.show_changes(app.picture.apply(batch))
        app.beat()
        await hand.settle()
        return hand


@contextlib.contextmanager
def open_still_run(folder: Path) -> Iterator[StillRun]:
    """Give an empty ledger below a folder."""
    project = project_in(folder)
    project.paths.root.mkdir(parents=True)
    note = {"common_dir": "/src/shop/.git", "device": 0, "inode": 0, "commit": ""}
    project.paths.root.joinpath("repository.json").write_text(json.dumps(note))
    with contextlib.closing(SqliteDatabase(project.paths.ledger, create=True)) as db:
        db.execute("PRAGMA synchronous = OFF")
        yield StillRun(project, db)


def with_checkout(project: Project) -> None:
    """Make the person's checkout, at the base of the run, so that it can be landed there."""
    control = project.paths.run(RUN).control
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(control.parent)}
    for words in (
        ["init", "-q", "-b", "main", project.start],
        ["-C", project.start, "fetch", "-q", control, "refs/wf/base:refs/heads/base"],
        ["-C", project.start, "reset", "-q", "--hard", "base"],
    ):
        subprocess.run(["git", *map(str, words)], env=environ, check=True)


async def all_read(app: StillApp, pilot: Pilot[Any]) -> None:
    """Wait until all that is read and searched is on the screen; a question stays open."""
    quiet = 0
    while quiet < _QUIET:  # what was read may ask for more, such as the colours of code
        busy = any(_is_under_way(app, worker) for worker in app.workers)
        quiet = 0 if busy else quiet + 1
        await pilot.pause(0.01 if busy else None)


def _is_under_way(app: StillApp, worker: Worker[Any]) -> bool:
    asks = worker.group == "dialog" and app.screen.is_modal
    return not worker.is_finished and not asks
