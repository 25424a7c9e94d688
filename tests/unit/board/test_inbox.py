"""The inbox: what needs a person, asked in full, answered in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.widgets import OptionList

from tests.support.board_harness import ME, board
from tests.support.ledger_harness import RUN, shell
from tests.support.screen_text import board_of, screen_text, text_of
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.inbox.answer_box import AnswerBox
from wf_tui.board.inbox.answer_dialog import AnswerDialog
from wf_tui.board.inbox.inbox_list import InboxList
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.inbox_screen import InboxScreen
from wf_tui.board.screens.run_screen import EVERYTHING
from wf_tui.board.screens.workers_screen import WorkersScreen
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.queries.conversation import questions
from wf_tui.ledger.rules.moves import ANSWER, HOLD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness
    from tests.support.ledger_harness import LedgerHarness

OPTIONS = (
    Option("yes", "Yes, run it", "allow_once"),
    Option("ever", "Always", "allow_always"),
    Option("no", "No", "reject_once"),
)


def troubled(drive: LedgerHarness) -> None:
    """Block a (gate), b (failed) and, by a person's word, c."""
    drive.fail(drive.expect_claim("a"), BlockedKind.GATE)
    drive.clock.move(60)
    drive.wreck("b")
    drive.mine.move("r1", HOLD, ["c"])


def asking(drive: LedgerHarness) -> None:
    """Let a and b ask to run a command, and c fail."""
    for name in ("a", "b"):
        fence = drive.expect_claim(name, step=Step.RUNNING)
        drive.ledger.ask(fence, "q1", f"run: npm test {name}", kind="execute", options=OPTIONS)
        drive.clock.move(60)
    drive.wreck("c")


def inbox(hand: BoardHarness) -> InboxScreen:
    """Return the inbox, which has to be on top."""
    screen = hand.app.screen
    assert isinstance(screen, InboxScreen)
    return screen


def listed(hand: BoardHarness) -> list[str]:
    """Return the lines of the list that are not blank."""
    lines = text_of(inbox(hand).query_one(InboxList))
    return [" ".join(line.strip("│┃ ").split()) for line in lines if line.strip("│┃ ")]


def box(hand: BoardHarness) -> str:
    """Return what the box says."""
    return "\n".join(text_of(hand.app.screen.query_one(AnswerBox).view))


def said(hand: BoardHarness, task: str) -> tuple[str | None, str]:
    """Return which option was chosen for the question of a task, and by whom."""
    (found,) = questions(hand.drive.db, RUN, task)
    return found.option, found.answered_by


async def test_it_lists_what_needs_a_person(tmp_path: Path) -> None:
    """A held card is not in it; the oldest comes first, with its reason, age and ways out."""
    async with board(tmp_path, "a", "b", "c", "d", before=troubled) as hand:
        await hand.press("2")
        assert listed(hand) == [
            *("▾ waits for you 2", "◆ a 1m", "gate exit status 1"),
            *("◆ b 0s", "failed exit status 1"),
        ]
        assert "r retry" in box(hand)
        assert inbox(hand).query_one(DetailPane).task_id == "a"
        assert "1 Board" in screen_text(hand.app)[1]
        hand.drive.clock.move(120)
        inbox(hand).tick(hand.drive.clock.now())
        assert listed(hand)[1] == "◆ a 3m"
        await hand.press("d")
        assert inbox(hand).query_one(DetailPane).tab == "diff"
        await hand.press("escape", "escape")
        assert isinstance(hand.app.screen, BoardScreen)


