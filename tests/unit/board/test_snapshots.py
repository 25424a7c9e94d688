"""Pictures of the screens, for the eye; at all sizes and colours `test_every_screen` has them.

After a change that is meant: `uv run pytest tests/unit/board/test_snapshots.py --snapshot-update`,
and a look at what is different before it is committed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.support import busy_run
from tests.support.review_sample import sample_review
from tests.support.start_sample import offers, surroundings
from tests.support.still_run import StillRun, all_read, open_still_run, same_everywhere
from wf_tui.board.review.trial import Trial
from wf_tui.board.screens import review_screen
from wf_tui.board.screens.start_screen import StartApp
from wf_tui.board.theme.our_themes import LIGHT
from wf_tui.config import Board, Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.support.board_harness import StillApp
    from tests.support.ledger_harness import LedgerHarness

Size = tuple[int, int]
LEAST, SMALL, MIDDLE, LARGE = (60, 18), (80, 24), (120, 40), (200, 60)


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
def _still() -> Iterator[None]:
    with same_everywhere():
        yield


@dataclass
class SnapshotHarness:
    """What compares a board, after some keys, with its picture."""

    run: StillRun
    compare: Compare
    config: Config = field(default_factory=Config)

    def busy(self, size: Size, *keys: str, card: str | None = None) -> bool:
        """Compare the board of the run in the middle of its life, with a card selected."""
        drive = busy_run.busy_run(self.run.project, self.run.db)
        return self.look(drive, size, *keys, card=card)

    def look(self, drive: LedgerHarness, size: Size, *keys: str, card: str | None = None) -> bool:
        """Compare the board of a run."""
        app = self.run.app(drive, self.config)

        async def before(pilot: Pilot[Any]) -> None:
            hand = await self.run.seen(app, pilot, drive)
            if card is not None:
                await hand.select(card)
            for some in (keys[:1], keys[1:]):
                await pilot.press(*some)
                await all_read(app, pilot)

        return self.compare(app, terminal_size=size, run_before=before)


@pytest.fixture
def screens(tmp_path: Path, snap_compare: Compare) -> Iterator[SnapshotHarness]:
    """Give what compares a board on an empty ledger with its pictures."""
    with open_still_run(tmp_path) as run:
        yield SnapshotHarness(run, snap_compare)


SCREENS = [
    ("board", (), None),
    ("log", ("L",), "token-store"),
    ("diff", ("d",), "token-store"),
    ("prompt", ("L", "enter", "l", "l"), "docs"),
    ("attempts", ("L", "enter", "l", "l", "l"), "list-routes"),
    ("events", ("L", "enter", "h"), "list-routes"),
    ("inbox", ("2",), None),
    ("workers", ("4",), None),
    ("graph", ("3",), None),
    ("timeline", ("5",), None),
    ("runs", ("6",), None),
    ("past", ("t", "{", "{"), None),
    ("help", ("question_mark",), None),
    ("palette", ("ctrl+p", *"hold"), "revoke"),
    ("new", ("n", *"Try it", "tab", "tab", "tab", *"none"), None),
    ("edit", ("e",), "rate-limit"),
    ("reassign", ("a",), "rate-limit"),
    ("cancel", ("x",), "revoke"),
    ("quit", ("q",), None),
    ("filter", ("slash", *"state:blocked", "enter"), None),
    ("marks", ("k", "space", "space"), "rate-limit"),
]
_KEYS = {" ": "space", ":": "colon"}


@pytest.mark.parametrize(
    ("keys", "card"), [pytest.param(*how, id=f"{name}-120x40") for name, *how in SCREENS]
)
def test_screen(screens: SnapshotHarness, keys: tuple[str, ...], card: str | None) -> None:
    """Each screen is laid out as it was when somebody looked at it."""
    assert screens.busy(MIDDLE, *(_KEYS.get(key, key) for key in keys), card=card)


def test_nobody_leads(screens: SnapshotHarness) -> None:
    """A run without a scheduler says so, and which key starts one."""
    assert screens.look(busy_run.small_run(screens.run.db), SMALL)


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
    app = StartApp(offers(in_repository=in_repository), surroundings, environ={})
    assert snap_compare(app, terminal_size=SMALL, run_before=settled)


async def settled(pilot: Pilot[Any]) -> None:
    """Let what is read on threads be shown."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def test_a_swarm(screens: SnapshotHarness) -> None:
    """Each card of a swarm has a bar, and the header says how many are where."""
    assert screens.look(busy_run.swarm_run(screens.run.db), LARGE)
