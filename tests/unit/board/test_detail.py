"""The detail pane as a person uses it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.detail_harness import DetailApp, painted, played_run, settle
from tests.support.run_harness import RunHarness
from wf_tui.board.detail.document import Document, Tab
from wf_tui.board.detail.feed import Answered, Failed, Ticket
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.board.text_view.text_line import plain
from wf_tui.paths import RunPaths
from wf_tui.picture.batch import Changes

if TYPE_CHECKING:
    from pathlib import Path

    from textual.message import Message


SIZE = (80, 24)
RETRIED = """
goal: g
phases:
- name: p
  tasks:
  - id: t
    mode: read_write
    run: "test -e FLAG && echo 2 > n || echo 1 > n"
    gate: "test -e FLAG || { touch FLAG; false; }"
    backoff_secs: 0
"""
"""A task whose first attempt leaves other work than its second one."""


def changed(*cards: str) -> Changes:
    """Return what a picture says has changed."""
    return Changes(frozenset(cards), frozenset(), header=False, reasons=False, seats=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunHarness:
    """Give a run that is over."""
    return played_run(tmp_path_factory.mktemp("run"))


async def test_the_log_comes_first_with_the_gate_after_a_rule(played: RunHarness) -> None:
    """What the program printed, then a rule, then what its gate printed."""
    app = DetailApp(played, "write")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = painted(app)
    assert text.index("written") < text.index("── the gate ──") < text.index("the gate says yes")
    assert "succeeded" in text
    assert "Attempts 1" in text


async def test_each_tab_shows_its_side_of_a_task(played: RunHarness) -> None:
    """`l` walks prompt, attempts and events after the diff; markup stays what it is."""
    app = DetailApp(played, "write", "diff")
    shown = []
    async with app.run_test(size=(80, 44)) as pilot:
        for _ in Tab:
            await settle(pilot)
            shown.append(painted(app))
            await pilot.press("l")
        assert app.pane.tab is Tab.DIFF
    words = [
        ["blob", "binary", "shared.txt", "+1 −1", "+2 −1 in 3 files"],
        ["write [/bold] things", "[@click=app.quit]two files[/]", "new.txt"],
        ["try        ┃1", "shell-", "succeeded", "+2 −1", "used by all attempts"],
        ["✓ merged", "● running", "○ added: write [/bold] things"],
        ["written"],
    ]
    missing = [
        word for text, some in zip(shown, words, strict=True) for word in some if word not in text
    ]
    assert missing == []


async def test_a_diff_is_walked_by_files_and_hunks(played: RunHarness) -> None:
    """`>` opens the file after, `}` goes to its hunk, and Enter on the list opens one, too."""
    app = DetailApp(played, "write", "diff")
    async with app.run_test(size=(80, 44)) as pilot:
        await settle(pilot)
        assert "binary, 2 bytes now" in painted(app)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await settle(pilot)
        text = painted(app)
        assert "−   two" not in text
        assert "2 − two" in text
        assert "2 + TWO" in text
        await pilot.press("right_curly_bracket")
        assert app.query_one(LinesView).marked == "hunk:0"
        await pilot.press("g", "enter")
        await settle(pilot)
        assert "binary, 2 bytes now" in painted(app)


async def test_words_are_found_and_walked(played: RunHarness) -> None:
    """`/` looks for words as one types, Enter keeps them, `}` walks the hits, Escape forgets."""
    app = DetailApp(played, "write", "prompt")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"TXT")
        view = app.query_one(LinesView)
        hits = view.found.numbers
        assert len(hits) > 2
        await pilot.press("enter")
        assert f"of {len(hits)}" in painted(app)
        assert view.has_focus
        await pilot.press("right_curly_bracket")
        assert hits[1] in view.in_view
        await pilot.press("slash", "escape")
        assert view.found.numbers == ()
        await settle(pilot)


async def test_tabs_are_clicked(played: RunHarness) -> None:
    """A click on a tab's name opens it; one beside the names does nothing."""
    app = DetailApp(played, "write")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click("TabRow", offset=(18, 0))
        assert app.pane.tab is Tab.PROMPT
        await pilot.click("TabRow", offset=(70, 0))
        assert app.pane.tab is Tab.PROMPT
        await settle(pilot)


