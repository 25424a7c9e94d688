"""The log of an attempt with a line: what is in it, what is not, and how long it gets."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from tests.support.log_text import printed
from wf_tui.clock import SystemClock
from wf_tui.scheduler.session.transcript import Line, Transcript, TranscriptFile
from wf_tui.workers.shim import log as reader
from wf_tui.workers.transcript import EntryKind, entry_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def transcript(path: Path, cap: int = 1 << 20) -> Transcript:
    """Return one that writes in a thread."""
    file = TranscriptFile(path, cap)

    async def in_thread(write: Callable[[], None]) -> None:
        await asyncio.to_thread(write)

    return Transcript(file, SystemClock(), in_thread)


def records(path: Path) -> list[dict[str, object]]:
    """Return what was written, without the times."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "at"} for line in lines]


async def written(log: Transcript) -> None:
    """Return when all that was added is in the file, without the pause before a write."""
    assert log._due is not None
    log._due.cancel()
    log._begin_writing()
    assert log._work is not None
    await log._work


async def test_words_that_come_in_pieces_are_one_record(tmp_path: Path) -> None:
    """A stream of words is joined; what comes between ends it."""
    log = transcript(tmp_path / "log.jsonl")
    for piece in ["I ", "will ", "look."]:
        log.add(EntryKind.SAY, piece, streamed=True)
    log.add(EntryKind.TOOL, "Read a.py", {"id": "1"})
    log.add(EntryKind.SAY, "Done.", streamed=True)
    await log.close()
    assert records(tmp_path / "log.jsonl") == [
        {"kind": "say", "text": "I will look.\n", "data": {"begins": True}},
        {"kind": "tool", "text": "Read a.py", "data": {"id": "1"}},
        {"kind": "say", "text": "Done.\n", "data": {"begins": True}},
    ]


async def test_long_texts_are_cut(tmp_path: Path) -> None:
    """A record says how a text begins, however deep in it that stands, and its time to the ms."""
    log = transcript(tmp_path / "log.jsonl")
    long, kept = "\u00e4" * 20_000, "\u00e4" * (1 << 14)
    log.add(EntryKind.TOOL, long, {"input": {long: [long, 1.5, None]}, "name": '"\ud800'})
    log.add(EntryKind.NOTE, "short", {"texts": ["a" * 9_000, "b" * 9_000]})
    await log.close()
    assert records(tmp_path / "log.jsonl") == [
        {"kind": "tool", "text": kept, "data": {"input": {kept: [kept, 1.5, None]}, "name": '"?'}},
        {"kind": "note", "text": "short", "data": {"texts": ["a" * 9_000, "b" * 9_000]}},
    ]
    at = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])["at"]
    assert at == round(at, 3)


async def test_the_first_and_the_last_half_are_kept(tmp_path: Path) -> None:
    """However much a worker says, its log has an end, and its newest words are in it."""
    path = tmp_path / "log.jsonl"
    log = transcript(path, cap=4_000)
    for number in range(500):
        log.add(EntryKind.SAY, f"word {number}")
    await log.close()
    written = records(path)
    assert path.stat().st_size < 4_400
    assert (written[0]["text"], written[-1]["text"]) == ("word 0\n", "word 499\n")
    marks = [set(record) for record in written if "kind" not in record]
    assert marks == [{"truncated"}, {"left_out"}]


async def test_each_record_can_be_shown_by_itself(tmp_path: Path) -> None:
    """However a text was cut into records, they are the text, and what follows is a new line."""
    log = transcript(tmp_path / "log.jsonl")
    log.add(EntryKind.THINK, "it is ", streamed=True)
    await written(log)
    log.add(EntryKind.THINK, "late", streamed=True)
    await written(log)
    log.add(EntryKind.SAY, "I ", streamed=True)
    await written(log)
    log.add(EntryKind.SAY, "think.", streamed=True)
    await written(log)
    log.add(EntryKind.SAY, "I stop.")
    log.add(EntryKind.SAY, "I go.\n")
    await log.close()
    shown = [entry_text(record) for record in reader.records(tmp_path / "log.jsonl")]
    assert "".join(shown) == "[thinking] it is ...\nI think.\nI stop.\nI go.\n"
    assert len(shown) > 4


async def test_the_newest_words_outlive_a_crash(tmp_path: Path) -> None:
    """What a scheduler that was killed had written of a long transcript is there, with its end."""
    path = tmp_path / "log.jsonl"
    file = TranscriptFile(path, 4_000)
    for number in range(500):
        file.write([Line(1.0, EntryKind.SAY, f"word {number}\n", {}, streamed=False)])
    shown = printed(path)
    assert shown.startswith("word 0\n")
    assert "half full" in shown
    assert shown.endswith("word 498\nword 499\n")


class FullDisk(TranscriptFile):
    """A file on a disk that takes nothing."""

    def write(self, *_: object) -> None:
        """Fail."""
        raise OSError(28, "no space")

    def close(self) -> None:
        """Fail."""
        raise OSError(28, "no space")


async def test_a_full_disk_costs_the_log_and_no_more(tmp_path: Path) -> None:
    """Nothing is raised where the log cannot be written."""

    async def in_thread(write: Callable[[], None]) -> None:
        write()

    log = Transcript(FullDisk(tmp_path / "log.jsonl", 100), SystemClock(), in_thread)
    log.add(EntryKind.SAY, "word")
    await log.close()
    assert not (tmp_path / "log.jsonl").exists()


async def test_a_line_on_which_nothing_was_said_has_no_file(tmp_path: Path) -> None:
    """Closing its log writes nothing, and needs no thread."""
    calls = []

    async def in_thread(write: Callable[[], None]) -> None:
        calls.append(write)

    file = TranscriptFile(tmp_path / "said.jsonl", 4_000)
    await Transcript(file, SystemClock(), in_thread).close()
    assert (calls, file.begun) == ([], False)
