"""Every action leads to its ledger command, by this person, on one card or on all marked ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from tests.support.board_harness import ME, board
from tests.support.ledger_harness import BAD, shell
from tests.support.screen_text import column_of, screen_text, text_of
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import BlockedKind, Step, TaskState
from wf_tui.ledger.rules.moves import CANCEL, HOLD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.ledger_harness import LedgerHarness

Before = "Callable[[Drive], object]"


def wrecked(drive: LedgerHarness) -> None:
    """Let tasks a and b fail."""
    drive.wreck("a", "b")


def held(drive: LedgerHarness) -> None:
    """Hold tasks a and b."""
    drive.mine.move("r1", HOLD, ["a", "b"])


def running(drive: LedgerHarness) -> None:
    """Let tasks a and b run."""
    drive.expect_claim("a", step=Step.RUNNING)
    drive.expect_claim("b", step=Step.RUNNING)


SURE = ("y",)
"""The answer to the question that is asked before running work is thrown away."""


def waiting(_: LedgerHarness) -> None:
    """Leave all tasks as they are."""


CASES: list[tuple[str, Callable[[LedgerHarness], object], str, str]] = [
    ("r", wrecked, "task_retried", "P"),
    ("b", waiting, "task_blocked", "B:hold"),
    ("b", held, "task_unblocked", "P"),
    ("b", running, "task_blocked", "B:hold"),
    ("x", waiting, "task_blocked", "B:cancelled"),
    ("x", wrecked, "task_blocked", "B:cancelled"),
    ("f", waiting, "task_skipped", "D:skipped"),
    ("f", running, "task_skipped", "D:skipped"),
]


@pytest.mark.parametrize(("key", "before", "kind", "state"), CASES)
async def test_a_key_acts_on_the_selected_card(
    tmp_path: Path, key: str, before: Callable[[LedgerHarness], object], kind: str, state: str
) -> None:
    """A key makes its one move on the selected card, and nothing else."""
    async with board(tmp_path, "a", "b", "c", before=before) as hand:
        await hand.select("a")
        await hand.press(key, *(SURE if before is running else ()))
        assert hand.acts == [(kind, "a")]
        assert hand.drive.where("a") == state


@pytest.mark.parametrize(("key", "before", "kind", "state"), CASES)
async def test_a_key_acts_on_all_marked_cards(
    tmp_path: Path, key: str, before: Callable[[LedgerHarness], object], kind: str, state: str
) -> None:
    """With cards marked, the same key makes the move on each of them."""
    async with board(tmp_path, "a", "b", "c", before=before) as hand:
        await hand.mark("a", "b")
        await hand.press(key, *(SURE if before is running else ()))
        assert sorted(hand.acts) == [(kind, "a"), (kind, "b")]
        assert hand.drive.where("a", "b") == f"{state} {state}"


def alike(drive: LedgerHarness) -> None:
    """Let a, b and c fail by the same line."""
    bad = replace(BAD, proof="cannot find module left-pad")
    for task in "abc":
        drive.ledger.fail(drive.expect_claim(task), bad, kind=BlockedKind.FAILED)


async def test_similar_tasks_are_acted_on_as_one_card(tmp_path: Path) -> None:
    """It asks once with their number; what is for one task says what opens it, and has no hint."""
    async with board(tmp_path, "a", "b", "c", before=alike) as hand:
        blocked = column_of(hand.app, TaskState.BLOCKED)
        await hand.press("l")
        assert "exit status 1: cannot find module left-pad" in text_of(blocked)[1]
        assert "r retry  a assign  f skip" in "\n".join(screen_text(hand.app))
        await hand.press("e")
        assert (hand.told[-1], hand.acts) == ("e: z opens it", [])
        await hand.press("r")
        question = hand.app.screen
        assert isinstance(question, ConfirmDialog)
        assert question._title == "Retry 3 tasks?"
        await hand.press("y")
        await hand.settle()
        assert hand.drive.where("a", "b", "c") == "P P P"
        assert "similar tasks no longer stand here as one" in "\n".join(screen_text(hand.app))


async def test_nothing_acts_on_a_ledger_that_cannot_be_read(tmp_path: Path) -> None:
    """A key says since when, and not what the board of then would allow."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        hand.app.note_failure("it is gone")
        await hand.press("b")
        assert hand.told == [f"b: the ledger cannot be read since {hand.app.as_of}"]
        assert hand.acts == []
        hand.app.note_reading()
        await hand.press("b")
        assert hand.acts == [("task_blocked", "a")]