async def test_in_the_list_no_key_answers(tmp_path: Path) -> None:
    """Digits are the screens, `n` is a new task, and `y` only enters the box."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "1")
        assert isinstance(hand.app.screen, BoardScreen)
        await hand.press("2", "n")
        assert hand.app.screen.is_modal
        await hand.press("escape", "Y", "y")
        assert inbox(hand).in_box
        await hand.press("question_mark")
        helped = {option.id for option in hand.app.screen.query_one(OptionList).options}
        assert {"task.deny", "task.allow_always"} <= helped
        assert not {"task.new", "go.board"} & helped
        await hand.press("escape")
        assert hand.acts == []


async def test_the_box_answers_and_goes_on(tmp_path: Path) -> None:
    """After an answer it shows the next and keeps the keys; what asks nothing has its ways out."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "y", "y")
        assert said(hand, "a") == ("yes", ME)
        assert hand.told[-1] == "allowed “run: npm test a” for “a”"
        assert inbox(hand).in_box
        assert inbox(hand).selected == "b"
        await hand.press("3")
        assert said(hand, "b") == ("no", ME)
        assert inbox(hand).selected == "c"
        assert "r retry" in box(hand)
        await hand.press("n", "escape")
        assert not inbox(hand).in_box
        assert listed(hand)[-3:] == ["▾ answered by you 2", "✓ b answered 0s", "✓ a answered 0s"]
        assert [name for name, _ in hand.acts] == ["question_answered"] * 2


async def test_words_are_a_draft_until_they_are_sent(tmp_path: Path) -> None:
    """A paste never sends, Escape keeps it in the ledger, and Enter sends what is there then."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "y", "m")
        words = inbox(hand).box.words
        words.post_message(events.Paste("use make\nand "))
        await hand.settle()
        await hand.press("escape")
        kept = hand.drive.db.execute("SELECT task, what, text FROM draft")
        assert [tuple(row) for row in kept] == [("a", "q1", "use make\nand ")]
        assert "your draft is kept" in box(hand)
        await hand.press("m")
        # The editor of the person leaves a line more, and goes on where they were.
        hand.app.environ = {"EDITOR": 'sh -c \'printf "now " >> "$0"\''}
        await hand.press("f2")
        await hand.type("ask")
        await hand.press("ctrl+j", "enter")
        assert said(hand, "a") == ("no", ME)
        sent = hand.drive.db.execute("SELECT text FROM message")
        assert [row[0] for row in sent] == ["use make\nand now ask"]
        assert hand.drive.db.execute("SELECT * FROM draft") == []


async def test_what_was_answered_elsewhere_says_by_whom(tmp_path: Path) -> None:
    """It stays selected, in its place, and its keys are off; so does what was retried."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "y")
        hand.drive.mine.move("r1", ANSWER, ["a"], option="no")
        await hand.settle()
        await hand.settle()
        assert inbox(hand).selected == "a"
        assert "answered by" in box(hand)
        await hand.press("y")
        assert hand.told[-1].startswith("y: answered by ")
        assert said(hand, "a")[0] == "no"
        await hand.press("escape", "N", "N")
        assert inbox(hand).selected == "c"
        await hand.press("r")
        assert (inbox(hand).selected, hand.acts) == ("c", [("task_retried", "c")])
        assert any(line.startswith("○ c → pending") for line in listed(hand))
        await hand.press("k")
        assert listed(hand)[0] == "▾ waits for you 1"


async def test_snoozed_is_not_now(tmp_path: Path) -> None:
    """`s` puts it off: it waits below, in no count; `s` there brings it back."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "s", "enter", "N")
        assert hand.app.picture.header.need_you == 2
        assert listed(hand)[-2:] == ["▾ snoozed 1", "◇ a snoozed 10m"]
        await hand.press("G", "s")
        assert inbox(hand).selected == "a"
        assert hand.app.picture.header.need_you == 3


async def test_entered_again_it_stands_on_the_next(tmp_path: Path) -> None:
    """What was answered elsewhere meanwhile has no ghost then; below a dialog nothing moves."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("2", "1")
        hand.drive.mine.move(RUN, ANSWER, ["a"], option="yes")
        await hand.settle()
        await hand.settle()
        await hand.press("2")
        assert inbox(hand).selected == "b"
        hand.drive.mine.move(RUN, ANSWER, ["b"], option="yes")
        await hand.settle()
        await hand.settle()
        await hand.press("?", "escape")
        assert inbox(hand).selected == "b"
        await hand.press("1", "2")
        assert inbox(hand).selected == "c"


