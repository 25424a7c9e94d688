"""`python -m tests.bench [SECTION...] [--quick]`: every figure beside its floor, measured here."""

from __future__ import annotations

import sys
import tempfile
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
from tests.bench.figures import Figure, Section, lines
from tests.bench.machine import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SECTIONS)), metavar="[SECTION]...")
@click.option("--quick", is_flag=True, help="The smallest sizes: to see that it works.")
def bench(names: tuple[str, ...], *, quick: bool) -> None:
    """Measure wf beside its floors; without a SECTION, all of them.

    The exit status is 1 when something was wrong, never because something was slow.
    """
    click.echo(machine())
    click.echo(_MEANING)
    wrong = [fault for name in names or SECTIONS for fault in _show(SECTIONS[name], quick=quick)]
    if wrong:
        sys.exit(1)


def _show(section: Section, *, quick: bool) -> list[Figure]:
    """Measure and print one section; return the figures that tell of a fault."""
    click.echo(f"\n{section.name} - floor: {section.floor}")
    wrong: list[Figure] = []

    def measured(folder: Path) -> Iterator[Figure]:
        for figure in section.measure(folder, quick):
            if figure.wrong:
                wrong.append(figure)
            yield figure

    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        for line in lines(measured(Path(folder))):
            click.echo(line)
    return wrong


if __name__ == "__main__":
    bench(prog_name="python -m tests.bench")
