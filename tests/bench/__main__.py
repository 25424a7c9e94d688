"""`python -m tests.bench [SECTION...] [--quick]`: every figure beside its floor, measured here."""

from __future__ import annotations

import sys
import tempfile
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
    history,
    ledger,
    line,
    load,
    models,
    recovery,
    spawn,
    start,
    swarm,
    verdict,
    worktree,
)
from tests.bench.figures import HEAD, Figure, cells, row
from tests.bench.machine import machine
from tests.bench.pace import pace
from tests.bench.page import README, RESULTS, Measured, page, readme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.figures import Section

SECTIONS: Final = {
    section.name: section
    for section in (
        ledger.SECTION,
        spawn.SECTION,
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
    )
}
_MEANING: Final = (
    "ratio = measured / floor, medians of rounds that took turns: for rates (per second) more is "
    "better and 1 is as fast as the floor, for times less is better and 1 is no overhead at all"
)
_REPEAT: Final = "python -m tests.bench"
_STARTS: Final = 15
"""So often the pace of the machine is measured before each section."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SECTIONS)), metavar="[SECTION]...")
@click.option("--quick", is_flag=True, help="The smallest sizes: to see that it works.")
@click.option("--write", is_flag=True, help=f"Write {RESULTS.name}, and what the README has of it.")
def bench(names: tuple[str, ...], *, quick: bool, write: bool) -> None:
    """Measure wf beside its floors; without a SECTION, all of them.

    The exit status is 1 when something was wrong, never because something was slow.
    """
    here = machine()
    click.echo(here)
    click.echo(_MEANING)
    measured = [_measured(SECTIONS[name], quick=quick) for name in names or SECTIONS]
    if write:
        _write(measured, here, names)
    if any(figure.wrong for one in measured for figure in one.figures):
        sys.exit(1)


def _measured(section: Section, *, quick: bool) -> Measured:
    """Measure one section, printing each figure as soon as it is known."""
    one = Measured(section, pace(1 if quick else _STARTS))
    click.echo(f"\n{section.name} - floor: {section.floor}")
    click.echo(row(HEAD))
    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        try:
            for figure in section.measure(Path(folder), quick):
                click.echo(row(cells(figure, one.pace)))
                one.figures.append(figure)
        except Exception as error:  # noqa: BLE001 - told as a fault; the other sections go on
            traceback.print_exc()
            fault = Figure("the section failed", nan, "", note=repr(error), wrong=True)
            one.figures.append(fault)
    return one


def _write(measured: Sequence[Measured], here: str, names: Sequence[str]) -> None:
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    repeat = " ".join([_REPEAT, *names, "--write"])
    results = page(measured, here, when, repeat)
    RESULTS.write_text(results, encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    bench(prog_name=_REPEAT)
