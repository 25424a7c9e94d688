"""The page of results, `RESULTS.md`, and the lines of it that the README has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.figures import HEAD, cells
from tests.bench.goals import BECAUSE, Aim, Of
from tests.bench.pace import REFERENCE, pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.figures import Figure, Section, Verdict

__all__ = [
    "README",
    "RESULTS",
    "SHOWN",
    "TABLE",
    "Measured",
    "goal_lines",
    "page",
    "readme",
    "with_reasons",
]

README: Final = Path(__file__).parents[2] / "README.md"
RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_HEAD: Final = "| what | before | goal | now | verdict | why |\n|---|---|---|---|---|---|\n"
_MISSED: Final = "**missed**"
_UNKNOWN: Final = "not measured"
TABLE: Final = re.compile(re.escape(_HEAD) + r"(\|.*\n)*")
"""The table of goals, on the page and in the README."""
SHOWN: Final = (
    Aim.SEATS,
    Aim.PROCESSES,
    Aim.GRAPH_NINJA,
    Aim.GRAPH_SNAKEMAKE,
    Aim.GRAPH_LUIGI,
    Aim.CYCLE_5000,
    Aim.FRAME_10000,
    Aim.STATUS,
    Aim.LINES_CPU,
    Aim.RECOVERY_STANDBY,
)
"""What the README shows."""


@dataclass
class Measured:
    """The figures of a section, and the pace of the machine while they were taken."""

    section: Section
    starts: list[float]
    """The milliseconds of starts of an interpreter, before the figures and among them."""
    figures: list[Figure] = field(default_factory=list)
    seconds: float = 0.0
    """How long the measuring took."""

    @property
    def pace(self) -> float:
        """How many times as long as on the machine of the goals everything takes here."""
        return pace(self.starts)


def page(measured: Sequence[Measured], machine: str, when: str, repeat: str) -> str:
    """Return the whole page: the machine, the goals, then each section."""
    minutes = sum(one.seconds for one in measured) / 60
    lines = with_reasons(goal_lines(measured))
    return "".join(
        [
            "# How fast wf is\n\n",
            f"Measured {when}, in {minutes:.0f} minutes, on {machine}.\n\n",
            f"Once more: `{repeat}`, on a machine that does nothing else. It writes this page.\n\n",
            _explained(measured),
            f"\n## Goals\n\n{_summed_up(lines)}\n\n",
            lines,
            *(text for one in measured for text in _section(one)),
        ]
    )


def _explained(measured: Sequence[Measured]) -> str:
    paces = [one.pace for one in measured]
    starts = sorted({f"{pace * REFERENCE:.1f}" for pace in (min(paces), max(paces))}, key=float)
    return (
        "All figures are medians. A ratio is over a floor that took turns in the same run: of "
        "rates (1/s) more is better and 1x is as fast as the floor, of times less is better and 1x "
        "is no overhead at all. A goal in time (ms, s, a share of a core) is said for a machine on "
        f"which `python -c pass` takes {REFERENCE:g} ms. In this run it took "
        f"{' to '.join(starts)} ms, and such a goal is as many times more *here*. "
        "`before` is from that other machine, before speed was worked on.\n"
    )


def goal_lines(measured: Sequence[Measured]) -> str:
    """Return the table of all goals."""
    found: dict[Aim, tuple[Figure, Verdict | None]] = {
        figure.aim: (figure, figure.judged(one.pace))
        for one in measured
        for figure in one.figures
        if figure.aim
    }
    return _HEAD + "".join(_row(_goal(aim, found)) for aim in Aim)


def _goal(aim: Aim, found: Mapping[Aim, tuple[Figure, Verdict | None]]) -> tuple[str, ...]:
    target, (figure, verdict) = aim.value, found.get(aim, (None, None))
    if verdict is None:
        note = figure.note if figure else ""
        return target.what, target.before, str(target.goal), "", _UNKNOWN, note
    goal = str(target.goal)
    if target.goal.of is Of.TIME:
        goal += f" (here {verdict.goal})"
    suffix = "x" if target.goal.of is Of.RATIO else ""
    now = f"{verdict.value:.3g}{suffix}"
    return target.what, target.before, goal, now, "met" if verdict.met else _MISSED, ""


def _section(one: Measured) -> Iterator[str]:
    yield f"\n## {one.section.name}\n\n"
    yield f"Floor: {one.section.floor}. Measured in {one.seconds:.0f} s.\n\n"
    yield _row(["what", *HEAD[1:-1], ""])
    yield "|---|---:|---:|---:|---:|---|---|\n"
    yield from (_row(cells(figure, one.pace)) for figure in one.figures)


def _row(words: Sequence[str]) -> str:
    return (
        "|" + "|".join(f" {word.replace('|', '/')} ".replace("  ", " ") for word in words) + "|\n"
    )


def with_reasons(results: str) -> str:
    """Return a page, or its table, with the reasons of today beside what is not met."""
    for aim, why in BECAUSE.items():
        head, not_met = re.escape(aim.value.what), rf"{re.escape(_MISSED)}|{_UNKNOWN}"
        row = rf"^(\| {head} \|.*\| (?:{not_met}) \|).*$"
        results = re.sub(row, rf"\1 {why} |", results, flags=re.MULTILINE)
    return results


def _summed_up(lines: str) -> str:
    met, missed, unknown = (lines.count(f"| {word} |") for word in ("met", _MISSED, _UNKNOWN))
    return f"{met} are met, {missed} missed, {unknown} not measured."


def readme(text: str, results: str) -> str:
    """Return the README with the lines that it shows of a page of results."""
    table = TABLE.search(results)
    assert table is not None
    names = tuple(f"| {aim.value.what} |" for aim in SHOWN)
    lines = [line for line in table.group().splitlines(keepends=True) if line.startswith(names)]
    return TABLE.sub(lambda _: _HEAD + "".join(lines), text)
