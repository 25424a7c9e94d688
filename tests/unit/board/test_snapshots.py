"""Pictures of the screens: how they are laid out, at three sizes; each kind of card once.

After a change that is meant: `uv run pytest tests/unit/board/test_snapshots.py --snapshot-update`,
and a look at what is different before it is committed.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from textual.widgets import Input, TextArea

from tests.support import busy_run
from tests.support.board_harness import BoardHarness, StillApp, project_in
from tests.support.ledger_harness import RUN
from tests.support.review_sample import sample_review
from wf_tui.board.review.trial import Trial
from wf_tui.board.screens import review_screen
from wf_tui.board.screens.start_screen import Offers, StartApp
from wf_tui.board.start.agents import Readiness
from wf_tui.board.start.surroundings import Fact, Surroundings
from wf_tui.board.theme.our_themes import LIGHT
from wf_tui.config import Board, Config
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot
    from textual.worker import Worker

    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

Size = tuple[int, int]
LEAST, SMALL, MIDDLE, LARGE = (60, 18), (80, 24), (120, 40), (200, 60)
_VARIABLES = ("NO_COLOR", "COLUMNS", "LINES", "COLORTERM", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM")


class Compare(Protocol):
    """Whether an app looks as it did when its picture was taken."""

    def __call__(
        self,
        app: StillApp | StartApp,
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[Any]], object] = ...,
    ) -> bool:
        """Compare after some keys."""


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what makes a picture differ: terminal, theme, time zone, a cursor that blinks."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    for box in (Input, TextArea):
        monkeypatch.setattr(box.cursor_blink, "_default", False)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@dataclass
class SnapshotHarness:
    """What compares a board, after some keys, with its picture."""

    project: Project
    db: Database
    compare: Compare
    config: Config = field(default_factory=Config)

    def busy(self, size: Size, *keys: str, card: str | None = None) -> bool:
        """Compare the board of the run in the middle of its life, with a card selected."""
        return self.look(busy_run.busy_run(self.project, self.db), size, *keys, card=card)

    def look(self, drive: LedgerHarness, size: Size, *keys: str, card: str | None = None) -> bool:
        """Compare the board of a run."""
        app = StillApp(self.project, RUN, clock=drive.clock, environ={}, config=self.config)
        app.animation_level = "none"
        app.motion = False

        async def before(pilot: Pilot[Any]) -> None:
            hand = BoardHarness(app, pilot, drive)
            await pilot.pause()
            folder = self.project.paths.run(RUN).root
            batch = reading.read_all(self.db, RUN, drive.clock.now(), folder)
            app.show_changes(app.picture.apply(batch))
            app.beat()
            await hand.settle()
            if card is not None:
                await hand.select(card)
            for some in (keys[:1], keys[1:]):
                await pilot.press(*some)
                await _read(app, pilot)

        return self.compare(app, terminal_size=size, run_before=before)


async def _read(app: StillApp, pilot: Pilot[Any]) -> None:
    """Wait until all that is read and searched is on the screen; a question stays open."""
    await pilot.pause()
    while any(_is_under_way(app, worker) for worker in app.workers):
        await pilot.pause(0.01)
    await pilot.pause()


def _is_under_way(app: StillApp, worker: Worker[Any]) -> bool:
    asks = worker.group == "dialog" and app.screen.is_modal
    return not worker.is_finished and not asks


@pytest.fixture
def screens(tmp_path: Path, snap_compare: Compare) -> Iterator[SnapshotHarness]:
    """Give what compares a board on an empty ledger with its pictures."""
    project = project_in(tmp_path)
    project.paths.root.mkdir(parents=True)
    note = {"common_dir": "/src/shop/.git", "device": 0, "inode": 0, "commit": ""}
    project.paths.root.joinpath("repository.json").write_text(json.dumps(note))
    with contextlib.closing(SqliteDatabase(project.paths.ledger, create=True)) as db:
        db.execute("PRAGMA synchronous = OFF")
        yield SnapshotHarness(project, db, snap_compare)


SCREENS = [
    ("board", (), None, (SMALL, MIDDLE, LARGE)),
    ("log", ("L",), "token-store", (SMALL, MIDDLE, LARGE)),
    ("diff", ("d",), "token-store", (SMALL, MIDDLE, LARGE)),
    ("prompt", ("L", "enter", "l", "l"), "docs", (MIDDLE,)),
    ("attempts", ("L", "enter", "l", "l", "l"), "list-routes", (MIDDLE,)),
    ("events", ("L", "enter", "h"), "list-routes", (MIDDLE,)),
    ("inbox", ("2",), None, (LEAST, SMALL, MIDDLE, LARGE)),
    ("workers", ("4",), None, (LEAST, SMALL, MIDDLE, LARGE)),
    ("graph", ("3",), None, (SMALL, MIDDLE, LARGE)),
    ("timeline", ("5",), None, (SMALL, MIDDLE, LARGE)),
    ("runs", ("6",), None, (LEAST, SMALL, MIDDLE, LARGE)),
    ("past", ("t", "{", "{"), None, (SMALL, MIDDLE, LARGE)),
    ("help", ("question_mark",), None, (SMALL, MIDDLE, LARGE)),
    ("palette", ("ctrl+p", *"hold"), "revoke", (SMALL, MIDDLE, LARGE)),
    ("new", ("n", *"Try it", "tab", "tab", "tab", *"none"), None, (SMALL, MIDDLE, LARGE)),
    ("edit", ("e",), "rate-limit", (MIDDLE,)),
    ("reassign", ("a",), "rate-limit", (SMALL, MIDDLE)),
    ("cancel", ("x",), "revoke", (MIDDLE,)),
    ("quit", ("q",), None, (SMALL, MIDDLE)),
    ("filter", ("slash", *"state:blocked", "enter"), None, (SMALL, MIDDLE)),
    ("marks", ("k", "space", "space"), "rate-limit", (MIDDLE,)),
]
_KEYS = {" ": "space", ":": "colon"}


@pytest.mark.parametrize(
    ("keys", "card", "size"),
    [
        pytest.param(
            keys,
            card,
            size,
            id=f"{name}-{size[0]}x{size[1]}",
            # One size shows that a screen is as it was; CI looks at the others, too.
            marks=() if size == MIDDLE else pytest.mark.slow,
        )
        for name, keys, card, sizes in SCREENS
        for size in sizes
    ],
)
def test_screen(
    screens: SnapshotHarness, keys: tuple[str, ...], card: str | None, size: Size
) -> None:
    """Each screen is laid out as it was when somebody looked at it."""
    assert screens.busy(size, *(_KEYS.get(key, key) for key in keys), card=card)


def test_nobody_leads(screens: SnapshotHarness) -> None:
    """A run without a scheduler says so, and which key starts one."""
    assert screens.look(busy_run.small_run(screens.db), SMALL)


def test_too_small(screens: SnapshotHarness) -> None:
    """A terminal that is too small is told so."""
    assert screens.busy((59, 17))


@pytest.mark.parametrize(
    "looks",
    [Board(ascii=True), Board(theme=LIGHT), Board(theme="gruvbox")],
    ids=["ascii", "light", "other"],
)
def test_looks(screens: SnapshotHarness, looks: Board) -> None:
    """Letters in place of glyphs, the light theme, and one of Textual's own."""
    screens.config = Config(board=looks)
    assert screens.busy(MIDDLE)


