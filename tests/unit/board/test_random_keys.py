"""Whatever is pressed while whatever happens, the board goes on: it is drawn, and not only thought.

The rules of the selection are judged in `test_rules.py`, by a board that draws nothing.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.board_harness import board
from tests.support.ledger_harness import BAD, shell
from wf_tui.ledger.model.states import BlockedKind

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.ledger import Fence

_KEYS: Final = (
    *"hjklNzZvVrbxfuJKgG!@#$yneasLdR2131413",
    *("space", "asterisk", "enter", "tab", "full_stop", "question_mark", "pageup", "pagedown"),
    *["escape"] * 8,
)
_PRESSED: Final = 70
_SEATS: Final = 5
_ALIKE: Final = replace(BAD, proof="cannot find module left-pad")


def let_something_happen(drive: LedgerHarness, held: list[Fence], chance: random.Random) -> None:
    """Begin with a task, let one fail as others did, or let one come to its program."""
    drive.clock.move(chance.choice((0, 1, 30, 70)))
    if chance.random() < 0.4:
        fence = drive.claim(f"w{chance.randrange(1, _SEATS + 1)}")
        if fence is not None:
            held.append(fence)
    elif held:
        fence = held.pop(chance.randrange(len(held)))
        if drive.task(fence.task).epoch != fence.epoch or not drive.task(fence.task).claimed:
            return  # a key has taken it from its worker
        drive.ledger.fail(fence, _ALIKE, kind=BlockedKind.FAILED)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "size"), [(1, (80, 24)), (2, (120, 40)), (3, (200, 60)), (4, (60, 18))]
)
async def test_no_key_ends_the_board(tmp_path: Path, seed: int, size: tuple[int, int]) -> None:
    """Random keys, with workers that begin and fail alike meanwhile."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    held: list[Fence] = []
    tasks = [shell(f"t{n}", *([f"t{n - 1}"] if n % 7 == 6 else [])) for n in range(24)]
    async with board(tmp_path, *tasks, size=size, seats=_SEATS) as hand:
        for _ in range(_PRESSED):
            if chance.random() < 0.3:
                let_something_happen(hand.drive, held, chance)
            await hand.press(chance.choice(_KEYS))
        assert hand.app.is_running