async def test_actions_act_in_the_order_of_the_columns(tmp_path: Path) -> None:
    """Marked cards of several states each get the move that their state asks for."""

    def mixed(drive: LedgerHarness) -> None:
        drive.mine.move("r1", HOLD, ["b"])
        drive.expect_claim("a", step=Step.RUNNING)

    async with board(tmp_path, "a", "b", "c", before=mixed) as hand:
        await hand.mark("a", "b", "c")
        await hand.press("b", *SURE)
        assert sorted(hand.acts) == [
            ("task_blocked", "a"),
            ("task_blocked", "c"),
            ("task_unblocked", "b"),
        ]


@pytest.mark.parametrize("key", ["r", "a", "x", "b", "f", "e"])
async def test_what_the_table_forbids_says_why_and_changes_nothing(
    tmp_path: Path, key: str
) -> None:
    """On a merged card each move is refused with a sentence, without a command on the ledger."""
    async with board(tmp_path, "a", before=lambda drive: drive.finish("a")) as hand:
        await hand.select("a")
        before = hand.drive.dump()
        await hand.press(key)
        assert hand.drive.dump() == before
        assert len(hand.told) == 1
        assert hand.told[0].startswith(f"{key}: “a” is done; ")


async def test_of_marked_cards_the_refused_ones_are_told(tmp_path: Path) -> None:
    """One marked card that cannot be retried does not keep the other from it."""
    async with board(tmp_path, "a", "b", before=lambda drive: drive.wreck("a")) as hand:
        await hand.mark("a", "b")
        await hand.press("r")
        assert hand.acts == [("task_retried", "a")]
        assert hand.told == ["retried 1 of 2: 1 is pending"]
        assert hand.app.picture.marks == {"b"}


async def test_without_a_card_nothing_is_done(tmp_path: Path) -> None:
    """A key for a card says so where no card is selected."""
    async with board(tmp_path, "a") as hand:
        hand.app.picture.filter("state:done")
        await hand.press("2", "r")
        assert hand.told == ["r: no task is selected"]
        assert hand.acts == []


async def test_notices_are_no_markup(tmp_path: Path) -> None:
    """A title that looks like markup, or holds an escape, is only shown."""
    evil = "x[red]\x1b]52;c;aGk=\x07"
    async with board(tmp_path, evil) as hand:
        await hand.select(evil)
        await hand.press("b")
        assert hand.told == ["held “x[red]”"]
        assert "held “x[red]”" in screen_text(hand.app)[-2]


# -- questions before work is thrown away


async def test_cancelling_running_work_asks_first(tmp_path: Path) -> None:
    """The first answer leaves all as it is."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        await hand.select("a")
        await hand.press("x", "enter", "x", "n")
        assert hand.acts == []
        await hand.press("x", "right", "enter")
        assert hand.acts == [("task_blocked", "a")]
        assert hand.drive.where("a", "b") == "B:cancelled R:running"


@pytest.mark.parametrize(
    ("name", "kind"), [("run.stop_now", "run_paused"), ("run.abort", "task_blocked")]
)
async def test_stop_now_and_abort_ask_first(tmp_path: Path, name: str, kind: str) -> None:
    """Escape leaves all as it is; a yes on purpose acts."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        hand.app.action_perform(name)
        await hand.settle()
        await hand.press("escape")
        assert hand.acts == []
        hand.app.action_perform(name)
        await hand.settle()
        await hand.press("down", "enter")
        assert kind in {found for found, _ in hand.acts}


# -- the run


async def test_p_pauses_and_resumes(tmp_path: Path) -> None:
    """The same key pauses a running run and resumes a paused one."""
    async with board(tmp_path, "a") as hand:
        await hand.press("p", "p")
        assert hand.acts == [("run_paused", ""), ("run_resumed", "")]


async def test_p_starts_a_scheduler_where_none_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that nobody leads is not paused but led; the program itself is another test's."""
    asked: list[Any] = []
    monkeypatch.setattr(
        "wf_tui.board.actions.handlers.run_acts.ensure_scheduler", lambda *a: asked.append(a)
    )
    async with board(tmp_path, "a", led=False) as hand:
        await hand.press("p")
        assert len(asked) == 1
        assert hand.acts == []
        assert hand.told == ["a scheduler was started"]


