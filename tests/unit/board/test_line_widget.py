"""The widget that paints lines: what it is painted in, and what a click on it means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.board_harness import board
from wf_tui.board.frame.header import RunHeader
from wf_tui.board.widgets import line_widget
from wf_tui.board.widgets.line import Look, Role, scroll_marker
from wf_tui.board.widgets.line_widget import LineWidget

ROOM = Path(line_widget.__file__).parents[1]


def test_what_is_painted_has_a_rule_in_the_style_sheet() -> None:
    """A role or look without one would be painted as plain text, and nobody would be told."""
    sheet = (ROOM / "board.tcss").read_text(encoding="utf-8")
    ruled = set(re.findall(r"LineWidget > \.((?:role|look)--\w+)", sheet))
    painted = {f"role--{role}" for role in Role} | {f"look--{look}" for look in Look}
    assert painted - ruled == {"role--text", "look--plain"}
    assert ruled <= painted


async def test_styles_are_computed_for_what_is_painted_alone(tmp_path: Path) -> None:
    """Those of each role for each widget would be half of what opening a board costs."""
    async with board(tmp_path, "a") as hand:
        widgets = [*hand.app.screen.query(LineWidget)]
        assert not any(widget._component_styles for widget in widgets)
        assert 0 < max(len(widget._styles) for widget in widgets) < len(Role)


async def test_another_theme_is_painted_at_once(tmp_path: Path) -> None:
    """What was painted in the colours of the theme before is painted again, and in the new ones."""
    async with board(tmp_path, "a") as hand:
        header = hand.app.screen.query_one(RunHeader)
        before = header.render_line(0)
        hand.app.theme = "textual-light"
        await hand.pilot.pause()
        assert header.render_line(0) != before


@pytest.mark.parametrize(
    ("total", "height", "top", "lines"),
    [
        (10, 10, 0, []),
        (20, 10, 0, [0, 1, 2, 3, 4]),
        (20, 10, 10, [5, 6, 7, 8, 9]),
        (900, 3, 897, [2]),
    ],
)
def test_the_scroll_marker_shows_where_one_is(
    total: int, height: int, top: int, lines: list[int]
) -> None:
    """It is as long as what is seen of all, at least a line; without more to see there is none."""
    assert list(scroll_marker(total, height, top)) == lines
