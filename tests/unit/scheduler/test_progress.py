"""Progress[str]: the last line of what a program says, seldom enough for the ledger."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.errors import LedgerError
from wf_tui.scheduler.attempts.progress import Progress, last_line

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.run_harness import RunHarness


@dataclass
class Program:
    """What a program says, who is told of it, and the pauses between."""

    says: str = "one"
    reads: int = 0
    told: list[str] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def read(self) -> str:
        """Return what it says now."""
        self.reads += 1
        return self.says

    async def tell(self, text: str) -> None:
        """Take a sample."""
        self.told.append(text)

    async def pause(self) -> None:
        """Wait until a test says that the time is over."""
        self.waiting.append(asyncio.get_running_loop().create_future())
        await self.waiting[-1]

    async def later(self) -> None:
        """Let the time between two samples be over."""
        self.waiting[-1].set_result(None)
        await settle()

    def progress(self) -> Progress[str]:
        """Return what samples it."""
        return Progress(self.read, self.tell, self.pause)


async def settle() -> None:
    """Let all that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


def a_log(folder: Path, *texts: str) -> Path:
    """Write the log of an attempt."""
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return log


async def test_the_first_output_is_told_at_once() -> None:
    """What a program writes first is told without a pause."""
    program = Program()
    progress = program.progress()
    progress.output_came()
    await settle()
    assert program.told == ["one"]
    progress.stop()


async def test_much_output_is_one_sample() -> None:
    """Whatever is written between two samples costs one reading, of the newest line."""
    program = Program()
    progress = program.progress()
    progress.output_came()
    await settle()
    for number in range(50):
        program.says = f"line {number}"
        progress.output_came()
    await settle()
    assert (program.reads, program.told) == (1, ["one"])
    await program.later()
    assert (program.reads, program.told) == (2, ["one", "line 49"])
    progress.stop()


async def test_the_same_line_is_told_once() -> None:
    """A line that did not change is no news."""
    program = Program()
    progress = program.progress()
    progress.output_came()
    await settle()
    progress.output_came()
    await program.later()
    assert (program.reads, program.told) == (2, ["one"])
    progress.stop()


async def test_a_program_that_was_silent_is_heard_again() -> None:
    """After a pause without output the next output is told at once."""
    program = Program()
    progress = program.progress()
    progress.output_came()
    await settle()
    await program.later()
    program.says = "two"
    progress.output_came()
    await settle()
    assert program.told == ["one", "two"]
    progress.stop()


async def test_nothing_is_told_after_the_end() -> None:
    """Once the program has ended no sample follows."""
    program = Program()
    progress = program.progress()
    progress.stop()
    progress.output_came()
    await settle()
    program.says = "two"
    progress.output_came()
    progress.stop()
    await settle()
    assert program.told == ["one"]


async def test_a_ledger_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """That a sample could not be told is in the scheduler's log, and is no failure of the work."""

    async def refuse(_: str) -> None:
        raise LedgerError("disk full")

    progress = Progress(Program().read, refuse, Program().pause)
    with caplog.at_level(logging.ERROR):
        progress.output_came()
        await settle()
    assert "disk full" in caplog.text


def test_the_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    """Blank lines at the end are passed over."""
    assert last_line(a_log(tmp_path, "one\ntwo\n", "\n  \n")) == "two"


def test_the_last_line_is_what_a_progress_bar_shows(tmp_path: Path) -> None:
    """What was written over is not shown."""
    assert last_line(a_log(tmp_path, "10 %\r20 %\r", "30 %")) == "30 %"


def test_the_last_line_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    """Escape sequences are gone, and a line of nothing else is no line."""
    text = "\x1b[31mred\x1b[0m\n\x1b]52;c;aGk=\x07\n"
    assert last_line(a_log(tmp_path, text)) == "red"


def test_the_last_line_has_no_nul(tmp_path: Path) -> None:
    """The ledger takes none, and the line is recorded."""
    assert last_line(a_log(tmp_path, "a\0b\ufffd\n")) == "a\u2400b\ufffd"


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    """A sample is short, however long the line."""
    assert len(last_line(a_log(tmp_path, "x" * 100_000))) == 200


def test_no_log_says_nothing(tmp_path: Path) -> None:
    """Before the log exists there is no last line."""
    assert last_line(tmp_path / "log.jsonl") == ""


def test_the_ledger_hears_what_a_program_says(harness: RunHarness) -> None:
    """What a running program writes is in the ledger while it runs."""
    go = harness.folder / "go"
    command = f"echo begun; until [ -e {go} ]; do sleep 0.02; done"
    plan = f"""
goal: talk
phases:
  - name: p
    tasks:
      - {{id: talker, run: "{command}", mode: read_only}}
"""
    harness.start(plan)
    harness.when(lambda event: event.kind == "task_progress", lambda _: go.touch())
    assert harness.lead() == "completed"
    assert [event.data["text"] for event in harness.events("task_progress")] == ["begun"]
