"""A review on real git: a comment goes back, the work comes again, is accepted and merged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.detail_harness import painted
from tests.support.run_harness import RunHarness
from wf_tui.board.app import BoardApp
from wf_tui.board.screens.review_screen import ReviewScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from wf_tui.ledger.model.rows import EventRow

PLAN = r"""
goal: reviewed
phases:
- name: p
  tasks:
  - id: t
    title: Write the greeting
    mode: read_write
    review: true
    file_scope: [hello.py, same.txt]
    gate: "true"
    run: |-
      echo same > same.txt
      echo 'import sys' > hello.py
      test -e FLAG && echo 'print("hello")' >> hello.py && exit 0
      touch FLAG
      echo 'print("helo")' >> hello.py
"""


class Person:
    """Somebody in front of the board of a run, who waits for what they want to see."""

    def __init__(self, pilot: Pilot[Any], heard: asyncio.Event) -> None:
        self.pilot, self.heard = pilot, heard

    @property
    def screen(self) -> str:
        """What is on the screen."""
        app: Any = self.pilot.app
        return painted(app)

    async def sees(self, *words: str) -> str:
        """Wait until the screen has all of these; return it."""
        while any(word not in self.screen for word in words):
            self.heard.clear()
            async with asyncio.timeout(60):
                await self.heard.wait()
            await self.pilot.pause()
        return self.screen

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)


def at_the_board(harness: RunHarness, act: Callable[[Person], Awaitable[None]]) -> None:
    """Open the board of a run, do something there, and leave it."""

    async def session() -> None:
        heard = asyncio.Event()
        app = BoardApp(harness.project, harness.run, environ={})
        app.guard.seconds = 0
        async with app.run_test(size=(120, 40), message_hook=lambda _: heard.set()) as pilot:
            await act(Person(pilot, heard))

    asyncio.run(session())


async def comments(person: Person) -> None:
    """Mark a file as seen, write a comment on lines of the other, in two goes, and send it back."""
    await person.sees("Write the greeting")
    await person.press("R")
    await person.sees("0 of 2 seen", 'print("helo")', "✓ gate passed")
    await person.press("greater_than_sign", "v")
    await person.sees("1 of 2 seen", "hello.py new")
    await person.press("R")
    await person.sees("there is no comment to send back: c writes one")
    await person.press("V", "j", "c", *"tw", "escape")
    await person.sees("you tw", "on lines 1-2 · half written, and only yours", "e edit")
    await person.press("R")
    await person.sees("there is no comment to send back: c writes one")
    await person.press("j", "e", "o", "ctrl+j", "l", "enter")
    await person.sees("you two", "on lines 1-2 · goes back to shell-1 with R", "1 comment")
    await person.press("R")
    await person.sees("Send 1 comment back to shell-1?")
    await person.press("y")
    await person.sees("sent back “Write the greeting”")


async def accepts(person: Person) -> None:
    """See what changed since, that the rest is still seen, and take it."""
    await person.press("R")
    text = await person.sees("changed since try 1, of 2", '− print("helo")', '+ print("hello")')
    assert "1 of 2 seen" in text
    assert 'on lines 1-2, which were “import sys print("helo")” · sent back' in text
    await person.press("d")
    assert "same.txt" in await person.sees("Files 2")
    await person.press("A")
    await person.sees("decided: it is ")
    assert isinstance(person.pilot.app.screen, ReviewScreen)
    await person.press("R")
    await person.sees("decided: it is ")
    await person.press("escape")
    assert not person.pilot.app.screen.query("#diff")


def comes_back(event: EventRow) -> bool:
    """Whether the second attempt is ready for review."""
    return event.kind == "task_blocked" and event.epoch == 2


@pytest.mark.slow
def test_work_comes_back_with_a_comment_and_is_merged(tmp_path: Path) -> None:
    """The comment is a retry by the same seat; what was seen stays so; accepted it is merged."""
    harness = RunHarness(tmp_path)
    harness.play(PLAN.replace("FLAG", str(tmp_path / "flag")))
    assert harness.task("t").kind == "review"
    at_the_board(harness, comments)
    harness.wait_for(comes_back)
    first, second = harness.attempts("t")
    assert first.worker == second.worker
    at_the_board(harness, accepts)
    harness.wait_for(lambda event: event.kind == "run_ended" and event.seq > 20)
    assert harness.merged("hello.py") == 'import sys\nprint("hello")'
