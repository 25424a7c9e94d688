"""What `--items` can name, and what is refused, with its place."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from wf_tui.errors import UsageError
from wf_tui.swarm.items import MOST_BYTES, Item, read_items

if TYPE_CHECKING:
    from pathlib import Path


def read(word: str, stdin: bytes | None = None, *, keyed: bool = False) -> tuple[Item, ...]:
    """Read items with a repository of two files."""
    stream = None if stdin is None else io.BytesIO(stdin)
    return read_items(word, tracked=lambda _: ["a.md", "b.md"], stdin=stream, keyed=keyed)


def texts(word: str, stdin: bytes | None = None) -> list[str]:
    """Return the items as they are written."""
    return [item.text for item in read(word, stdin)]


def test_a_list_has_a_comma() -> None:
    """A list is split at its commas; spaces and what is empty do not count."""
    assert texts("a, b c ,,d,") == ["a", "b c", "d"]
    assert texts(",".join(["long"] * 2000))[1:2] == ["long"]


def test_a_pattern_asks_for_tracked_files() -> None:
    """What begins with `glob:` is asked of the repository."""
    assert texts("glob:*.md") == ["a.md", "b.md"]


def test_lines_of_a_file_or_of_standard_input(tmp_path: Path) -> None:
    """Blank lines and comments are no items; a mark in front and CRLF are no part of one."""
    content = "\ufeffone\r\n\r\n  # a comment\r\n two \u00a0x\u2028y \nthree".encode()
    (tmp_path / "a,b.txt").write_bytes(content)
    assert texts(str(tmp_path / "a,b.txt")) == ["one", "two \u00a0x\u2028y", "three"]
    assert texts("-", content) == texts(str(tmp_path / "a,b.txt"))


def test_objects_of_json_lines(tmp_path: Path) -> None:
    """Each line of a `.jsonl` file is an object, or a text; standard input likewise."""
    lines = b'{"name": "x", "n": 1}\n\n"plain"\n'
    (tmp_path / "i.jsonl").write_bytes(lines)
    for word, stdin in ((str(tmp_path / "i.jsonl"), None), ("-", lines)):
        first, second = read(word, stdin, keyed=True)
        assert first.fields == {"name": "x", "n": 1}
        assert (second.text, second.fields) == ("plain", None)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a\n\nb\0c\n", "i.txt, line 3 holds a NUL character"),
        (b"a\nb\xffc\n", "i.txt, line 2: not UTF-8 text"),
        (b"x" * (MOST_BYTES + 1), "i.txt is larger than 10 MB"),
    ],
    ids=["nul", "latin", "large"],
)
def test_what_no_item_can_be(tmp_path: Path, content: bytes, complaint: str) -> None:
    """What no program could be given is refused with the number of its line."""
    (tmp_path / "i.txt").write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        read(str(tmp_path / "i.txt"))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2: not JSON: Expecting property name"),
        ("[1]", r"line 2: \[1\] is no object"),
        ('{"a": "\\ud800"}', "line 2: holds half a character"),
        ("[" * 100_000, "line 2: not JSON: nested too deeply"),
    ],
    ids=["cut", "list", "half", "deep"],
)
def test_lines_that_are_no_objects(tmp_path: Path, line: str, complaint: str) -> None:
    """A line that is no object is refused with its number, however deep it is."""
    (tmp_path / "i.jsonl").write_text('{"a": 1}\n' + line)
    with pytest.raises(UsageError, match=complaint):
        read(str(tmp_path / "i.jsonl"))


def test_what_is_neither(tmp_path: Path) -> None:
    """A folder, and a word that is no file and has no comma, are refused with what is near."""
    (tmp_path / "items.txt").touch()
    with pytest.raises(UsageError, match="is a folder"):
        read(str(tmp_path))
    with pytest.raises(UsageError, match="no such file") as refused:
        read(str(tmp_path / "itmes.txt"))
    assert "items.txt" in refused.value.hint
    with pytest.raises(UsageError, match="--items is empty"):
        read(" ")
    with pytest.raises(UsageError, match="no standard input"):
        read("-")
