"""The signs that the board draws with: in one cell, unlike each other, in letters where need be."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from rich.cells import cell_len

from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE, GlyphSet, needs_ascii
from wf_tui.text import signs_in_ascii

GROUPS = ("opened", "folded")
COLUMNS = (
    ("pending", "waiting", *GROUPS),
    ("in_progress",),
    ("done", *GROUPS),
    ("needs_you", "blocked", "cancelled", *GROUPS),
)
"""What may stand before a line of a column."""


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["signs", "letters"])
def test_each_sign_is_one_cell_wide(glyphs: GlyphSet) -> None:
    """Nothing behind one is shifted."""
    names = [one.name for one in fields(glyphs) if one.name != "ascii"]
    assert all(cell_len(sign) == 1 for name in names for sign in getattr(glyphs, name))


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["signs", "letters"])
@pytest.mark.parametrize("column", COLUMNS, ids=["pending", "in progress", "done", "blocked"])
def test_no_two_things_of_a_column_have_one_sign(glyphs: GlyphSet, column: tuple[str, ...]) -> None:
    """Two states, or a state and a header, could else be told apart by colour alone."""
    signs = [getattr(glyphs, name) for name in column]
    assert len(set(signs)) == len(signs)


def test_letters_are_the_same_on_the_board_and_in_a_pipe() -> None:
    """What a command prints where the output has no signs is what the board draws with --ascii."""
    names = [name for column in COLUMNS for name in column]
    for name in (*names, "selected", "rule", "heavy", "stop", "go", "warns", "more"):
        assert signs_in_ascii(getattr(UNICODE, name)) == getattr(ASCII, name)
    assert all(getattr(ASCII, name).isascii() for name in names)


def test_the_readme_names_the_sign_of_each_state() -> None:
    """Both of it, and none that there is not."""
    readme = Path(__file__).resolve().parents[3] / "README.md"
    rows = re.findall(r"^\| `(.)` \| `(.)` \| ", readme.read_text("utf-8"), re.MULTILINE)
    names = ("needs_you", "in_progress", "pending", "waiting", "blocked", "done", "cancelled")
    assert rows == [(getattr(UNICODE, name), getattr(ASCII, name)) for name in names]


@pytest.mark.parametrize(
    ("environ", "encoding", "width", "ascii_only"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", 1, False),
        ({"TERM": "linux"}, "utf-8", 1, True),
        ({"TERM": "xterm"}, "iso8859-1", 1, True),
        ({"TERM": "xterm"}, "ascii", 1, True),
        ({"TERM": "xterm"}, "utf-8", 2, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "utf-8", 1, True),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "utf-8", 1, False),
        ({"LANG": "ja_JP.eucJP"}, "utf-8", 1, True),
        ({"LANG": "C.utf8"}, "utf-8", 1, False),
    ],
)
def test_letters_are_drawn_where_signs_would_be_lost(
    environ: dict[str, str], encoding: str, width: int, *, ascii_only: bool
) -> None:
    """On the console of Linux, in another encoding, and where signs may take two cells."""
    assert needs_ascii(environ, encoding, width) is ascii_only
