"""The figures and times of a report in words, the same in both of its forms."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from wf_tui.picture import glyphs
from wf_tui.picture.age import duration
from wf_tui.picture.usage_text import budget_words, usage_text
from wf_tui.report.facts import Mark
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.report.facts import RunReport

__all__ = ["GLYPHS", "length", "money", "summary", "when"]

GLYPHS: Final[Mapping[Mark, str]] = {
    Mark.DONE: glyphs.DONE,
    Mark.WORKING: glyphs.IN_PROGRESS,
    Mark.NEEDS: glyphs.NEEDS_YOU,
    Mark.PARKED: glyphs.BLOCKED,
    Mark.OPEN: glyphs.PENDING,
    Mark.FAILED: "✗",
}
"""Those of the board; a colour alone tells nothing."""
_LEFT: Final = {
    Mark.WORKING: "at work",
    Mark.NEEDS: "waiting for a person",
    Mark.PARKED: "parked",
    Mark.OPEN: "not begun",
}


def when(at: float) -> str:
    """Return a moment as a calendar and a clock of this machine have it, with its zone."""
    return time.strftime("%Y-%m-%d %H:%M %z", time.localtime(at))


def length(seconds: float | None) -> str:
    """Return a length of time; "" where it is not known."""
    if seconds is None:
        return ""
    return f"{int(seconds)}s" if seconds < 60 else duration(seconds)  # noqa: PLR2004 - a minute


def money(report: RunReport) -> str:
    """Return what the run used, and of what; "" where nobody said anything."""
    used = usage_text(report.usage)
    limit = report.budget
    of = {"cost_microusd": limit.cost_microusd, "tokens": limit.tokens}
    if limit.cost_microusd is None and limit.tokens is None:
        return used
    return f"{used or 'unknown'}, of {budget_words(of)}"


def summary(report: RunReport) -> list[tuple[str, str]]:
    """Return what the run is and came to, each fact with its name; none that is unknown."""
    total = len(report.tasks)
    counts = [f"{report.count(Mark.DONE)} of {plural(total, 'task')} done"]
    for mark, words in _LEFT.items():
        if number := report.count(mark):
            counts.append(f"{number} {words}")
    ended = report.state.ended
    facts = [
        ("State", report.state.value),
        ("Tasks", ", ".join(counts)),
        ("Attempts", str(len(report.attempts))),
        ("Began", when(report.created_at)),
        ("Ended" if ended else "As of", f"{when(report.until)}, after {length(report.elapsed)}"),
        ("Used", money(report)),
        ("Branch", report.branch),
        ("Landed in", ", ".join(report.landed) or "no branch yet"),
    ]
    return [(name, value) for name, value in facts if value]
