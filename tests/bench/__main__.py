"""`python -m tests.bench [SECTION...] [--quick]`: every figure beside its floor, measured here."""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tests.bench import (
    acp,
    all_runs,
    board,
    driver,
    graph,
    history,
    ledger,
    line,
    load,
    models,
    peers,
    queues,
    recovery,
    spawn,
    start,
    swarm,
    verdict,
    worktree,
)
from tests.bench.figures import HEAD, Figure, cells, row
from tests.bench.machine import machine
from tests.bench.pace import one_start
from tests.bench.page import README, RESULTS, Measured, page, readme, with_reasons

if TYPE_CHECKING:
    from tests.bench.figures import Section

SECTIONS: Final = {
    section.name: section
    for section in (
        ledger.SECTION,
        spawn.SECTION,
        graph.SECTION,
        line.SECTION,
        driver.SECTION,
        acp.SECTION,
        models.SECTION,
        worktree.SECTION,
        verdict.SECTION,
        start.SECTION,
        load.SECTION,
        recovery.SECTION,
        swarm.SECTION,
        board.SECTION,
        history.SECTION,
        all_runs.SECTION,
        peers.SECTION,
        queues.SECTION,
    )
}
_PEERS: Final = (peers.SECTION.name, queues.SECTION.name)
"""Measured when asked for: they install the packages of others."""
_MEANING: Final = (
    "ratio = measured / floor, medians of rounds that took turns: for rates (per second) more is "
    "better and 1 is as fast as the floor, for times less is better and 1 is no overhead at all"
)
_REPEAT: Final = "python -m tests.bench"
_STARTS: Final = 15
"""So often the pace of the machine is measured before each section."""
_STARTS_AMONG: Final = 3
"""So often behind each of its figures."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SECTIONS)), metavar="[SECTION]...")
@click.option("--peers", "beside_peers", is_flag=True, help="Others too, from their packages.")
@click.option("--quick", is_flag=True, help="The smallest sizes: to see that it works.")
@click.option("--reasons", is_flag=True, help="Only bring the reasons of today into the page.")
@click.option("--write", is_flag=True, help=f"Write {RESULTS.name}, and what the README has of it.")
def bench(
    names: tuple[str, ...], *, beside_peers: bool, quick: bool, reasons: bool, write: bool
) -> None:
    """Measure wf beside its floors; without a SECTION, all but those of others.

    The exit status is 1 when something was wrong, never because something was slow.
    """
    if reasons:
        _write(with_reasons(RESULTS.read_text(encoding="utf-8")))
        return
    here = machine()
    click.echo(here)
    click.echo(_MEANING)
    asked = names or [name for name in SECTIONS if name not in _PEERS]
    every = [*asked, *(name for name in _PEERS if beside_peers and name not in asked)]
    measured = [_measured(SECTIONS[name], quick=quick) for name in every]
    if write:
        repeat = " ".join([_REPEAT, *names, *["--peers"] * beside_peers, "--write"])
        _write(page(measured, here, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", repeat))
    if any(figure.wrong for one in measured for figure in one.figures):
        sys.exit(1)


def _measured(section: Section, *, quick: bool) -> Measured:
    """Measure one section, printing each figure as soon as it is known."""
    begun = time.monotonic()
    one = Measured(section, [one_start() for _ in range(1 if quick else _STARTS)])
    click.echo(f"\n{section.name} - floor: {section.floor}")
    click.echo(row(HEAD))
    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        try:
            for figure in section.measure(Path(folder), quick):
                click.echo(row(cells(figure, one.pace)))
                one.figures.append(figure)
                one.starts += [one_start() for _ in range(0 if quick else _STARTS_AMONG)]
        except Exception as error:  # noqa: BLE001 - told as a fault; the other sections go on
            traceback.print_exc()
            fault = Figure("the section failed", nan, "", note=repr(error), wrong=True)
            one.figures.append(fault)
    one.seconds = time.monotonic() - begun
    return one


def _write(results: str) -> None:
    RESULTS.write_text(results, encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    bench(prog_name=_REPEAT)
