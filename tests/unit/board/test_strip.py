"""The strip as it is drawn: a sign for each task that is blocked, and what a click means."""

from __future__ import annotations

from wf_tui.board.frame.strip import strip_spans
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import width_of
from wf_tui.picture.strip import StripPhase

PHASES = (
    StripPhase("scan", 6, 0, 0, 0, 0),
    StripPhase("build", 2, 3, 2, 1, 1),
    StripPhase("ship", 0, 0, 0, 0, 4),
)


def text(width: int, *, ascii_only: bool = False) -> str:
    """Return the strip as text."""
    spans = strip_spans(PHASES, width, ASCII if ascii_only else UNICODE)
    assert width_of(spans) < width
    return "".join(span.text for span in spans)


def test_each_blocked_task_has_a_sign() -> None:
    """However many cells a task takes, there are as many signs as tasks."""
    assert text(100) == (
        " ✓ scan 6   build ━━━━━━━━╍╍╍╍╍╍╍╍╍╍╍╍◆━━━◆━━━◇─────── 2/9   ship ──────────────── 0/4"
    )
    assert text(60) == " ✓ scan 6   build ━━╍╍╍◆◆◇─ 2/9   ship ──── 0/4"


def test_the_strip_in_letters() -> None:
    """The signs of `--ascii` are as unlike each other as the others."""
    assert text(60, ascii_only=True) == " v scan 6   build ==***!!#- 2/9   ship ---- 0/4"


def test_a_click_on_any_part_of_a_phase_means_the_phase() -> None:
    """Its name, its bar and its figures; the blanks between two phases mean nothing."""
    hits = [span.hit for span in strip_spans(PHASES, 60, UNICODE)]
    assert [hit for hit in dict.fromkeys(hits) if hit] == ["scan", "build", "ship"]
    assert hits.count("") == 3