def test_without_colour(screens: SnapshotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR everything can still be read."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert screens.busy(MIDDLE)


@pytest.mark.parametrize(
    ("keys", "size", "looks"),
    [
        pytest.param((), MIDDLE, Board(), id="120x40"),
        pytest.param((), LEAST, Board(), id="60x18", marks=pytest.mark.slow),
        pytest.param((), SMALL, Board(), id="80x24", marks=pytest.mark.slow),
        pytest.param(("h",), SMALL, Board(), id="files-80x24", marks=pytest.mark.slow),
        pytest.param(("s",), LARGE, Board(), id="200x60", marks=pytest.mark.slow),
        pytest.param(
            (*"Vjc", *"Say why"), MIDDLE, Board(theme=LIGHT), id="light", marks=pytest.mark.slow
        ),
        pytest.param((), MIDDLE, Board(ascii=True), id="ascii", marks=pytest.mark.slow),
    ],
)
def test_review(
    screens: SnapshotHarness,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    keys: tuple[str, ...],
    size: Size,
    looks: Board,
) -> None:
    """The review, of work that was read from a repository, with comments of every kind."""
    found = sample_review(tmp_path / "git", "rate-limit")
    trial = Trial("h", "2 merges behind: merges cleanly", clean=True)
    monkeypatch.setattr(review_screen, "read_review", lambda *_: found)
    monkeypatch.setattr(review_screen, "try_merge", lambda *_: trial)
    screens.config = Config(board=looks)
    opened = ("R", *(_KEYS.get(key, key) for key in keys))
    assert screens.busy(size, *opened, card="rate-limit")


@pytest.mark.parametrize("in_repository", [True, False])
def test_start(snap_compare: Compare, *, in_repository: bool) -> None:
    """Without a run there is the demo, and the plans that lie here."""
    files = ["plan.yaml", "plans/release.toml"] if in_repository else []
    ready = Readiness(["codex"], asks="commands")
    around = Surroundings(
        branch="main, 3 uncommitted files",
        base="workers start from 2710304; the 3 uncommitted files are not in it",
        plan=[Fact("5 phases, 40 tasks"), Fact("good", good=True)],
        runs="3 in 2 repositories, 1 not landed",
        doctor=[Fact("git 2.39", good=True), Fact("codex", good=True)],
    )
    offers = Offers(in_repository, files, Path("/src/shop"), ready)
    app = StartApp(offers, lambda: around, environ={})
    assert snap_compare(app, terminal_size=SMALL, run_before=settled)


async def settled(pilot: Pilot[Any]) -> None:
    """Let what is read on threads be shown."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def test_a_swarm(screens: SnapshotHarness) -> None:
    """Each card of a swarm has a bar, and the header says how many are where."""
    assert screens.look(busy_run.swarm_run(screens.db), LARGE)
