"""What the lines of lanes say, and the foot: figures that nobody told read so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.board.seats.lane_lines import LaneFacts, lane_line
from wf_tui.board.seats.seat_foot import FootFacts, foot_lines
from wf_tui.board.widgets.card_lines import CardDrawing
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.usage import Usage
from wf_tui.picture.seats.lane import LaneView
from wf_tui.picture.seats.records import SeatRecord
from wf_tui.picture.seats.seat import SeatView

if TYPE_CHECKING:
    from wf_tui.board.widgets.line import Line


def text(line: Line) -> str:
    """Return all of a line."""
    return "".join(span.text for span in (*line.left, *line.right, *line.spare)).strip()


def lane(status: LaneStatus, until: float | None = None, capacity: int | None = None) -> LaneView:
    """Return a lane without seats."""
    return LaneView("glm", ("glm-5",), status, "429", until, capacity, ())


@pytest.mark.parametrize(
    ("facts", "width", "said"),
    [
        (LaneFacts(lane(LaneStatus.OPEN)), 80, "open 0 of 0 in use"),
        (
            LaneFacts(lane(LaneStatus.OPEN, capacity=3)),
            80,
            "open 0 of 0 in use, at most 3 at once, +1 each 3m",
        ),
        (
            LaneFacts(lane(LaneStatus.LIMITED, 1160, 1), limited_at=1000),
            118,
            "‖ 429, opens in 1:00 ━━━━━━━━━━────── then 1 seat, +1 each 3m",
        ),
        (
            LaneFacts(lane(LaneStatus.LIMITED, 1160, 1), limited_at=1000),
            78,
            "‖ 429, opens in 1:00 then 1 seat, +1 each 3m",
        ),
        (LaneFacts(lane(LaneStatus.LIMITED, 1160)), 118, "‖ 429, opens in 1:00"),
        (LaneFacts(lane(LaneStatus.PAUSED)), 118, "‖ 429  P opens it"),
        (
            LaneFacts(lane(LaneStatus.OPEN), Usage(cost_microusd=4_100_000), 5_000_000),
            80,
            "open 0 of 0 in use$4.10 of $5 today 82 %",
        ),
        (
            LaneFacts(lane(LaneStatus.OPEN), Usage(cost_microusd=10_000, unknown=1)),
            80,
            "open 0 of 0 in use≥$0.01 today",
        ),
        (
            LaneFacts(lane(LaneStatus.OPEN), Usage(unknown=2)),
            80,
            "open 0 of 0 in useusage unknown",
        ),
    ],
)
def test_a_lane_says_what_it_bears_and_costs(facts: LaneFacts, width: int, said: str) -> None:
    """Open or until when not, what then, money of today; a bar where its start is known."""
    assert text(lane_line(facts, CardDrawing(UNICODE, width), 1100)) == f"glm  glm-5   {said}"


def test_a_lane_can_be_read_in_ascii() -> None:
    """No sign of it is left out of the letters."""
    facts = LaneFacts(lane(LaneStatus.LIMITED, 1160, 1), Usage(cost_microusd=1, unknown=1), 9, 1000)
    assert text(lane_line(facts, CardDrawing(ASCII, 118), 1100)).isascii()


def test_the_foot_tells_record_and_plan() -> None:
    """What an agent used is unknown where nobody told; its plan is safe to draw."""
    view = SeatView(
        "glm-1", "glm", "agent", True, "a", "running", 0, 0, "glm", "busy", (), "", "", "", ("src",)
    )  # fmt: skip
    record = SeatRecord(tasks=4, merged=3, failed=1, median=400)
    plan = [("read\x1b[2J schema", "completed"), ("port callers", "in_progress"), ("tests", "")]
    first, second = map(text, foot_lines(FootFacts(view, record, plan), UNICODE))
    assert first == (
        "glm-1 this run  4 tasks · 3 merged · 1 failed · usage unknown · median 6:40 profile glm"
    )
    assert second.startswith("now  ✓ read")
    assert "\x1b" not in second
    assert second.endswith("● port callers  ○ tests   writes src")