async def test_plus_and_minus_change_the_jobs(tmp_path: Path) -> None:
    """Each press is one more or one less; below one it is refused."""
    async with board(tmp_path, "a", jobs=1) as hand:
        await hand.press("+")
        assert hand.drive.run().jobs == 2
        await hand.press("-", "-")
        assert hand.drive.run().jobs == 1
        assert [kind for kind, _ in hand.acts if kind == "jobs_changed"] == ["jobs_changed"] * 2
        assert "jobs must be at least 1" in hand.told[-1]


async def test_undo_takes_back_the_last_act_by_its_name(tmp_path: Path) -> None:
    """A hold is taken back and named; a second undo says that there is nothing."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("b", "u")
        assert hand.acts == [("task_blocked", "a"), ("undone", "a")]
        assert hand.told[-1] == "took back: hold of “a”"
        await hand.press("u")
        assert "nothing to undo" in hand.told[-1]


async def test_an_act_from_elsewhere_is_named_and_left(tmp_path: Path) -> None:
    """What the same person did on another board is not taken back unseen; the second u does it."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.select("a")
        await hand.press("b")
        elsewhere = replace(hand.drive.mine, actor=ME)
        elsewhere.move("r1", CANCEL, ["b"])
        await hand.press("u")
        assert hand.drive.where("a", "b") == "B:hold B:cancelled"
        assert "cancelling of “b”" in hand.told[-1]
        await hand.press("u")
        assert hand.drive.where("a", "b") == "B:hold P"


async def test_undo_names_only_help_that_is_still_possible(tmp_path: Path) -> None:
    """Of a task that was added and is done by now, no key gives it up."""

    def added(drive: LedgerHarness) -> None:
        replace(drive.mine, actor=ME).add("r1", shell("extra"))
        drive.finish("a", "extra")

    async with board(tmp_path, "a", before=added) as hand:
        await hand.press("u")
        assert hand.told == ["the last thing you did, adding “extra”, cannot be undone"]


async def test_undo_goes_past_what_cannot_be_taken_back(tmp_path: Path) -> None:
    """A hold that stopped an attempt is named with what helps; the next u takes the one before."""
    async with board(tmp_path, "a", "b", "c", before=running) as hand:
        await hand.select("c")
        await hand.press("b")
        await hand.select("a")
        await hand.press("b", *SURE, "u")
        assert "holding “a”, cannot be undone" in hand.told[-1]
        assert "b lets it go" in hand.told[-1]
        await hand.press("u")
        assert hand.told[-1] == "took back: hold of “c”"
        assert hand.drive.where("a", "c") == "B:hold P"


async def test_giving_up_what_has_not_begun_offers_to_take_it_back(tmp_path: Path) -> None:
    """It asks nothing, and for five seconds `u` is offered, as long as it helps."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("x")
        toast = hand.app.toasts.kept[0]
        assert toast.text == "cancelled “a”"
        assert toast.offer is not None
        assert (toast.offer.text, toast.offer.seconds) == ("u takes it back", 5.0)
        assert toast.offer.is_true is not None
        assert toast.offer.is_true()
        await hand.press("u")
        assert not toast.offer.is_true()


async def test_stop_drains(tmp_path: Path) -> None:
    """Stop after current tasks throws nothing away and asks nothing."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        hand.app.action_perform("run.stop")
        await hand.settle()
        assert hand.acts == [("run_paused", "")]
        assert hand.drive.where("a") == "R:running"
        assert hand.drive.run().intent == "drain"


async def test_keys_typed_ahead_of_a_question_act_on_nothing(tmp_path: Path) -> None:
    """What is typed before the filter or a dialog can be seen does not reach the cards."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        await hand.select("a")
        hand.app.action_perform("task.edit")
        hand.app.action_perform("task.retry")
        hand.app.action_perform("task.skip")
        await hand.settle()
        assert (hand.acts, hand.told) == ([], [])


async def test_keys_typed_ahead_of_a_dialog_that_is_closed_act_on_nothing(tmp_path: Path) -> None:
    """What was typed before a dialog is not for the board behind it, also when it is gone."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.select("a")
        early = events.Key("b", "b")
        await hand.press("q", "escape")
        hand.app.post_message(early)
        await hand.settle()
        assert hand.acts == []
        await hand.press("b")
        assert hand.acts == [("task_blocked", "a")]


async def test_the_pane_goes_with_its_task(tmp_path: Path) -> None:
    """When the task that is watched moves to another column, the selection goes with it."""
    async with board(tmp_path, "a", "b", before=running) as hand:
        await hand.select("a")
        await hand.press("enter")
        hand.drive.done(Fence("r1", "a", 1, "w1"))
        await hand.settle()
        assert hand.app.selected == "a"
