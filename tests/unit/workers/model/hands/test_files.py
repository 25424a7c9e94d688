"""Reading, writing and editing files: what is answered, and what is in the file then."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.file_calls import FileCalls


def test_lines_are_read_as_they_are(tree: Path, files: FileCalls) -> None:
    """A part of a file comes below a head that says which part, and how to go on."""
    (tree / "a.txt").write_text("".join(f"{n}\n" for n in range(1, 8)))
    assert files.do("read_file", path="a.txt", offset=2, limit=3) == (
        "[a.txt, lines 2 to 4; there are more, from offset 5]\n2\n3\n4"
    )
    assert files.do("read_file", path="a.txt", offset="6").startswith(
        "[a.txt, lines 6 to 7; the end of the file]"
    )
    assert files.refused("read_file", path="a.txt", offset=9) == (
        "a.txt has 7 lines, so there is no line 9"
    )


def test_an_answer_has_an_end(tree: Path, files: FileCalls) -> None:
    """A large file and a long line are cut, and the answer says where it goes on."""
    (tree / "long").write_text("x" * 1_000_000 + "\n" + "y" * 70 + "\n" * 3)
    head, first, *_ = files.do("read_file", path="long").split("\n")
    assert head.startswith("[long, lines 1 to 4;")
    assert first.endswith("[the line goes on for 998,000 characters]")
    (tree / "large").write_text("0123456789\n" * 100_000)
    assert "lines 1 to 2000; there are more" in files.do("read_file", path="large", limit=99_999)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("ä\n".encode(), "ä"),
        ("\ufeffä\n".encode(), "ä"),
        ("ä\n".encode("utf-16"), "ä"),
        ("ä\n".encode("latin-1"), "ä"),
        (b"a\r\nb\r\n", "a\nb"),
    ],
)
def test_an_edit_keeps_encoding_and_line_endings(
    tree: Path, files: FileCalls, raw: bytes, read: str
) -> None:
    """Whatever a file is written in, it is read as text, and is written in the same way again."""
    (tree / "f").write_bytes(raw)
    assert files.do("read_file", path="f").partition("\n")[2] == read
    files.do("edit_file", path="f", old_text=read, new_text=read + "\nö")
    files.do("edit_file", path="f", old_text="\nö", new_text="")
    assert (tree / "f").read_bytes() == raw


def test_bytes_that_are_no_text_stay_as_they_are(tree: Path, files: FileCalls) -> None:
    """In a file that is UTF-8 but for some bytes, other lines are edited, and these are kept."""
    (tree / "f").write_bytes("ä 1\n".encode() + b"\xff\n")
    files.do("edit_file", path="f", old_text="ä 1", new_text="ä 2")
    assert (tree / "f").read_bytes() == "ä 2\n".encode() + b"\xff\n"


@pytest.mark.parametrize("raw", [b"\x7fELF\0\1\2", b"\xff\xfe\0\xd8"])
def test_what_is_no_text_is_not_read(tree: Path, files: FileCalls, raw: bytes) -> None:
    """A binary file is said to be one, and an edit leaves it alone."""
    (tree / "f").write_bytes(raw)
    for call in (
        files.refused("read_file", path="f"),
        files.refused("edit_file", path="f", old_text="L", new_text="M"),
    ):
        assert "binary" in call or "UTF-16" in call
    assert (tree / "f").read_bytes() == raw


def test_a_file_that_is_replaced_keeps_its_form(tree: Path, files: FileCalls) -> None:
    """A whole file in the place of another keeps mode and line endings; a new one gets folders."""
    (tree / "run.sh").write_bytes(b"#!/bin/sh\r\n")
    (tree / "run.sh").chmod(0o750)
    said = files.do("write_file", path="run.sh", content="#!/bin/sh\nexit\n")
    assert said == "replaced run.sh, which has 2 lines now; its lines end in CRLF as before"
    assert (tree / "run.sh").read_bytes() == b"#!/bin/sh\r\nexit\r\n"
    assert stat.S_IMODE((tree / "run.sh").stat().st_mode) == 0o750
    assert files.do("write_file", path="new/deep/f", content="x") == (
        "wrote new/deep/f, which has 1 line now"
    )
    assert (tree / "new/deep/f").read_text() == "x"
    assert not list(files.scratch.iterdir())


def test_a_linked_file_elsewhere_is_not_written(tree: Path, files: FileCalls) -> None:
    """A hard link to a file outside is cut, so that the other one stays as it is."""
    (tree.parent / "outside").write_text("old\n")
    os.link(tree.parent / "outside", tree / "f")
    files.do("edit_file", path="f", old_text="old", new_text="new")
    assert (tree.parent / "outside").read_text() == "old\n"
    assert (tree / "f").read_text() == "new\n"


PYTHON = (
    "class A:\n    def f(self):\n        return 1\n\nclass B:\n    def f(self):\n        return 2\n"
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return 1", "return 3", "line 3"),
        ("def f(self):\n    return 1", "def f(self):\n    return 3", "other indentation"),
        ("\t\treturn 1\n", "\t\treturn 3\n", "other indentation"),
        (
            "    def f(self):  \n        return 1 ",
            "    def f(self):\n        return 3",
            "blanks at",
        ),
        ("class A:\r\n    def f(self):\r\n        return 1", PYTHON[:41] + "3", "blanks at"),
    ],
)
def test_one_place_that_can_be_meant_is_edited(
    tree: Path, files: FileCalls, old: str, new: str, said: str
) -> None:
    """What differs in blanks alone is found where one place fits; indentation is the file's."""
    (tree / "f.py").write_text(PYTHON)
    assert said in files.do("edit_file", path="f.py", old_text=old, new_text=new)
    assert (tree / "f.py").read_text() == PYTHON.replace("return 1", "return 3")


