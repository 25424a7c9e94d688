"""The runs of all repositories, read from their ledgers."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from tests.support.board_harness import project_in
from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness
from wf_tui.board.runs.run_lines import columns_for, repository_line, run_line
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import width_of
from wf_tui.git.known_repositories import note_repository
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.paths import RepoPaths
from wf_tui.picture.runs.hidden import hide_run, read_hidden
from wf_tui.picture.runs.listed_run import Standing
from wf_tui.picture.runs.reading import needs_of, read_again, read_runs
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOCK = FixedClock()


def repository(state: Path, name: str, drive: Callable[[LedgerHarness], object]) -> RepoPaths:
    """Make a repository with a run that was driven somewhere; return its folder."""
    paths = RepoPaths(state / name)
    paths.root.mkdir(parents=True)
    with contextlib.closing(SqliteDatabase(paths.ledger, create=True)) as db:
        run = LedgerHarness(db).make("a", "b", goal=f"Goal of {name}")
        run.ledger.scheduler_started(RUN, asdict(own_identity()))
        drive(run)
    return paths


def blocked(run: LedgerHarness) -> None:
    """Have a task fail for good."""
    run.wreck("a")


def test_each_run_says_whether_it_needs_its_person(tmp_path: Path) -> None:
    """Running, needing somebody, complete: from the row and the blocked tasks alone."""
    repository(tmp_path, "one", lambda run: run.expect_claim("a"))
    repository(tmp_path, "two", blocked)
    found = {one.folder: one for one in read_runs(tmp_path, CLOCK)}
    assert [run.standing for run in found["one"].runs] == [Standing.RUNNING]
    (needy,) = found["two"].runs
    assert (needy.standing, needy.bar.tasks) == (Standing.NEEDS_YOU, (0, 0, 1, 0, 1))
    assert [(need.folder, need.task) for need in needs_of(list(found.values()))] == [("two", "a")]


def test_one_ledger_that_cannot_be_read_is_a_line(tmp_path: Path) -> None:
    """It says why, and takes nothing from the others; an older one is not changed."""
    repository(tmp_path, "good", blocked)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/ledger.db").write_text("this is no ledger" * 100)
    old = repository(tmp_path, "old", blocked).ledger
    with contextlib.closing(sqlite3.connect(old)) as file:
        file.execute("PRAGMA user_version = 3")
    found = {one.folder: one for one in read_runs(tmp_path, CLOCK)}
    assert len(found["good"].runs) == 1
    assert "not" in found["broken"].problem
    assert "older wf" in found["old"].problem
    with contextlib.closing(sqlite3.connect(old)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_repository_that_has_gone_says_so(tmp_path: Path) -> None:
    """Its runs stay, with where it was."""
    paths = repository(tmp_path / "state", "shop-1", blocked)
    common = tmp_path / "shop/.git"
    common.mkdir(parents=True)
    note_repository(paths, common, "0" * 40)
    (there,) = read_runs(tmp_path / "state", CLOCK)
    assert (there.is_there, there.place) == (True, tmp_path / "shop")
    common.rmdir()
    (gone,) = read_runs(tmp_path / "state", CLOCK)
    assert (gone.is_there, len(gone.runs)) == (False, 1)
    line = repository_line(gone, tmp_path, UNICODE)
    assert [span.text for span in (*line.left, *line.right)] == [
        "~/shop",
        "not here any more: moved or deleted",
    ]


def test_what_is_over_is_not_read_again(tmp_path: Path) -> None:
    """Only a ledger with a run that is not over is opened, and the order stays."""
    paths = repository(tmp_path, "one", blocked)
    before = read_runs(tmp_path, CLOCK)
    with contextlib.closing(SqliteDatabase(paths.ledger)) as db:
        LedgerHarness(db).ledger.abort(RUN)
    (after,) = read_again(before, tmp_path, CLOCK)
    assert (after.runs[0].standing, after.is_over) == (Standing.ABORTED, True)
    paths.ledger.write_text("damaged")
    assert read_again([after], tmp_path, CLOCK) == (after,)


def test_hidden_runs_are_kept_by_name(tmp_path: Path) -> None:
    """In one file of the state directory; hiding twice and showing again are harmless."""
    assert read_hidden(tmp_path) == frozenset()
    hide_run(tmp_path, "one/r1")
    hide_run(tmp_path, "one/r1")
    assert read_hidden(tmp_path) == {"one/r1"}
    assert hide_run(tmp_path, "one/r1", hidden=False) == frozenset()
    (tmp_path / "hidden").write_bytes(b"\xff")
    assert read_hidden(tmp_path) == frozenset()


def test_a_line_fits_at_every_width(tmp_path: Path) -> None:
    """No column moves with what is in it, and nothing is wider than its line."""
    repository(tmp_path, "one", blocked)
    ((run,),) = (one.runs for one in read_runs(tmp_path, CLOCK))
    wide = replace(run, goal="漢字" * 60)
    for glyphs in (UNICODE, ASCII):
        for room in (56, 78, 105, 116, 196):
            for one in (run, wide):
                line = run_line(one, room, glyphs, CLOCK.now())
                assert width_of(line.left) == room
            assert columns_for(room).width < room
    shown = "".join(span.text for span in run_line(run, 116, UNICODE, CLOCK.now()).left)
    assert shown.startswith("▶ Goal of one")
    assert "◆ 1" in shown
    assert "0/2" in shown


def test_an_unknown_place_names_the_folder(tmp_path: Path) -> None:
    """A folder of a wf that took no notes is told by where its runs are."""
    one = replace(read_runs(_state(tmp_path), CLOCK)[0], common_dir=None)
    assert str(one.paths.root) in repository_line(one, None, UNICODE).left[0].text


def _state(folder: Path) -> Path:
    project = project_in(folder)
    repository(project.paths.root.parent, project.paths.root.name, blocked)
    return project.paths.root.parent
