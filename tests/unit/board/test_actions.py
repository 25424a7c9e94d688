"""Every action leads to its ledger command, by this person, on one card or on all marked ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.board.acting import board
from wf_tui.ledger.words import Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.ledger.driving import Drive

Before = "Callable[[Drive], object]"


def wrecked(drive: Drive) -> None:
    """Let tasks a and b fail."""
    drive.wreck("a", "b")


def held(drive: Drive) -> None:
    """Hold tasks a and b."""
    drive.mine.hold("r1", "a", "b")


def running(drive: Drive) -> None:
    """Let tasks a and b run."""
    drive.take("a", step=Step.RUNNING)
    drive.take("b", step=Step.RUNNING)


def waiting(_: Drive) -> None:
    """Leave all tasks as they are."""


CASES: list[tuple[str, Callable[[Drive], object], str, str]] = [
    ("r", wrecked, "task_retried", "P"),
    ("b", waiting, "task_blocked", "B:hold"),
    ("b", held, "task_unblocked", "P"),
    ("b", running, "task_released", "P"),
    ("x", waiting, "task_blocked", "B:cancelled"),
    ("x", wrecked, "task_blocked", "B:cancelled"),
    ("f", waiting, "task_skipped", "D:skipped"),
    ("f", running, "task_skipped", "D:skipped"),
]


@pytest.mark.parametrize(("key", "before", "kind", "state"), CASES)
async def test_a_key_acts_on_the_selected_card(
    tmp_path: Path, key: str, before: Callable[[Drive], object], kind: str, state: str
) -> None:
    """A key makes its one move on the selected card, and nothing else."""
    async with board(tmp_path, "a", "b", "c", before=before) as hand:
        await hand.select("a")
        await hand.press(key)
        assert hand.acts == [(kind, "a")]
        assert hand.drive.where("a") == state


@pytest.mark.parametrize(("key", "before", "kind", "state"), CASES)
async def test_a_key_acts_on_all_marked_cards(
    tmp_path: Path, key: str, before: Callable[[Drive], object], kind: str, state: str
) -> None:
    """With cards marked, the same key makes the move on each of them."""
    async with board(tmp_path, "a", "b", "c", before=before) as hand:
        await hand.mark("a", "b")
        await hand.press(key)
        assert sorted(hand.acts) == [(kind, "a"), (kind, "b")]
        assert hand.drive.where("a", "b") == f"{state} {state}"