@pytest.mark.parametrize(
    ("old", "why"),
    [
        ("def f(self):", "more than once, at lines 2, 6"),
        ("def f(self):   ", "it would be at lines 2, 6"),
        ("  def f(self):\n     return 1", "what comes nearest is at line 2"),
        ("        return 7", "what comes nearest is at line 7"),
        ("nothing of the kind", "copy the text exactly"),
        ("", "old_text is empty"),
        ("   \n  ", "is not in f.py"),
    ],
)
def test_no_edit_is_guessed(tree: Path, files: FileCalls, old: str, why: str) -> None:
    """What may be meant in two places, or in none, changes nothing and says what is there."""
    (tree / "f.py").write_text(PYTHON)
    assert why in files.refused("edit_file", path="f.py", old_text=old, new_text="x")
    assert (tree / "f.py").read_text() == PYTHON


def test_places_that_overlap_are_two(tree: Path, files: FileCalls) -> None:
    """A text that can begin at two places is not there once, though they share characters."""
    (tree / "f").write_text("a\na\na\n")
    assert "more than once" in files.refused(
        "edit_file", path="f", old_text="a\na\n", new_text="b\n"
    )


def test_every_place_is_edited_where_that_is_asked(tree: Path, files: FileCalls) -> None:
    """With `replace_all` each place is changed, and the answer counts them."""
    (tree / "f.py").write_text(PYTHON)
    said = files.do("edit_file", path="f.py", old_text="f(self)", new_text="g()", replace_all=True)
    assert said == "edited f.py, 2 places"
    assert (tree / "f.py").read_text() == PYTHON.replace("f(self)", "g()")


def test_lines_of_mixed_endings_stay_as_they_are(tree: Path, files: FileCalls) -> None:
    """In a file of both line endings an edit changes its own lines alone, and keeps theirs."""
    (tree / "f").write_bytes(b"a\r\nb\r\nc\nd\n")
    files.do("edit_file", path="f", old_text="a\nb\n", new_text="A\nB\n")
    assert (tree / "f").read_bytes() == b"A\r\nB\r\nc\nd\n"
