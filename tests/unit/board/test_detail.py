"""The detail pane as a person uses it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.detail_harness import DetailApp, painted, played_run, settle
from wf_tui.board.detail.document import Document, Tab
from wf_tui.board.detail.feed import Answered, Failed, Ticket
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.widgets.line import Span
from wf_tui.paths import RunPaths
from wf_tui.picture.batch import Changes

if TYPE_CHECKING:
    from textual.message import Message

    from tests.support.run_harness import RunHarness

SIZE = (80, 20)


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
    assert "write · attempt 1" in text
    assert text.index("written") < text.index("── the gate ──") < text.index("the gate says yes")
    assert "succeeded" in text


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("diff", ["binary  blob", "+1 -1  shared.txt", "-two", "+TWO", "+new [/b]", "3 files +2"]),
        ("prompt", ["write [/bold] things", "[@click=app.quit]two files[/]", "new.txt"]),
        ("attempts", ["attempt  1", "shell-", "succeeded", "3 files +2 -1"]),
        ("events", ["✓ merged", "● running", "○ added: write [/bold] things"]),
    ],
)
async def test_each_tab_shows_its_side_of_a_task(
    played: RunHarness, tab: str, words: list[str]
) -> None:
    """Diff, prompt, attempts and events show what a person looks for there, markup literally."""
    app = DetailApp(played, "write", tab)
    async with app.run_test(size=(80, 40)) as pilot:
        await settle(pilot)
        text = painted(app)
    assert [word for word in words if word not in text] == []


async def test_needs_come_with_their_results(played: RunHarness) -> None:
    """The prompt tab says what each needed task has given."""
    app = DetailApp(played, "reader", "prompt")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = painted(app)
    assert "needs write (done, merged)" in text
    assert "needs twice (done, no changes)" in text
    assert "  written" in text


async def test_tab_keys_turn_and_say_so(played: RunHarness) -> None:
    """Tab and Shift+Tab go round the tabs; each turn is a message."""
    opened: list[str] = []

    def hear(message: Message) -> None:
        if isinstance(message, DetailPane.TabOpened) and message.tab not in opened[-1:]:
            opened.append(message.tab)

    app = DetailApp(played, "write")
    async with app.run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("tab", "tab", "shift+tab", "shift+tab", "shift+tab")
        await settle(pilot)
    assert opened == ["diff", "plan", "diff", "log", "events"]


async def test_tabs_are_clicked(played: RunHarness) -> None:
    """A click on a tab's name opens it; one beside the names does nothing."""
    app = DetailApp(played, "write")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("TabRow", offset=(20, 0))
        assert app.pane.tab is Tab.PROMPT
        await pilot.click("TabRow", offset=(60, 0))
        assert app.pane.tab is Tab.PROMPT
        await settle(pilot)
        assert "[Prompt]" in painted(app)


async def test_older_attempts_are_reached(played: RunHarness) -> None:
    """`[` shows the attempt before and `]` the one after, in the log and in the diff."""
    app = DetailApp(played, "twice")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "twice · attempt 2 of 2" in painted(app)
        assert app.pane.check_action("attempt", (1,)) is None
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert "attempt 1 of 2" in painted(app)
        assert "failed" in painted(app)
        await pilot.press("tab")
        await settle(pilot)
        assert "attempt 1 has left no changes" in painted(app)
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert "attempt 2 of 2" in painted(app)
        await pilot.press("tab", "tab")
        assert app.pane.check_action("attempt", (-1,)) is None


async def test_nothing_selected_and_no_such_task(played: RunHarness) -> None:
    """Without a task, and with one that is not there, one line says so."""
    app = DetailApp(played)
    async with app.run_test(size=(60, 8)) as pilot:
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
        app.pane.post_message(Answered(old, Document((Span("STALE"),))))
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
    async with app.run_test(size=(60, 10)) as pilot:
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
async def test_it_works_from_40_by_8(played: RunHarness, tab: Tab) -> None:
    """The smallest pane shows its tabs and scrolls to the end of what it has."""
    app = DetailApp(played, "twice", tab)
    async with app.run_test(size=(40, 8)) as pilot:
        await settle(pilot)
        await pilot.press("G", "g", "pagedown", "pageup", "G")
        text = painted(app)
    assert f"[{tab.title()}]" in text
    assert all(len(row) == 40 for row in text.split("\n"))


async def test_plain_signs(played: RunHarness) -> None:
    """With `--ascii` no sign of ours needs more than ASCII."""
    app = DetailApp(played, "write", "events", ascii=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        rows = painted(app).split("\n")
    assert all(row[1:-1].isascii() for row in rows[1:-1])
