"""What is asked before something is done: to whom, what to copy, what becomes of the swarm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList

from tests.support.bare_project import project_in
from tests.support.board_harness import ME, board
from tests.support.ledger_harness import LedgerHarness, seat, shell
from wf_tui.board.actions.handlers.seat_choices import SeatFacts, choices, interrupted
from wf_tui.board.dialogs.choice_dialog import Choice, best
from wf_tui.board.dialogs.reassign_dialog import Given, ReassignDialog
from wf_tui.board.messages import CardDropped
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.states import Step, TaskState
from wf_tui.ledger.rules.moves import HOLD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness

PENDING, RUNNING = TaskState.PENDING, TaskState.IN_PROGRESS
DONE, BLOCKED = TaskState.DONE, TaskState.BLOCKED
SEATS = (
    seat("w1"),
    seat("w2"),
    seat("glm-1", "glm", roles=("review",)),
    seat("kimi-1", "kimi", kind="prompt"),
)


def two_run(drive: LedgerHarness) -> None:
    """Let a run on w1 and b on w2."""
    drive.expect_claim("a", "w1", Step.RUNNING)
    drive.expect_claim("b", "w2", Step.RUNNING)


def lines(hand: BoardHarness) -> list[str]:
    """Return the lines of the dialog on top."""
    options = hand.app.screen.query_one(OptionList).options
    return [" ".join(str(option.prompt).split()) for option in options]


# -- reassign


async def test_reassign_shows_who_is_free_and_who_fits(tmp_path: Path) -> None:
    """Free seats first, then busy ones with what they hold, then those that do not fit."""

    def one_runs(drive: LedgerHarness) -> None:
        drive.expect_claim("a", "w1", Step.RUNNING)

    async with board(tmp_path, "a", "b", before=one_runs, seats=SEATS) as hand:
        await hand.select("b")
        await hand.press("a")
        assert lines(hand) == [
            "○ w2 free",
            "○ any shell 1 free",
            "○ w1 busy: “a”, then this",
            "glm-1 does not fit: its roles are review",
            "kimi-1 does not fit: it takes a prompt",
        ]
        await hand.press("enter")
        assert hand.acts == [("task_reassigned", "b")]
        assert hand.drive.task("b").pinned == "w2"


async def test_reassign_says_what_it_interrupts(tmp_path: Path) -> None:
    """Running work that a reassignment stops is named before."""
    async with board(tmp_path, "a", "b", "c", before=two_run, seats=SEATS) as hand:
        await hand.mark("a", "b", "c")
        await hand.press("a")
        dialog = hand.app.screen
        assert isinstance(dialog, ReassignDialog)
        assert dialog._warning == (
            "interrupts “a” on w1 and 1 more; the work so far is kept as an attempt"
        )
        await hand.press("escape")
        assert hand.acts == []


async def test_reassign_finds_by_typing(tmp_path: Path) -> None:
    """A few letters of the name are enough, and Enter takes the best."""
    async with board(tmp_path, "a", seats=SEATS) as hand:
        await hand.select("a")
        await hand.press("a", "2")
        assert lines(hand) == ["○ w2 free"]
        await hand.press("enter")
        assert hand.drive.task("a").pinned == "w2"


async def test_a_seat_that_does_not_fit_cannot_be_chosen(tmp_path: Path) -> None:
    """Enter on a greyed line does nothing."""
    async with board(tmp_path, "a", seats=SEATS[2:]) as hand:
        await hand.select("a")
        await hand.press("a", "enter")
        assert isinstance(hand.app.screen, ReassignDialog)
        assert hand.acts == []


async def test_reassign_without_workers_says_so(tmp_path: Path) -> None:
    """A run whose scheduler never was has no seats."""
    async with board(tmp_path, "a", seats=0) as hand:
        await hand.select("a")
        await hand.press("a")
        assert hand.told == ["this run has no workers (p starts a scheduler)"]


def test_a_limited_lane_is_told() -> None:
    """A seat whose lane is limited comes after the free ones."""
    drive_seats = (seat("w1", lane="glm"), seat("w2"))
    limited = LaneState("glm", LaneStatus.LIMITED, until=200.0)
    facts = SeatFacts((), drive_seats, now=100.0, lanes={"glm": limited})
    found = choices(facts, str)
    assert [(choice.id, choice.note) for choice in found] == [
        ("w2", "free"),
        ("w1", "lane glm opens in 1:40"),
        ("shell", "lane glm opens in 1:40"),
    ]
    assert [choice.label.split()[0] for choice in found] == ["○", "‖", "‖"]


async def test_lanes_count_down(tmp_path: Path) -> None:
    """The list says each second when a lane opens, and keeps what is highlighted."""
    notes = iter(("lane glm opens in 0:02", "lane glm opens in 0:01"))

    def offered() -> list[Choice]:
        return [Choice("w1", "w1", next(notes)), Choice("w2", "w2", "free")]

    async with board(tmp_path, "a") as hand:
        dialog = ReassignDialog("Give it to", offered, edit=str)
        hand.app.push_screen(dialog)
        await hand.settle()
        await hand.press("down")
        dialog.count_down()
        assert lines(hand)[0] == "w1 lane glm opens in 0:01"
        assert dialog._list.highlighted == 1


async def test_a_task_is_given_with_a_note_and_a_clean_tree(tmp_path: Path) -> None:
    """Ctrl+F has it begin at the clean head; a note of many lines comes from the editor."""
    given: list[Given | None] = []
    async with board(tmp_path, "a") as hand:
        dialog = ReassignDialog(
            "Give it to",
            lambda: [Choice("w1", "w1", "free")],
            edit=lambda text: f"{text}\nsecond",
            has_work=True,
        )
        hand.app.push_screen(dialog, given.append)
        await hand.settle()
        await hand.press("tab", "n", "o", "ctrl+f", "f2")
        assert dialog.query_one("#note", Input).value == "no second"
        await hand.press("enter")
        assert given == [Given("w1", "no\nsecond", fresh=True)]


def test_nothing_is_interrupted_where_nothing_runs() -> None:
    """The sentence is empty without running work."""
    assert not interrupted(SeatFacts((), SEATS), str)


# -- copy


async def test_copy_offers_names_that_are_cleaned(tmp_path: Path) -> None:
    """The id, the tree and the branch of an attempt can be copied, without escapes in them."""

    def run_it(drive: LedgerHarness) -> None:
        fence = drive.expect_claim("a", step=Step.PREPARING)
        drive.ledger.prepared(fence, base="b0", tree="/trees/\x1b[31m1")

    async with board(tmp_path, "a", before=run_it) as hand:
        await hand.select("a")
        await hand.press("c")
        assert lines(hand) == [
            "a id",
            "/trees/1 worktree",
            "wf/r1 branch of the run",
            "r1 run",
        ]
        await hand.press("down", "enter")
        assert hand.app.copied == ["/trees/1"]
        assert hand.told == ["copied /trees/1"]


async def test_copy_offers_the_path_of_a_tree(tmp_path: Path) -> None:
    """The worktree is a path that can be gone to, not the number that the ledger has."""

    def run_it(drive: LedgerHarness) -> None:
        fence = drive.expect_claim("a", step=Step.PREPARING)
        drive.ledger.prepared(fence, base="b0", tree="7")

    async with board(tmp_path, "a", before=run_it) as hand:
        await hand.select("a")
        await hand.press("c")
        trees = project_in(tmp_path).paths.run("r1").trees
        assert f"{trees}/7 worktree" in lines(hand)


# -- quit


@pytest.mark.parametrize(
    ("keys", "intent", "state"),
    [
        ((), "go", "R:running"),
        (("down",), "drain", "R:running"),
        (("down", "down"), "stop", "P"),
    ],
)
async def test_quit_asks_what_becomes_of_the_swarm(
    tmp_path: Path, keys: tuple[str, ...], intent: str, state: str
) -> None:
    """Leaving it running is the first answer; the others are commands on the ledger."""
    async with board(tmp_path, "a", "b", before=two_run, seats=SEATS) as hand:
        await hand.press("q", *keys)
        await hand.press("enter")
        assert hand.drive.run().intent == intent
        assert hand.drive.where("a") == state
        assert {event.actor for event in hand.drive.events("run_paused")} <= {ME}
        assert hand.app.return_value == 0


async def test_escape_stays(tmp_path: Path) -> None:
    """Quitting can be taken back."""
    async with board(tmp_path, "a") as hand:
        await hand.press("q", "escape")
        assert hand.app.is_running
        assert hand.app.return_value is None


async def test_quit_asks_nothing_when_the_run_is_over(tmp_path: Path) -> None:
    """There is no swarm to leave."""

    def end(drive: LedgerHarness) -> None:
        drive.finish("a")
        drive.ledger.end_when_idle("r1", foreground=True)

    async with board(tmp_path, "a", before=end) as hand:
        await hand.press("q")
        assert hand.app.return_value == 0


# -- drops


@pytest.mark.parametrize(
    ("card", "before", "drop", "acts"),
    [
        ("a", lambda d: d.wreck("a"), (BLOCKED, PENDING), [("task_retried", "a")]),
        (
            "a",
            lambda d: d.mine.move("r1", HOLD, ["a"]),
            (BLOCKED, PENDING),
            [("task_unblocked", "a")],
        ),
        ("a", lambda d: d.clock.move(1), (PENDING, BLOCKED), [("task_blocked", "a")]),
        ("a", two_run, (RUNNING, PENDING), [("task_released", "a")]),
        ("c", two_run, (PENDING, RUNNING, "b"), [("task_reassigned", "c")]),
        ("c", two_run, (PENDING, DONE), []),
    ],
)
async def test_a_drop_is_an_action(
    tmp_path: Path,
    card: str,
    before: object,
    drop: tuple[object, ...],
    acts: list[tuple[str, str]],
) -> None:
    """Each drop that means something leads to the command of its key; the others say why not."""
    async with board(tmp_path, "a", "b", "c", before=before, seats=SEATS) as hand:  # type: ignore[arg-type]
        hand.app.post_message(CardDropped(card, *drop))  # type: ignore[arg-type]
        await hand.settle()
        if drop == (RUNNING, PENDING):
            await hand.press("down", "enter")  # sure to throw running work away
        assert hand.acts == acts
        if not acts:
            assert hand.told == ["a card cannot be moved by hand from pending to done"]
        if len(drop) > 2:
            assert hand.drive.task(card).pinned == "w2"


async def test_a_drop_beside_the_workers_asks_which(tmp_path: Path) -> None:
    """A card dropped into the column of running ones, onto none of them, opens the list."""
    async with board(tmp_path, "a", seats=SEATS) as hand:
        hand.app.post_message(CardDropped("a", PENDING, RUNNING))
        await hand.settle()
        assert isinstance(hand.app.screen, ReassignDialog)


async def test_a_marked_card_takes_the_others_along(tmp_path: Path) -> None:
    """Dragging one of the marked cards moves all of them."""
    async with board(tmp_path, "a", "b", "c") as hand:
        await hand.mark("a", "b")
        hand.app.post_message(CardDropped("a", PENDING, BLOCKED))
        await hand.settle()
        assert hand.drive.where("a", "b", "c") == "B:hold B:hold P"


# -- the list itself


def test_best_ranks_by_letters() -> None:
    """All choices while nothing is typed; then only those that can be meant."""
    every = [Choice(name, name) for name in ("kimi-1", "glm-1", "kimi-2")]
    assert best(" ", every) == every
    assert [choice.id for choice in best("k2", every)] == ["kimi-2"]
    assert best("zzz", every) == []


async def test_a_choice_is_no_markup(tmp_path: Path) -> None:
    """Names from a plan are drawn as they are, without their escapes."""
    nasty = replace(shell("x[red]"), title="\x1b]0;t\x07[bold]")
    async with board(tmp_path, nasty) as hand:
        await hand.select("x[red]")
        await hand.press("c")
        assert lines(hand)[0] == "x[red] id"
