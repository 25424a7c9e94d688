"""The log of a running attempt, as it grows."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from textual._compositor import Compositor
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp

from tests.support.detail_harness import HOSTILE, DetailApp, LiveRun, painted, settle
from wf_tui.board.detail.document import Source
from wf_tui.board.detail.feed import Answered
from wf_tui.board.detail.log.entries import LogEntry
from wf_tui.board.detail.log.reader import WINDOW, LogNews, LogSoFar, read_log
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from textual._compositor import ReflowResult
    from textual.geometry import Size
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.widget import Widget

SIZE = (60, 16)
BLANK = " " * 8
"""In the place of a time that is that of the line above."""


def stamp(at: float) -> str:
    """Return a time as it stands before a line."""
    return time.strftime("%H:%M:%S", time.localtime(at))


@pytest.fixture
def live(tmp_path: Path) -> LiveRun:
    """Give an attempt that is open."""
    return LiveRun(tmp_path)


def source(live: LiveRun, epoch: int | None = None) -> Source:
    """Return where the log of the task is read from."""
    return Source(live.harness.project, live.harness.run, "t", epoch, SystemClock())


def texts(news: LogNews) -> list[str]:
    """Return the lines of some news."""
    return [one.text for one in news.entries if isinstance(one, LogEntry)]


async def look_again(pilot: Pilot[None]) -> None:
    """Let the pane look, and wait for what it finds."""
    pilot.app.query_one(DetailPane).read_now()
    await settle(pilot)


async def test_it_follows(live: LiveRun) -> None:
    """What is printed is on the screen after the next look, lines that are not finished too."""
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "nothing printed yet" in painted(app)
        live.prints("one\ntw")
        await look_again(pilot)
        assert "following" in painted(app)
        live.prints("o\nthree\n")
        await look_again(pilot)
        assert "nothing printed" not in painted(app)
        assert app.query_one(LinesView).text == (f"{stamp(1)} one\n{BLANK} two\n{BLANK} three")


async def test_what_was_said_is_shown(live: LiveRun) -> None:
    """The line of a command stands between its output, each with its time and its verb."""
    live.prints("one\n")
    live.prints("half way", log="said", at=2.0, kind="message", data={"by": "ann"})
    live.prints("two\n", at=3.0)
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.query_one(LinesView).text == (
            f"{stamp(1)} one\n{stamp(2)} message from ann: half way\n{stamp(3)} two"
        )


async def test_it_looks_by_itself(live: LiveRun) -> None:
    """Nobody has to tell it that an open attempt has printed something."""
    answers = asyncio.Queue[object]()

    def hear(message: Message) -> None:
        if isinstance(message, Answered):
            answers.put_nowait(message.answer)

    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE, message_hook=hear) as pilot:
        await settle(pilot)
        live.prints("by itself\n")
        while "by itself" not in painted(app):
            await asyncio.wait_for(answers.get(), 5)
            await pilot.pause()


@pytest.mark.parametrize("tab", ["attempts", "events"])
async def test_open_attempts_are_looked_at_again(live: LiveRun, tab: str) -> None:
    """What a tab says of an open attempt is read again each second, until it is closed."""
    answers = asyncio.Queue[object]()

    def hear(message: Message) -> None:
        if isinstance(message, Answered):
            answers.put_nowait(message.answer)

    app = DetailApp(live.harness, "t", tab)
    async with app.run_test(size=(60, 20), message_hook=hear) as pilot:
        await settle(pilot)
        live.fail()
        while "failed" not in painted(app):
            await asyncio.wait_for(answers.get(), 5)
            await pilot.pause()


async def test_growth_costs_no_layout(live: LiveRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are added are drawn without a layout pass."""
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        live.prints("first\n")
        await look_again(pilot)
        passes: list[str] = []
        layout = Compositor.reflow

        def counted(self: Compositor, parent: Widget, size: Size) -> ReflowResult:
            passes.append("layout")
            return layout(self, parent, size)

        monkeypatch.setattr(Compositor, "reflow", counted)
        live.prints("".join(f"{n}\n" for n in range(100)))
        await look_again(pilot)
        assert "99 " in painted(app)
        assert passes == []


async def test_scrolling_up_pauses_and_the_end_resumes(live: LiveRun) -> None:
    """What one reads stays where it is while more comes; at the end it is followed again."""
    live.prints("".join(f"line {n}\n" for n in range(50)))
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "line 49" in painted(app)
        await pilot.press("k")
        assert "F follows" in painted(app)
        rows = painted(app).split("\n")[8:-1]
        live.prints("line 50\n")
        await look_again(pilot)
        assert [row[:40] for row in painted(app).split("\n")[8:-1]] == [row[:40] for row in rows]
        await pilot.press("G")
        assert "line 50" in painted(app)
        assert "following" in painted(app)


def turned(kind: type[MouseEvent], view: LinesView) -> MouseEvent:
    """Return a turn of the wheel over a view."""
    return kind(view, 1, 1, 0, 0, 0, shift=False, meta=False, ctrl=False)


