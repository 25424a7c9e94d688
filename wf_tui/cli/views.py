"""`wf timeline` and `wf graph`: what the screens of the board show, as text."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.context import print_json, print_line, reading
from wf_tui.cli.options import json_option, run_argument
from wf_tui.clock import SystemClock
from wf_tui.picture.graph.graph import read_graph
from wf_tui.picture.graph.graph_text import graph_json, graph_lines
from wf_tui.picture.graph.live_conflicts import find_live_conflicts
from wf_tui.picture.timeline.chart import ASCII_SIGNS, SIGNS
from wf_tui.picture.timeline.timeline import read_timeline
from wf_tui.picture.timeline.timeline_text import timeline_lines
from wf_tui.text import fits

__all__ = ["graph", "timeline"]

_LEAST, _MOST = 60, 300
"""Cells that a line has, whatever the terminal is; a pipe has none."""


@click.command
@run_argument
@json_option
def timeline(*, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Show when each seat worked on what: a row for each, a bar for each attempt."""
    with reading(run, repo) as found:
        seen = read_timeline(found.db, found.run.id, SystemClock().now())
    if as_json:
        print_json(seen.as_json())
        return
    signs = SIGNS if fits(sys.stdout.encoding) else ASCII_SIGNS
    for line in timeline_lines(seen, _width(), signs):
        print_line(line)


@click.command
@run_argument
@json_option
def graph(*, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Show what waits for what, phase by phase, and the critical path."""
    with reading(run, repo) as found:
        seen = read_graph(found.db, found.run.id)
        conflicts = find_live_conflicts(found.db, found.run.id, found.paths)
    if as_json:
        print_json({**graph_json(seen), "conflicts": conflicts.as_json()})
        return
    for line in graph_lines(seen):
        print_line(line)
    if told := conflicts.lines(None):
        print_line("")
        for line in ("live conflicts", *told):
            print_line(line)


def _width() -> int:
    return min(max(_LEAST, shutil.get_terminal_size((100, 24)).columns), _MOST)
