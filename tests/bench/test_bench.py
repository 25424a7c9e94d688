"""The benchmarks in their smallest size: each section runs and prints its rows, however slow."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import bench
from tests.bench.figures import Figure, Goal, lines

pytestmark = pytest.mark.bench

ROWS = {
    "ledger": (
        "1 worker: tasks",
        "8 workers of one scheduler: tasks",
        "8 workers of one scheduler: statements a task",
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
    row = list(lines([Figure("rate", 50, "1/s", 100, Goal(least=0.85))]))[1]
    assert row.split() == ["rate", "[1/s]", "50", "100", "0.50x", ">=", "0.85", "MISSED"]


def test_wrong_figure_is_marked() -> None:
    """A fault of the product is marked in the table."""
    row = list(lines([Figure("duplicates", 1, "must be 0", wrong=True)]))[1]
    assert row.endswith("WRONG")
