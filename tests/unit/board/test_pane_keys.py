"""The keys of the pane: what works there is in the footer and in the help, and nothing else is."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual.widgets import OptionList

from tests.support import busy_run
from tests.support.bare_project import project_in
from tests.support.board_harness import BoardHarness, StillApp
from tests.support.ledger_harness import RUN
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading

if TYPE_CHECKING:
    from pathlib import Path


def footer(app: StillApp) -> dict[str, str]:
    """Return the actions of the footer by their keys."""
    return {one.key: one.action for one in app.footer_keys()}


def helped(app: StillApp, key: str) -> list[str]:
    """Return the lines of the help that begin with a key."""
    options = app.screen.query_one(OptionList).options
    lines = [" ".join(str(option.prompt).split()) for option in options]
    return [line for line in lines if line.startswith(f"{key} ")]


async def test_a_diff_in_the_pane_has_keys_of_its_own(tmp_path: Path) -> None:
    """`c e x w` are the diff's in footer and help, and a key without a comment cancels nothing."""
    project = project_in(tmp_path)
    project.paths.root.mkdir(parents=True)
    with contextlib.closing(SqliteDatabase(project.paths.ledger, create=True)) as db:
        drive = busy_run.busy_run(project, db)
        app = StillApp(project, RUN, clock=drive.clock, environ={})
        async with app.run_test(size=(120, 40)) as pilot:
            hand = BoardHarness(app, pilot, drive, since=drive.run().seq)
            await pilot.pause()
            folder = project.paths.run(RUN).root
            app.apply_batch(reading.read_all(db, RUN, drive.clock.now(), folder))
            await hand.settle()
            await hand.select("token-store")
            await hand.press("d")
            if not app.screen.query_one(DetailPane).has_keys:
                await hand.press("tab")
            while app.screen.query_one(DetailPane).diff_view.file_view is None:
                await pilot.pause(0.01)
            keys = footer(app)
            assert [keys.get(key) for key in "cexw"] == [
                *("diff.comment", "diff.edit_comment", "diff.drop_comment", "diff.wrap"),
            ]
            assert "task.cancel" not in keys.values()
            await hand.press("x")
            assert hand.told[-1].startswith("x works on a comment of yours")
            assert hand.acts == []
            await hand.press("question_mark")
            assert isinstance(app.screen, HelpScreen)
            for key in "cexw":
                assert len(helped(app, key)) == 1, key
            await hand.press("escape")
            app.perform("diff.comment", clicked=True)
            await hand.settle()
            assert app.screen.query_one(CommentBox).has_focus_within
