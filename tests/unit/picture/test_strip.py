"""The strip: every task in it, in the cells that there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.picture.strip import Segment, StripPart, StripPhase, lay_strip

_COUNTS = st.sampled_from([0, 0, 1, 2, 3, 7, 40, 900])
_PHASES = st.lists(
    st.builds(
        StripPhase,
        st.sampled_from(["scan", "model", "build", "verify", "ship", "a-phase-with-a-long-name"]),
        *[_COUNTS] * 5,
    ).filter(lambda phase: phase.count > 0),
    max_size=7,
)


def drawn(part: StripPart) -> str:
    """Return a part in signs of one cell."""
    if not part.bar:
        return f"{'✓ ' if part.finished else ''}{part.name} {part.figures}"
    signs = dict(zip(Segment, "━╍◆◇─", strict=True))
    bar = "".join(signs[segment] * cells for segment, cells in part.bar)
    return f"{part.name} {bar} {part.figures}"


def line(phases: list[StripPhase], cells: int) -> str:
    """Return the strip as a line."""
    return "   ".join(map(drawn, lay_strip(phases, cells)))


@given(phases=_PHASES, cells=st.integers(0, 220))
def test_the_strip_fits_and_loses_no_need(phases: list[StripPhase], cells: int) -> None:
    """It is never wider than that; each kind of task in a bar has a cell, in order."""
    parts = lay_strip(phases, cells)
    assert len("   ".join(map(drawn, parts))) <= cells or not parts
    assert sum(part.width for part in parts) + 3 * max(0, len(parts) - 1) <= cells or not parts
    by_bar = [part for part in parts if part.bar]
    for part in by_bar:
        phase = next(p for p in phases if p.name == part.phase and not p.finished
                     and sum(n > 0 for n in p.tasks) == len(part.bar)
                     and part.figures == f"{p.done}/{p.count}")  # fmt: skip
        kinds = [segment for segment, n in zip(Segment, phase.tasks, strict=True) if n]
        assert [segment for segment, _ in part.bar] == kinds
        assert all(n >= 1 for _, n in part.bar)
        assert sum(n for _, n in part.bar) <= 4 * phase.count


def a_run() -> list[StripPhase]:
    """Return the phases of a run in the middle of its work."""
    return [
        StripPhase("scan", 6, 0, 0, 0, 0),
        StripPhase("model", 6, 0, 1, 0, 0),
        StripPhase("build", 2, 7, 3, 1, 1),
        StripPhase("verify", 0, 2, 0, 0, 6),
        StripPhase("ship", 0, 0, 0, 1, 4),
    ]


def test_a_task_has_four_cells_at_most_and_one_where_it_is_narrower() -> None:
    """As many as fit, the same for all; finished phases have no bar."""
    assert line(a_run()[1:2], 200) == "model ━━━━━━━━━━━━━━━━━━━━━━━━◆◆◆◆ 6/7"
    assert line(a_run(), 118) == (
        "✓ scan 6   model ━━━━━━◆ 6/7   build ━━╍╍╍╍╍╍╍◆◆◆◇─ 2/14   "
        "verify ╍╍────── 0/8   ship ◇──── 0/5"
    )


def test_where_it_is_narrow_phases_lose_their_bars_then_their_place() -> None:
    """First what has not begun, the last one first; then finished phases go."""
    phases = [*a_run()[:4], StripPhase("ship", 0, 0, 0, 0, 5)]
    rest = "model ━━━━━━◆ 6/7   build ━━╍╍╍╍╍╍╍◆◆◆◇─ 2/14   verify ╍╍────── 0/8   "
    assert line(phases, 88) == f"✓ scan 6   {rest}ship 5"
    assert line(phases, 80) == f"{rest}ship 5"
    assert line(phases, 70) == (
        "model ━━━━━◆ 6/7   build ━━╍╍╍╍╍◆◆◇─ 2/14   verify ╍╍──── 0/8   ship 5"
    )


def test_below_a_cell_each_the_largest_remainder_counts() -> None:
    """One of a thousand that needs you is still seen, and finished phases keep their place."""
    phases = [StripPhase("scan", 6, 0, 0, 0, 0), StripPhase("p", 700, 0, 1, 0, 299)]
    assert line(phases, 40) == "✓ scan 6   p ━━━━━━━━━━━━◆───── 700/1000"


def test_a_name_cannot_act_on_a_terminal() -> None:
    """It is cleaned, and cut where it is long; who clicks on it gets it as the plan has it."""
    (part,) = lay_strip([StripPhase("\x1b[31mred\n" + "x" * 99, 1, 0, 0, 0, 0)], 100)
    assert part.name.startswith("red⏎x")
    assert len(part.name) == 24
    assert part.phase.startswith("\x1b")
