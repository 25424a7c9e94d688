"""The capped log: what is kept, what is said about the rest."""

import json
import os
import resource
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.log_text import printed
from wf_tui.workers.shim.log_writer import LogWriter, write_atomic


def _written(path: Path, cap: int, chunks: list[bytes]) -> LogWriter:
    writer = LogWriter(str(path), cap)
    for chunk in chunks:
        writer.add(chunk)
    writer.close()
    return writer


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_all_of_a_short_output(tmp_path: Path) -> None:
    """Output within the cap is kept whole, a record per chunk, with its time."""
    _written(tmp_path / "log", 100, [b"one\n", b"two"])
    records = _records(tmp_path / "log")
    assert [record["text"] for record in records] == ["one\n", "two"]
    assert all(isinstance(record["at"], float) for record in records)


def test_head_and_tail_of_a_long_output(tmp_path: Path) -> None:
    """Of output over the cap the two ends are kept, and what is missing is counted."""
    _written(tmp_path / "log", 10, [b"0123456789" * 3])
    kept = [{**record, "at": 0} for record in _records(tmp_path / "log")]
    assert kept == [
        {"at": 0, "text": "01234"},
        {"at": 0, "truncated": True},
        {"at": 0, "left_out": 20},
        {"at": 0, "text": "56789"},
    ]


def test_head_is_on_disk_at_once(tmp_path: Path) -> None:
    """The first half can be read while the program runs, and so can why no more comes."""
    writer = LogWriter(str(tmp_path / "log"), 8)
    for chunk in (b"abcdef", b"gh", b"ij"):
        writer.add(chunk)
    assert [sorted(record) for record in _records(tmp_path / "log")] == [
        ["at", "text"],
        ["at", "truncated"],
    ]
    writer.close()


def test_character_over_two_chunks(tmp_path: Path) -> None:
    """A character that is split between two chunks is one character."""
    _written(tmp_path / "log", 100, [b"caf\xc3", b"\xa9!"])
    assert printed(tmp_path / "log") == "café!"


def test_half_a_character_at_the_end(tmp_path: Path) -> None:
    """Output that ends within a character shows a stand-in."""
    writer = _written(tmp_path / "log", 100, [b"caf\xc3"])
    assert printed(tmp_path / "log") == "caf\ufffd"
    assert writer.tail() == "caf\ufffd"


@given(
    chunks=st.lists(st.text(alphabet="ab\n", max_size=40).map(str.encode)),
    cap=st.integers(min_value=0, max_value=60),
)
def test_any_output_within_any_cap(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes], cap: int
) -> None:
    """Head, count of what is missing and tail always add up to the output."""
    path = tmp_path_factory.mktemp("log") / "log"
    writer = _written(path, cap, chunks)
    output = b"".join(chunks).decode()
    texts = "".join(record.get("text", "") for record in _records(path))
    missing = sum(record.get("left_out", 0) for record in _records(path))
    assert len(texts) + missing == len(output) == writer.total
    if missing:
        assert len(texts) == cap
        assert output.startswith(texts[: cap - cap // 2])
        assert output.endswith(texts[cap - cap // 2 :])
    else:
        assert texts == output


def test_memory_is_flat(tmp_path: Path) -> None:
    """A gigabyte of output costs no more memory than the cap."""
    writer = LogWriter(str(tmp_path / "log"), 1 << 20)
    chunk = bytes(1 << 16)
    for _ in range(100):
        writer.add(chunk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1 << 14):
        writer.add(chunk)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096
    writer.close()


def test_tail_is_the_last_characters(tmp_path: Path) -> None:
    """The tail is of the whole output, not of what the log keeps."""
    writer = _written(tmp_path / "log", 10, [b"x" * 70_000, b"y" * 3_000])
    assert writer.tail() == "x" * 1000 + "y" * 3000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_costs_only_the_log(tmp_path: Path) -> None:
    """A disk that is full is noted, and output is still taken."""
    writer = LogWriter(str(tmp_path / "log"), 100)
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), writer.handle)
    writer.add(b"one")
    writer.add(b"two")
    writer.close()
    assert writer.error == "log: No space left on device"
    assert writer.tail() == "onetwo"


def test_atomic_write_replaces(tmp_path: Path) -> None:
    """A file is replaced in full, and nothing else is left beside it."""
    target = tmp_path / "exit.json"
    write_atomic(str(target), b"one")
    write_atomic(str(target), b"two")
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]


def test_what_lies_in_the_place_of_a_log_gives_way(tmp_path: Path) -> None:
    """A link that a worker has put there is replaced, and what it points to is left alone."""
    theirs, log = tmp_path / "theirs", tmp_path / "log.jsonl"
    theirs.write_text("kept")
    log.symlink_to(theirs)
    LogWriter(str(log), 100).close()
    assert (theirs.read_text(), log.is_symlink(), log.read_text()) == ("kept", False, "")