async def test_older_attempts_are_reached(played: RunHarness) -> None:
    """`[` shows the attempt before and `]` the one after, in log, diff and attempts."""
    app = DetailApp(played, "twice")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "[ ] attempt 2 of 2" in painted(app)
        assert app.pane.check_action("attempt", (1,)) is None
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert "attempt 1 of 2" in painted(app)
        await pilot.press("l")
        await settle(pilot)
        assert "attempt 1 has left no changes" in painted(app)
        await pilot.press("l", "l")
        await settle(pilot)
        assert "┃1" in painted(app)
        await pilot.press("right_square_bracket", "space", "left_square_bracket")
        assert "┃1" in painted(app)
        assert "+2" in painted(app)


@pytest.fixture
def retried(tmp_path: Path) -> RunHarness:
    """Give a run whose task was done at the second attempt."""
    harness = RunHarness(tmp_path)
    assert harness.play(RETRIED.replace("FLAG", str(tmp_path / "flag"))) == "completed"
    return harness


async def test_two_attempts_are_compared(retried: RunHarness) -> None:
    """`d` in the attempts shows how the work of the marked ones differs, file by file."""
    app = DetailApp(retried, "t", "attempts")
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        text = painted(app)
    assert "from try 1 to 2: +1 −1 in 1 file" in text
    assert "1 − 1" in text
    assert "1 + 2" in text


async def test_nothing_selected_and_no_such_task(played: RunHarness) -> None:
    """Without a task, and with one that is not there, one line says so."""
    app = DetailApp(played)
    async with app.run_test(size=(60, 12)) as pilot:
        assert "select a card to see it here" in painted(app)
        app.pane.show("writ")
        assert "reading …" in painted(app)
        await settle(pilot)
        assert "unknown task 'writ' (did you mean 'write'?)" in painted(app)
        app.pane.show(None)
        await pilot.pause()
        assert "select a card" in painted(app)


async def test_stale_answers_are_dropped(played: RunHarness) -> None:
    """What was asked for another task, tab or time is not shown, nor its failure."""
    app = DetailApp(played, "write")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        old = Ticket("twice", Tab.LOG, 0)
        app.pane.post_message(Answered(old, Document((plain("STALE"),))))
        app.pane.post_message(Failed(old, "STALE"))
        app.pane.show("twice")
        app.pane.show("write")
        app.pane.show("silent")
        await settle(pilot)
        text = painted(app)
    assert "STALE" not in text
    assert "written" not in text
    assert "nothing was printed" in text


async def test_failures_are_one_line(played: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose repository is gone says so in the tab that needs it."""
    gone = property(lambda self: self.root / "gone.git")
    monkeypatch.setattr(RunPaths, "control", gone)
    app = DetailApp(played, "write", "diff")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "the run's repository is gone" in painted(app)


async def test_refreshing_keeps_the_place(played: RunHarness) -> None:
    """A change of the task is read again without moving what is on the screen."""
    app = DetailApp(played, "write", "diff")
    async with app.run_test(size=(60, 16)) as pilot:
        await settle(pilot)
        await pilot.press("pagedown", "down")
        before = painted(app)
        app.pane.refresh_from(changed("twice"))
        app.pane.refresh_from(changed("write"))
        app.pane.read_now()
        await settle(pilot)
        assert painted(app) == before


async def test_a_hidden_pane_reads_when_it_is_shown(played: RunHarness) -> None:
    """A pane that nobody sees reads nothing, and catches up at once."""
    heard = asyncio.Event()

    def hear(message: Message) -> None:
        if isinstance(message, Answered):
            heard.set()

    app = DetailApp(played)
    async with app.run_test(size=SIZE, message_hook=hear) as pilot:
        app.pane.display = False
        app.pane.show("write")
        await settle(pilot)
        assert not heard.is_set()
        app.pane.display = True
        await asyncio.wait_for(heard.wait(), 5)
        await settle(pilot)
        assert "written" in painted(app)


@pytest.mark.parametrize("tab", list(Tab))
async def test_it_works_from_40_by_12(played: RunHarness, tab: Tab) -> None:
    """The smallest pane shows its tabs and scrolls to the end of what it has."""
    app = DetailApp(played, "twice", tab)
    async with app.run_test(size=(40, 12)) as pilot:
        await settle(pilot)
        await pilot.press("G", "g", "pagedown", "pageup", "G")
        text = painted(app)
    assert tab.title() in text
    assert all(len(row) == 40 for row in text.split("\n"))


async def test_plain_signs(played: RunHarness) -> None:
    """With `--ascii` no sign of ours needs more than ASCII."""
    app = DetailApp(played, "write", "events", ascii=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        rows = painted(app).split("\n")
    assert [row for row in rows if not row.isascii()] == []