async def test_keys_move_and_mark(tmp_path: Path) -> None:
    """Marked tasks of the list are answered together; marks out of view do not count."""
    async with board(tmp_path, "a", "b", "c", "d", before=troubled) as hand:
        await hand.mark("d")
        await hand.press("2", "j", "k", "space", "V", "x")
        assert sorted(hand.acts) == [("task_blocked", "a"), ("task_blocked", "b")]
        assert hand.drive.where("a", "b", "d") == "B:cancelled B:cancelled P"


async def test_each_task_is_in_it_whatever_the_board_shows(tmp_path: Path) -> None:
    """No filter keeps anything out, and what is one card on the board is told one by one."""

    def alike(drive: LedgerHarness) -> None:
        drive.wreck("a", "b", "c")
        drive.db.execute("UPDATE attempt SET proof = 'cannot find module left-pad'")

    nasty = shell("a", title="[red]x\x1b]0;t\x07")
    async with board(tmp_path, nasty, "b", "c", before=alike, size=(80, 24)) as hand:
        assert len(hand.app.picture.columns["blocked"]) == 1
        await hand.press("2")
        hand.app.picture.filter("state:done")
        inbox(hand).refresh_from(EVERYTHING)
        assert listed(hand)[0] == "▾ waits for you 3"
        # A task is one line where there is little room, and a title with escapes only reads.
        assert listed(hand)[1].startswith("◆ [red]x failed cannot find module le")


# -- the same box over the board


async def test_triage(tmp_path: Path) -> None:
    """`y y N r N`: the box opens and answers, the ghost stays, and the next is a key away."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("y")
        assert isinstance(hand.app.screen, AnswerDialog)
        await hand.press("y")
        assert said(hand, "a") == ("yes", ME)
        assert board_of(hand.app).selection.is_ghost
        await hand.press("N", "y", "escape", "N", "r")
        assert hand.acts == [("question_answered", "a"), ("task_retried", "c")]
        await hand.press("N")
        assert board_of(hand.app).selected == "b"


async def test_a_dialog_says_that_it_was_answered_elsewhere(tmp_path: Path) -> None:
    """What another person answers under one's hands is told in the dialog."""
    async with board(tmp_path, "a", "b", "c", before=asking) as hand:
        await hand.press("y")
        hand.drive.mine.move("r1", ANSWER, ["a"], option="no")
        await hand.settle()
        await hand.settle()
        assert "answered by" in box(hand)
        await hand.press("y", "escape")
        assert said(hand, "a")[0] == "no"


async def test_keys_are_dead_until_all_of_the_command_was_seen(tmp_path: Path) -> None:
    """A long command has to be on the screen first, to its end."""

    def at_length(drive: LedgerHarness) -> None:
        fence = drive.expect_claim("a", step=Step.RUNNING)
        drive.ledger.ask(fence, "q1", "\n".join(["echo"] * 60), kind="execute", options=OPTIONS)

    async with board(tmp_path, "a", before=at_length, size=(80, 24)) as hand:
        await hand.press("y", "y")
        assert hand.told[-1] == "y: PgDn shows the rest of the command first"
        assert hand.acts == []
        await hand.press(*["pagedown"] * 5, "y")
        assert said(hand, "a") == ("yes", ME)


async def test_a_key_at_once_is_of_before(tmp_path: Path) -> None:
    """With the guard nothing is answered in the moment after the box came."""
    async with board(tmp_path, "a", "b", "c", before=asking, guard=5.0) as hand:
        await hand.press("2", "enter", "y")
        assert hand.told[-1] == "y ignored: it has just changed"
        assert hand.acts == []


async def test_news_may_come_before_it_is_there(tmp_path: Path) -> None:
    """A tick or a batch between the opening of a screen and its first drawing is no fault."""
    async with board(tmp_path, "a", "b", "c", before=troubled) as hand:
        app = hand.app
        for screen in (InboxScreen(), WorkersScreen()):
            screen.tick(app.clock.now())
            screen.refresh_from(EVERYTHING)
            assert screen.selected is None
