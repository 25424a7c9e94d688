"""The runs of all repositories, read from their ledgers."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.bare_project import project_in
from tests.support.board_harness import ME
from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness
from wf_tui.board.runs.run_lines import columns_for, repository_line, run_line
from wf_tui.board.runs.runs_header import runs_header_line
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import width_of
from wf_tui.git.known_repositories import KnownRepository, note_repository
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.ledger.rules.moves import SNOOZE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.paths import RepoPaths
from wf_tui.picture.runs.hidden import hide_run, read_hidden
from wf_tui.picture.runs.listed_run import ListedRepository, Standing
from wf_tui.picture.runs.reading import VARIABLE, needs_of, read_again, read_runs
from wf_tui.picture.runs.tree_sizes import tree_sizes
from wf_tui.picture.seats.records import midnight
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable

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
    found = {one.folder: one for one in read_runs(tmp_path, CLOCK, {})}
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
    found = {one.folder: one for one in read_runs(tmp_path, CLOCK, {})}
    assert len(found["good"].runs) == 1
    assert "not" in found["broken"].problem
    assert "older wf" in found["old"].problem
    with contextlib.closing(sqlite3.connect(old)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_ledger_that_is_damaged_later_says_why_and_keeps_its_runs(tmp_path: Path) -> None:
    """Below the reason is what was read last; it is read again once it can be."""
    paths = repository(tmp_path, "one", blocked)
    before = read_runs(tmp_path, CLOCK, {})
    whole = paths.ledger.read_bytes()
    paths.ledger.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))
    (broken,) = read_again(before, CLOCK)
    assert broken.problem
    assert broken.runs == before[0].runs
    assert read_again([broken], CLOCK)[0].problem
    paths.ledger.write_bytes(whole)
    (mended,) = read_again([broken], CLOCK)
    assert (mended.problem, mended.runs) == ("", before[0].runs)


def test_a_store_that_a_variable_names_is_a_line(tmp_path: Path) -> None:
    """It says that it is not known here, without what was named, which may hold a password."""
    repository(tmp_path, "one", blocked)
    one, named = read_runs(tmp_path, CLOCK, {VARIABLE: "postgresql://me:secret@host/wf"})
    assert (len(one.runs), named.folder, named.runs) == (1, VARIABLE, ())
    spans = repository_line(named, None, UNICODE).left
    assert "".join(span.text for span in spans).startswith("WF_LEDGER  names a store")
    assert "secret" not in "".join(span.text for span in spans)


def test_a_dead_scheduler_and_a_snooze_need_no_commit(tmp_path: Path) -> None:
    """Who leads and what comes back change with time alone, and are seen all the same."""
    paths = repository(tmp_path, "one", blocked)
    with contextlib.closing(SqliteDatabase(paths.ledger)) as db:
        run = LedgerHarness(db)
        Ledger(db, actor=ME).move(RUN, SNOOZE, ["a"], until=CLOCK.now() + 60)
        gone = {**asdict(own_identity()), "pid_started": "1"}
        run.ledger.scheduler_started(RUN, gone)
    before = read_runs(tmp_path, CLOCK, {})
    assert (before[0].runs[0].needs, before[0].runs[0].is_led) == ((), False)
    later = FixedClock(CLOCK.now() + 61)
    (after,) = read_again(before, later)
    assert [need.task for need in after.runs[0].needs] == ["a"]
    alive = replace(after.runs[0], is_led=True)
    (again,) = read_again([replace(after, runs=(alive,))], later)
    assert not again.runs[0].is_led


def test_what_is_over_in_part_can_be_landed(tmp_path: Path) -> None:
    """Whatever is over and has merged work waits for its person; else it says how it ended."""
    repository(tmp_path, "one", blocked)
    ((run,),) = (one.runs for one in read_runs(tmp_path, CLOCK, {}))
    for state, has_work, landed, standing in (
        (RunState.PARTIAL, True, False, Standing.TO_LAND),
        (RunState.PARTIAL, True, True, Standing.LANDED),
        (RunState.PARTIAL, False, False, Standing.PARTIAL),
        (RunState.COMPLETED, True, False, Standing.TO_LAND),
        (RunState.COMPLETED, False, False, Standing.EMPTY),
        (RunState.ABORTED, True, False, Standing.ABORTED),
    ):
        ended = replace(run, state=state, has_work=has_work, is_landed=landed, needs=())
        assert ended.standing is standing
        words = "".join(span.text for span in run_line(ended, 116, UNICODE, CLOCK.now()).left)
        assert ("M lands it" in words) is (standing is Standing.TO_LAND)


def test_a_repository_says_its_branch_and_the_room_of_its_trees(tmp_path: Path) -> None:
    """The branch is read as data; the worktrees of all runs are counted together."""
    paths = repository(tmp_path / "state", "shop-1", blocked)
    common = tmp_path / "shop/.git"
    common.mkdir(parents=True)
    (common / "HEAD").write_text("ref: refs/heads/main\x1b[2J\n")
    note_repository(paths, common, "0" * 40)
    for tree in ("r1/trees/1", "r2/trees/2"):
        folder = paths.root / "runs" / tree
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"x" * 100_000)
    sizes = tree_sizes([paths], threading.Event())
    assert sizes["shop-1"] >= 200_000
    (one,) = read_runs(tmp_path / "state", CLOCK, {})
    line = repository_line(one, None, UNICODE, size=3 << 20)
    assert [span.text for span in line.right] == ["main · 3 MB in trees"]


def test_the_header_says_what_today_cost() -> None:
    """Of all repositories together, and that it is more where somebody said nothing."""
    known = KnownRepository(RepoPaths(Path("/state/one")), None)
    usage = Usage(input_tokens=9_000_000, output_tokens=100_000, cost_microusd=31_200_000)
    one = ListedRepository(known, is_there=False, spent=usage)
    line = runs_header_line([one, replace(one, spent=Usage(unknown=1))], UNICODE)
    assert [span.text for span in line.spare][:2] == ["today ≥$31.20", "  ≥9.1M tok"]
    assert runs_header_line([replace(one, spent=NO_USAGE)], UNICODE).spare == ()


def test_a_repository_that_has_gone_says_so(tmp_path: Path) -> None:
    """Its runs stay, with where it was."""
    paths = repository(tmp_path / "state", "shop-1", blocked)
    common = tmp_path / "shop/.git"
    common.mkdir(parents=True)
    note_repository(paths, common, "0" * 40)
    (there,) = read_runs(tmp_path / "state", CLOCK, {})
    assert (there.is_there, there.place) == (True, tmp_path / "shop")
    common.rmdir()
    (gone,) = read_runs(tmp_path / "state", CLOCK, {})
    assert (gone.is_there, len(gone.runs)) == (False, 1)
    line = repository_line(gone, tmp_path, UNICODE)
    assert [span.text for span in (*line.left, *line.right)] == [
        "~/shop",
        "not here any more: moved or deleted",
    ]


def test_what_is_over_is_not_read_again(tmp_path: Path) -> None:
    """Only a ledger with a run that is not over is opened, and the order stays."""
    paths = repository(tmp_path, "one", blocked)
    before = read_runs(tmp_path, CLOCK, {})
    with contextlib.closing(SqliteDatabase(paths.ledger)) as db:
        LedgerHarness(db).ledger.abort(RUN)
    (after,) = read_again(before, CLOCK)
    assert (after.runs[0].standing, after.is_over) == (Standing.ABORTED, True)
    paths.ledger.write_text("damaged")
    assert read_again([after], CLOCK) == (after,)


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
    ((run,),) = (one.runs for one in read_runs(tmp_path, CLOCK, {}))
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


def test_a_wide_line_says_what_a_person_would(tmp_path: Path) -> None:
    """Yesterday, and that the scheduler died, where it has led the run."""
    repository(tmp_path, "one", lambda _: None)
    ((run,),) = (one.runs for one in read_runs(tmp_path, CLOCK, {}))
    later = midnight(CLOCK.now()) + 86_400 + 60
    old = replace(run, is_led=False, leader=own_identity(), changed_at=later - 86_410)
    wide, narrow = (
        "".join(one.text for one in run_line(old, room, UNICODE, later).left) for room in (116, 90)
    )
    assert ("scheduler died" in wide, wide.rstrip().endswith("yesterday")) == (True, True)
    assert ("no scheduler" in narrow, narrow.rstrip().endswith("1d")) == (True, True)


def test_an_unknown_place_names_the_folder(tmp_path: Path) -> None:
    """A folder of a wf that took no notes is told by where its runs are."""
    (one,) = read_runs(_state(tmp_path), CLOCK, {})
    assert one.common_dir is None
    assert str(one.paths.root) in repository_line(one, None, UNICODE).left[0].text


def _state(folder: Path) -> Path:
    project = project_in(folder)
    repository(project.paths.root.parent, project.paths.root.name, blocked)
    return project.paths.root.parent
