"""Every screen and dialog of one run: its words at four sizes, its styles in all that can be drawn.

One board is walked through for each, as a person would; what is seen is kept as text. After a
change that is meant: `uv run pytest -m slow tests/unit/board/test_every_screen.py
--snapshot-update`, and a look at what is different before it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.busy_run import busy_run
from tests.support.plan_harness import PlanHarness, plan_view
from tests.support.start_sample import offers, surroundings
from tests.support.still_run import all_read, open_still_run, same_everywhere, with_checkout
from tests.support.styled_text import lines_of, styled_lines_of
from wf_tui.board.screens.start_screen import StartApp
from wf_tui.board.theme.our_themes import LIGHT
from wf_tui.config import Board, Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from syrupy.assertion import SnapshotAssertion
    from textual.pilot import Pilot

    from tests.support.board_harness import StillApp

pytestmark = pytest.mark.slow
SIZES: Final = [(60, 18), (80, 24), (120, 40), (200, 60)]
LOOKS: Final[Mapping[str, tuple[Board, Mapping[str, str]]]] = {
    "dark": (Board(), {}),
    "light": (Board(theme=LIGHT), {}),
    "256": (Board(), {"COLORTERM": "", "TERM": "xterm-256color"}),
    "16": (Board(), {"COLORTERM": "", "TERM": "xterm-16color"}),
    "no-colour": (Board(), {"NO_COLOR": "1"}),
    "ascii": (Board(ascii=True), {}),
}
WALK: Final = [
    # Which card is selected first, the keys that lead there, and those that lead back.
    ("board", "consent", "", ""),
    ("list", "consent", "v", ""),
    ("list unfolded", "consent", "Z", "v"),
    ("log", "token-store", "L", "escape"),
    ("diff", "token-store", "d", "escape"),
    ("prompt", "docs", "L enter l l", "escape escape"),
    ("attempts", "list-routes", "L enter l l l", "escape escape"),
    ("events", "list-routes", "L enter h", "escape escape"),
    ("review", "token-store", "R", "escape"),
    ("inbox", "consent", "2", ""),
    ("answer box", "consent", "2 j enter", "escape 1"),
    ("graph", "consent", "3", ""),
    ("workers", "consent", "4", ""),
    ("timeline", "consent", "5", ""),
    ("runs", "consent", "6", "1"),
    ("past", "consent", "t { {", "F"),
    ("land", "consent", "M", "escape"),
    ("help", "consent", "question_mark", "escape"),
    ("palette", "revoke", "ctrl+p h o l d", "escape escape"),
    ("menu", "cookie-flags", "full_stop", "escape"),
    ("new task", "consent", "n", "escape"),
    ("edit", "rate-limit", "e", "escape"),
    ("reassign", "rate-limit", "a", "escape"),
    ("confirm", "revoke", "x", "escape"),
    ("quit", "consent", "q", "escape"),
    ("filter", "consent", "slash s t a t e colon b l o c k e d enter", "escape"),
    ("marks", "cookie-flags", "space", "escape"),
]


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with same_everywhere():
        yield


_OF_CODE: Final = frozenset({"diff", "review"})
"""Where the colours of code come from a thread, in their own time; `test_snapshots` has these."""


async def walk(size: tuple[int, int], board: Board, look: Callable[[str, StillApp], None]) -> None:
    """Go to each screen, and let it be looked at."""
    # Not pytest's folder: how long its name is differs, and so would what is cut.
    with TemporaryDirectory(prefix="wf", dir="/tmp") as folder, open_still_run(Path(folder)) as run:
        drive = busy_run(run.project, run.db)
        with_checkout(run.project)
        app = run.app(drive, Config(board=board.model_copy(update={"guard": 0.0})))
        async with app.run_test(size=size) as pilot:
            hand = await run.seen(app, pilot, drive)
            for name, card, there, back in WALK:
                await hand.select(card)
                await all_read(app, pilot)  # where the pane is open from the start
                await _press(app, pilot, there)
                look(name, app)
                await _press(app, pilot, back)


async def _press(app: StillApp, pilot: Pilot[Any], keys: str) -> None:
    for key in keys.split():
        await pilot.press(key)
        await all_read(app, pilot)


def _mask(found: re.Match[str]) -> str:
    return found[1] + "_" * 8 + ("/repo " + "_" * 7 if found[2] else "")


def _text(lines: Iterable[str]) -> str:
    # Two names that are others each time: of a folder, and of a commit made now.
    return re.sub(r"(/tmp/wf)\w{8}(/repo \w{7})?", _mask, "\n".join(lines))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_words(snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    """What each screen says at a size."""

    def look(name: str, app: StillApp) -> None:
        assert _text(lines_of(app)) == snapshot(name=name)

    await walk(size, Board(), look)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_before_a_run(snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    """What the screens say that have no run yet: the start, and a plan."""
    app = StartApp(offers(), surroundings, environ={})
    async with app.run_test(size=size) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert _text(lines_of(app)) == snapshot(name="start")
    with TemporaryDirectory(prefix="wf", dir="/tmp") as folder:
        view = plan_view(Path(folder))
        async with PlanHarness.begin(view, size) as plan:
            assert _text(lines_of(plan.app)) == snapshot(name="plan")


@pytest.mark.parametrize("name", LOOKS)
async def test_styles(
    snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """How each screen is drawn with many colours, few, none, and without signs."""
    board, environ = LOOKS[name]
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)

    def look(name: str, app: StillApp) -> None:
        if name not in _OF_CODE:
            assert _text(styled_lines_of(app)) == snapshot(name=name)

    await walk((120, 40), board, look)