async def test_the_wheel_scrolls(live: LiveRun) -> None:
    """The wheel moves three rows, and following stops and begins as with keys."""
    live.prints("".join(f"line {n}\n" for n in range(50)))
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        view = app.query_one(LinesView)
        top = view.top
        view.post_message(turned(MouseScrollUp, view))
        await pilot.pause()
        assert (view.top, view.following) == (top - 3, False)
        view.post_message(turned(MouseScrollDown, view))
        await pilot.pause()
        assert (view.top, view.following) == (top, True)


async def test_hostile_output_stays_literal(live: LiveRun) -> None:
    """Escape sequences, markup and bidi controls of a worker act on nothing."""
    live.prints(f"{HOSTILE}\n\ud800 lone\n{'W' * 100_000}\n")
    live.prints(f"{HOSTILE}\n", "gate")
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await pilot.press("g")
        text = painted(app)
        await pilot.click(LinesView, offset=(30, 0))
        assert app.is_running
    assert text.count("x [@click=app.quit]quit[/] a\ufffdb\ufffdc ␀␋ ok") == 2
    assert "[/bold]x" in text
    assert "owned" not in text
    assert {unicodedata.category(char) for char in text.replace("\n", "")}.isdisjoint({"Cc", "Cf"})


async def test_a_new_attempt_takes_over(live: LiveRun) -> None:
    """The log of the newest attempt is shown, unless a person has chosen an older one."""
    live.prints("from the first\n")
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        live.claim_again()
        live.prints("from the second\n")
        await look_again(pilot)
        assert "from the second" in painted(app)
        assert "from the first" not in painted(app)
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert "from the first" in painted(app)


async def test_the_view_is_bounded(live: LiveRun) -> None:
    """At most 5,000 lines are kept, and the first row says how many are not shown."""
    live.prints("".join(f"{n}\n" for n in range(6000)))
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        live.prints("".join(f"{n}\n" for n in range(6000, 7000)))
        await look_again(pilot)
        view = app.query_one(LinesView)
        assert len(view.text.split("\n")) == 5001
        await pilot.press("g")
        assert "… 2,000 lines left out; all of it: wf logs t" in painted(app)
        assert "2000 " in painted(app)


def test_a_huge_log_opens_at_its_end(live: LiveRun) -> None:
    """Of 100 MB only the last window is read; how much that leaves out is said."""
    with (live.folder / "log.jsonl").open("wb") as file:
        file.truncate(100_000_000)
        file.seek(0, 2)
        file.write(b"\n")
    live.prints("the end\n")
    news = read_log(source(live), None)
    assert texts(news) == ["the end"]
    assert news.cursor is not None
    assert 100_000_000 - WINDOW <= news.passed_bytes < 100_001_000
    head = LogSoFar().after(news).head(0, "t")
    assert head is not None
    assert head.text.startswith("… about 99.5 MB left out")


def test_a_program_that_runs_ahead_is_caught_up_with(live: LiveRun) -> None:
    """What was printed since the last look is read from its end too, when it is too much."""
    live.prints("start\n")
    first = read_log(source(live), None)
    for _ in range(20):
        live.prints("x" * 99_999 + "\n")
    live.prints("end\n")
    news = read_log(source(live), first.cursor)
    assert news.passed_bytes > 900_000
    assert not news.fresh
    assert texts(news)[-1] == "end"
    assert max(map(len, texts(news))) == 2000


def test_a_line_without_end_is_broken(live: LiveRun) -> None:
    """Output without newlines is shown in parts, so that no look costs more than the last."""
    live.prints("y" * 70_000)
    news = read_log(source(live), None)
    assert (len(news.entries), news.unfinished) == (1, None)
    live.prints("tail\r\n")
    assert texts(read_log(source(live), news.cursor)) == ["tail"]


def test_the_gate_ends_an_unfinished_line(live: LiveRun) -> None:
    """What the program printed last stands before the rule even without its newline."""
    live.prints("no newline")
    live.prints("gate\n", "gate")
    news = read_log(source(live), None)
    assert texts(news) == ["no newline", "── the gate ", "gate"]


async def test_a_log_that_cannot_be_read(live: LiveRun) -> None:
    """What the system says against it stands in the tab; another task is not affected."""
    live.folder.rmdir()
    live.folder.write_text("a file where the folder was")
    app = DetailApp(live.harness, "t")
    async with app.run_test(size=(200, 10)) as pilot:
        await settle(pilot)
        assert "Not a directory" in painted(app)
        app.pane.open_tab("events")
        await settle(pilot)
        assert "goes to shell-1" in painted(app)


def test_a_task_without_attempts(tmp_path: Path) -> None:
    """A task that has not begun has no log, and says so."""
    live = LiveRun(tmp_path, claim=False)
    news = read_log(source(live), None)
    head = LogSoFar().after(news).head(0, "t")
    assert head is not None
    assert head.text == "no attempt yet, so no log"


def test_a_progress_bar_is_one_line(live: LiveRun) -> None:
    """A line that writes over itself is shown as it is now, also while it is being written."""
    live.prints("start\n10%\r20%\r")
    news = read_log(source(live), None)
    assert news.unfinished is not None
    assert (texts(news), news.unfinished.text) == (["start"], "20%")
    live.prints("30%\rdone\nend\r\n")
    later = read_log(source(live), news.cursor)
    assert texts(later) == ["done", "end"]
