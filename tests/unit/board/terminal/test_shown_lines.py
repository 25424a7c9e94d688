"""What is written of frames: no more than has changed, and never an old one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from wf_tui.board.terminal.shown_lines import ShownLines

_WIDTH = 12
_STYLES = (None, Style(bold=True), Style(bgcolor=Color.parse("red")))
_PART = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b]+)")


class Screen:
    """A terminal that understands where to write, and colours."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], tuple[str, str]] = {}

    def take(self, written: str) -> None:
        """Show what was written."""
        x = y = 0
        colors = ""
        assert "".join(match[0] for match in _PART.finditer(written)) == written
        for line, column, sgr, text in _PART.findall(written):
            if line:
                x, y = int(column) - 1, int(line) - 1
            elif not text:
                colors = sgr.removeprefix("0;").removeprefix("0")
            for char in text:
                self.cells[x, y] = (char, colors)
                if cell_len(char) > 1:
                    self.cells.pop((x + 1, y), None)
                x += cell_len(char)

    def line(self, y: int) -> str:
        """Return the text of a line."""
        return "".join(char for (_, row), (char, _) in sorted(self.cells.items()) if row == y)


def strip(text: str, style: Style | None = None) -> Strip:
    """Return a line that is as wide as the screen."""
    line = Strip([Segment(text, style)])
    return line.adjust_cell_length(_WIDTH)


def frame(*lines: Strip) -> LayoutUpdate:
    """Return a frame of all lines."""
    return LayoutUpdate([[line] for line in lines], Region(0, 0, _WIDTH, len(lines)))


_LINES = st.builds(
    lambda runs: Strip([Segment(text, style) for text, style in runs]).adjust_cell_length(_WIDTH),
    st.lists(st.tuples(st.text("ab 漢", max_size=5), st.sampled_from(_STYLES)), max_size=4),
)


@given(st.lists(st.tuples(_LINES, _LINES), min_size=1, max_size=5), st.integers(1, 60))
def test_what_is_shown_is_the_newest_frame(frames: list[tuple[Strip, Strip]], size: int) -> None:
    """Whatever was there before and however little is taken at a time."""
    lines, screen, fresh = ShownLines(), Screen(), Screen()
    for first, second in frames:
        lines.draw(frame(first, second))
        screen.take(lines.take(size))  # not all of it, before the next frame comes
    while not lines.is_done:
        screen.take(lines.take(size))
    newest = ShownLines()
    newest.draw(frame(*frames[-1]))
    fresh.take(newest.take(10_000))
    assert [screen.line(0), screen.line(1)] == [fresh.line(0), fresh.line(1)]
    assert all(screen.cells[place] == fresh.cells[place] for place in fresh.cells)


def test_a_frame_that_changes_nothing_costs_nothing() -> None:
    """Nothing at all is written."""
    lines = ShownLines()
    lines.draw(frame(strip("one"), strip("two")))
    assert lines.take(10_000)
    lines.draw(frame(strip("one"), strip("two")))
    assert (lines.take(10_000), lines.is_done) == ("", True)


def test_a_change_costs_what_has_changed() -> None:
    """A word in one colour between two others is written alone, and whole."""
    bold = Style(bold=True)
    lines = ShownLines()
    for word in ("1m 02s", "1m 03s"):
        line = Strip([Segment("aaa"), Segment(word, bold), Segment("bbb")])
        lines.draw(frame(line.adjust_cell_length(_WIDTH)))
        written = lines.take(10_000)
    assert written == "\x1b[1;7H\x1b[0;1m03s\x1b[0m"


def test_only_the_newest_of_many_frames_is_written() -> None:
    """A terminal that reads slowly never gets what is not true any more."""
    lines = ShownLines()
    for count in range(100):
        lines.draw(frame(strip(f"frame {count}")))
    assert "frame 99" in lines.take(10_000)
    assert lines.is_done


def test_a_part_of_a_frame_counts_only_within_its_columns() -> None:
    """Outside of them the compositor may have what lies beneath a dialog."""
    lines, screen = ShownLines(), Screen()
    lines.draw(frame(strip("abcdefghijkl")))
    screen.take(lines.take(10_000))
    part = {0: Strip([Segment("......")]), 6: Strip([Segment("XYZ...")])}
    lines.draw(ChopsUpdate([part], [(0, 6, 9)], [[6, 12]]))
    screen.take(lines.take(10_000))
    assert screen.line(0) == "abcdefXYZjkl"


def test_a_screen_of_another_size_is_written_again() -> None:
    """Its terminal has wrapped or cut what was there."""
    lines = ShownLines()
    lines.draw(frame(strip("one")))
    lines.take(10_000)
    lines.draw(frame(strip("one"), strip("two")))
    assert "one" in lines.take(10_000)
