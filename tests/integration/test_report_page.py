"""The page of `wf report`, in a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support import busy_run
from tests.support.bare_project import project_in
from tests.support.chromium import screenshot
from tests.support.ledger_harness import RUN
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.report.facts import read_report
from wf_tui.report.page import page

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
DONE, FAILED, NEEDS, GROUND = "#1f7038", "#b3261e", "#9c4f00", "#fafaf8"


def test_the_page_is_painted_without_anything_else(tmp_path: Path) -> None:
    """The strip has what is done and what needs somebody, the timeline what failed."""
    project = project_in(tmp_path)
    project.paths.root.mkdir(parents=True)
    db = SqliteDatabase(project.paths.ledger, create=True)
    drive = busy_run.busy_run(project, db)
    report = replace(read_report(db, RUN, drive.clock.now()), commits=())
    db.close()
    target = tmp_path / "alone" / "report.html"
    target.parent.mkdir()
    target.write_text(page(report), "utf-8")
    seen = screenshot(target.as_uri(), tmp_path)
    assert seen.count(GROUND) > seen.width * seen.height / 2
    for colour in (DONE, FAILED, NEEDS):
        assert seen.count(colour) > 100, colour
