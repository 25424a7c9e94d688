"""No key acts on a task that has just changed: 600 ms, counted from what was on the screen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.keys import _character_to_key

from tests.support.board_harness import BoardHarness, board
from wf_tui.board.acting.act_runner import Act
from wf_tui.board.acting.guard import Guard
from wf_tui.ledger.rules.moves import MoveResult

if TYPE_CHECKING:
    from pathlib import Path


@dataclasses.dataclass
class Time:
    """A clock that a test sets."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_change_counts_from_its_first_frame() -> None:
    """Until a frame shows it everything is ignored, and from then on for as long as configured."""
    time = Time()
    guard = Guard(0.6, time)
    number = guard.changed(["a"])
    assert guard.ignored("x", ["a"], 105.0) == "x ignored: it has just changed"
    time.now = 110.0  # the line is slow
    guard.saw(number)
    assert guard.ignored("x", ["a"], 109.9)  # read before the frame
    assert guard.ignored("x", ["a"], 110.5)
    assert guard.ignored("x", ["a"], 110.6) is None
    assert guard.ignored("x", ["b"], 110.1) is None
    assert guard.ignored("x", ["b", "a"], 110.1)


def test_a_frame_shows_only_what_had_changed_before_it() -> None:
    """What changed again while a frame was drawn waits for the next one."""
    time = Time()
    guard = Guard(0.6, time)
    first = guard.changed(["a", "b"])
    second = guard.changed(["a"])
    guard.saw(first)
    assert guard.ignored("x", ["b"], 100.7) is None
    assert guard.ignored("x", ["a"], 100.7)
    guard.saw(second)
    assert guard.ignored("x", ["a"], 100.7) is None


def test_a_guard_of_nothing_ignores_nothing() -> None:
    """With 0 seconds keys act at once, also in bursts."""
    guard = Guard(0.0, Time())
    guard.changed(["a"])
    for _ in range(9):
        guard.read_key(1.0)
    assert guard.ignored("x", ["a"], 1.0) is None
    assert not guard.in_burst(1.0)


def test_six_keys_at_once_are_a_paste() -> None:
    """Five are typed by somebody quick, six within 20 ms by nobody."""
    guard = Guard(0.6, Time())
    for number in range(5):
        guard.read_key(1.0 + number / 1000)
    assert not guard.in_burst(1.0)
    guard.read_key(1.019)
    assert guard.in_burst(1.0)
    assert guard.in_burst(1.019)
    assert not guard.in_burst(1.5)


def test_what_begins_without_a_key_is_no_paste() -> None:
    """A replay begins before anything was pressed or pasted."""
    assert not Guard(0.6, Time()).in_burst(0.0)


def test_the_first_key_of_a_paste_is_a_part_of_it() -> None:
    """What is read just before the rest of it, and not what somebody presses afterwards."""
    guard = Guard(0.6, Time())
    for at in (1.0, 1.01, 1.01):
        guard.read_key(at)
    guard.read_paste(1.02)
    assert guard.in_burst(1.01)
    assert not guard.in_burst(1.03)


async def pressed(hand: BoardHarness, key: str, *, after: float) -> None:
    """Press a key that was read so many seconds after the last change was seen."""
    event = events.Key(key, key)
    event.time = max(hand.app.guard._seen.values()) + after
    hand.app.post_message(event)
    await hand.settle()


async def test_a_task_key_waits_until_the_change_has_been_seen(tmp_path: Path) -> None:
    """After a change of the selected task its keys are ignored, and say so; then they act."""
    async with board(tmp_path, "a", "b", guard=0.6) as hand:
        await hand.select("a")
        hand.drive.wreck("a")
        await hand.settle()
        await hand.select("a")
        await pressed(hand, "x", after=-0.1)
        await pressed(hand, "x", after=0.5)
        assert (hand.acts, hand.told) == ([], ["x ignored: it has just changed"] * 2)
        await pressed(hand, "x", after=0.6)
        assert hand.acts == [("task_blocked", "a")]


async def test_a_key_waits_for_what_an_act_has_done(tmp_path: Path) -> None:
    """From the end of the act, not from the batch that brings it; what looks the same is free.

    The first task is selected without a key, and guarded for that.
    """
    async with board(tmp_path, "first", "a", "b", guard=0.6) as hand:
        assert hand.app.guard.ignored("x", ["a"], 0.0) is None
        results = [MoveResult("a", True, "blocked", "held"), MoveResult("b", True, "pending", "")]
        await hand.app.acts.run(Act(lambda _ledger: results, "changed"))
        assert hand.app.guard.ignored("x", ["a"], 0.0)
        assert hand.app.guard.ignored("x", ["b"], 0.0) is None


@pytest.mark.parametrize("text", ["xfbxfb", "quit it", "pupupup", "n?ew.q", "+++-+-+"])
async def test_a_pasted_text_does_nothing(tmp_path: Path, text: str) -> None:
    """A terminal that marks no paste sends keys: no act on a task or the run, and no dialog."""
    async with board(tmp_path, "a", "b", guard=0.6) as hand:
        await hand.select("a")
        events_at = max(hand.app.guard._seen.values()) + 1
        for number, key in enumerate(text):
            event = events.Key(_character_to_key(key), key)
            event.time = events_at + number / 1000
            hand.app.post_message(event)
        await hand.settle()
        assert (hand.acts, hand.told) == ([], [])
        assert not hand.app.screen.is_modal
