"""The benchmarks in their smallest size: each section runs and prints its rows, however slow."""

from __future__ import annotations

from math import nan
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import bench
from tests.bench.figures import Figure, Goal, Of, Section, cells
from tests.bench.goals import BECAUSE, Aim
from tests.bench.pace import REFERENCE
from tests.bench.page import Measured, goal_lines, with_reasons

pytestmark = pytest.mark.bench

ROWS = {
    "ledger": (
        "1 worker: tasks",
        "8 workers of one scheduler: tasks",
        "8 workers of one scheduler: statements a task",
        "8 workers, one rule for all: tasks",
        "8 processes: tasks",
        "8 processes: least / most served",
        "8 processes: duplicate claims",
        "16 processes: tasks",
        "16 processes: duplicate claims",
        "claims among",
        "claim p50 among",
        "claim p99 among",
    ),
    "spawn": ("wall a task", "CPU of this process a task", "CPU of all it started a task"),
    "line": ("an event of a line, CPU", "lines a second each: CPU", "loop lag p99"),
    "driver": ("ends at once, wall", "first event", "shim and driver each", "a line of codex"),
    "acp": ("a session of a small agent", "its driver: CPU", "its driver: memory (PSS)"),
    "models": ("models: memory", "models: each had a tool call", "models: loop lag p99"),
    "worktree": ("git layer", "plumbing, synced", "whole attempt, 1 job", "whole attempt, 8 jobs"),
    "verdict": ("verdict to merged, 1 agent", "verdict to merged, 8 agents"),
    "start": ("wf --help", "wf status", "wf status: modules of Textual"),
    "board": (
        *("first frame", "idle", "one card moves, CPU", "committed to painted", "key to paint"),
        *("loop lag, p99", "1,000 changes/s", "in a simulated run", "a quiet second at fps = 2"),
        *("a dialog opens", "another theme", "another size"),
    ),
    "history": ("history of", "a step on", "a step back"),
    "runs": ("20 runs: all read", "20 runs: a quiet second", "20 runs: one has changed"),
    "recovery": ("kill -9 to a claim of the stand-by", "of a new one", "faults of the run"),
    "graph": ("from start to end", "requests a task", "statements a task", "dependency done"),
    "peers": ("over ninja", "over make", "snakemake", "luigi", "prefect"),
    "queues": ("over litequeue", "over huey", "over persist-queue"),
    "swarm": ("6 items, one lane at 429", "requests", "refused", "items lost"),
    "load": ("a plan of", "check of a plan of 20 tasks, json", "check of a plan of 20 tasks, yaml"),
}


@pytest.mark.parametrize("section", ROWS)
def test_section_prints_its_rows(section: str) -> None:
    """Each section ends well and has a row for all that it measures."""
    done = CliRunner().invoke(bench, [section, "--quick"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    missing = [row for row in ROWS[section] if row not in done.output]
    assert missing == []


def test_head_says_where_the_figures_come_from() -> None:
    """The machine, the versions and the meaning of the ratio stand above the table."""
    head = CliRunner().invoke(bench, ["start", "--quick"]).output.splitlines()[:2]
    assert all(word in head[0] for word in ("cores", "Python", "SQLite", "git"))
    assert head[1].startswith("ratio =")


def test_row_shows_ratio_and_goal() -> None:
    """A figure stands beside its floor, with the ratio and whether that meets the goal."""
    row = cells(Figure("rate", 50, "1/s", 100, Goal(least=0.85)), 1)
    assert row == ("rate [1/s]", "50", "", "100", "0.50x", ">= 0.85 MISSED", "")


def test_wrong_figure_is_marked() -> None:
    """A fault of the product is marked in the table."""
    assert cells(Figure("duplicates", 1, "must be 0", wrong=True), 1)[-1] == "WRONG "


def test_goal_in_time_is_in_the_pace_of_the_machine() -> None:
    """Where `python -c pass` takes twice as long, a goal in time is twice as long; no other is."""
    goals = (Goal(most=10, of=Of.TIME), Goal(most=10, of=Of.VALUE), Goal(most=10))
    verdicts = [Figure("it", 15, "ms", 1, goal).judged(pace=2) for goal in goals]
    assert [str(verdict) for verdict in verdicts] == ["<= 20 met", "<= 10 MISSED", "<= 10 MISSED"]


def _shown(*figures: Figure, pace: float = 1) -> str:
    section = Section("some", "none", lambda _, __: figures)
    return goal_lines([Measured(section, [pace * REFERENCE], list(figures))])


def test_page_has_a_line_for_each_goal() -> None:
    """A goal without a figure is told as not measured, never left out."""
    lines = _shown(Figure("seats", 300, "1/s", 100, aim=Aim.SEATS)).splitlines()[2:]
    assert len(lines) == len(Aim)
    assert [line for line in lines if "not measured" not in line] == [
        f"| {Aim.SEATS.value.what} | 0.95x | >= 2 | 3x | met | |"
    ]


def test_missed_goal_stands_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is beside a missed goal, and not beside one that is met."""
    monkeypatch.setitem(BECAUSE, Aim.NEXT, "the disk")
    missed, met = (
        with_reasons(_shown(Figure("next", value, "ms", aim=Aim.NEXT), pace=2))
        for value in (25, 15)
    )
    assert "| <= 10 (here <= 20) | 25 | **missed** | the disk |" in missed
    assert "the disk" not in met


def test_absent_figure_is_told_with_its_reason() -> None:
    """What could not be measured is on the page, with the note that says why."""
    figure = Figure("snakemake", nan, "s", note="absent: no network", aim=Aim.GRAPH_SNAKEMAKE)
    assert "| not measured | absent: no network |" in _shown(figure)
    assert "absent" in cells(figure, 1)


def test_each_goal_is_measured_somewhere() -> None:
    """A section names each goal, or the page says at once why none does."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))
    assert [aim for aim in Aim if f"Aim.{aim.name}" not in text and aim not in BECAUSE] == []
