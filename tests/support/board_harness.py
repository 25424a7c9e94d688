"""A board on a real ledger whose news come when a test says so; nothing here waits for time."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.worker import WorkerState

from tests.support.bare_project import project_in
from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.shared_styles import share_styles
from tests.support.telling_app import TellingApp
from wf_tui.board import app as app_module
from wf_tui.board.app import BoardApp
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.config import Config
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading
from wf_tui.processes import own_identity
from wf_tui.project import user_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from wf_tui.ledger.model.new_tasks import NewPhase, NewTask

share_styles()
ME = f"user:{user_name()}"


class _NoFeed:
    """A feed that never has news by itself."""

    def start(self) -> None:
        """Read nothing."""

    def stop(self) -> None:
        """End nothing."""

    def taken(self) -> None:
        """Hand over nothing."""


class StillApp(TellingApp, BoardApp):
    """The board, with its notices kept for the test to read."""

    CSS_PATH = str(Path(app_module.__file__).with_name("board.tcss"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self._feed = _NoFeed()  # type: ignore[assignment]
        self.copied: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what is copied."""
        self.copied.append(text)


@dataclass
class BoardHarness:
    """A person in front of a board."""

    app: StillApp
    pilot: Pilot[Any]
    drive: LedgerHarness
    since: int = field(default=0)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, and see what came of them."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def settle(self) -> None:
        """Let what was begun come to its end, or to a question."""
        await self.pilot.pause()
        while busy := self._busy():
            await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
        await self.pilot.pause()
        assert not [w.error for w in self.app.workers if w.state is WorkerState.ERROR]
        if not self.app.is_running:
            return
        seq, now = self.app.live.seq, self.app.clock.now()
        folder = self.app.project.paths.run(RUN).root
        batch = reading.read_since(self.drive.db, RUN, seq, now, folder)
        if batch is not None:
            self.app.apply_batch(batch)
        await self.pilot.pause()

    def _busy(self) -> list[asyncio.Task[Any]]:
        """Return what is under way; a talk that waits for an answer is not."""
        groups = (
            {"actions"} if self.app.screen.is_modal else {"actions", "dialog", "perform", "travel"}
        )
        under_way = [w for w in self.app.workers if w.group in groups and not w.is_finished]
        return [worker._task for worker in under_way if worker._task is not None]

    async def select(self, card: str) -> None:
        """Select a card on the board."""
        board = self.app.get_screen("board", BoardScreen)
        assert board.select(card)
        await self.pilot.pause()

    async def mark(self, *cards: str) -> None:
        """Mark cards."""
        for card in cards:
            self.app.picture.toggle_mark(card)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*("space" if char == " " else char for char in text))

    @property
    def acts(self) -> list[tuple[str, str]]:
        """What the ledger says this person has done: kinds of events with their tasks."""
        found = reads.events(self.drive.db, RUN, self.since)
        return [(event.kind, event.task or "") for event in found if event.actor == ME]

    @property
    def told(self) -> list[str]:
        """What the board has said."""
        return self.app.told


@contextlib.asynccontextmanager
async def board(
    folder: Path,
    *tasks: NewPhase | NewTask | str,
    before: Callable[[LedgerHarness], object] | None = None,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    guard: float = 0.0,
    led: bool = True,
    **run: Any,
) -> AsyncIterator[BoardHarness]:
    """Open a board on a new run; `before` brings the run to where the test begins.

    This process poses as the scheduler, so that nothing starts one. Keys act at once unless
    `guard` says that they do not for so many seconds after a change.
    """
    project = project_in(folder)
    project.paths.root.mkdir(parents=True)
    with contextlib.closing(SqliteDatabase(project.paths.ledger, create=True)) as db:
        drive = LedgerHarness(db).make(*tasks, **run)
        if led:
            drive.ledger.scheduler_started(RUN, asdict(own_identity()))
        if before is not None:
            before(drive)
        config = config or Config()
        look = config.board.model_copy(update={"guard": guard})
        config = config.model_copy(update={"board": look})
        app = StillApp(project, RUN, clock=drive.clock, environ={}, config=config)
        async with app.run_test(size=size) as pilot:
            hand = BoardHarness(app, pilot, drive, since=drive.run().seq)
            await pilot.pause()
            folder = project.paths.run(RUN).root
            batch = reading.read_all(db, RUN, drive.clock.now(), folder)
            app.apply_batch(batch)
            await pilot.pause()
            yield hand
