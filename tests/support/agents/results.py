"""A plug-in of pytest: `--agents-results FILE` keeps a table of what the real agents did.

Cells of the file that this run has not tried again stay as they are, so that one agent can be tried
alone.
"""

from __future__ import annotations

import os
import platform
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.support.agents.cache import AGENTS

if TYPE_CHECKING:
    import pytest

__all__ = ["Cell", "Results"]

_COLUMN: Final = f"(?:{'|'.join(AGENTS)})(?:-acp)?"
_TEST: Final = re.compile(rf"tests/agents/test_\w+\.py::test_(\w+)\[(?:(\w+)-)?({_COLUMN})\]$")
_SECONDS: Final = re.compile(r"(\d+) s$")
_HEAD: Final = """# What the real agents did

Each was installed from npm and driven by `wf run` against a scripted model server on loopback:
`scripts/test -m agents -n 0 --agents-results tests/agents/RESULTS.md` writes this file. A column
is an agent, headless or over ACP; a cell is the outcome and the seconds of the whole test, with
the start of `wf` and its commands.
"""


class Cell(NamedTuple):
    """What came of one test with one agent."""

    row: str
    column: str
    text: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    parser.addoption("--agents-results", metavar="FILE", help="write what the real agents did")


def pytest_configure(config: pytest.Config) -> None:
    """Keep results, where that is wanted, in the process that has them all."""
    wanted = config.getoption("agents_results")
    if wanted and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(Path(wanted)))


class Results:
    """The outcomes of this run, written at its end over those that the file has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cells: list[Cell] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome: of the test itself, or of a set-up that did not come to it."""
        named = _TEST.search(report.nodeid)
        if named is None or not (report.when == "call" or report.failed or report.skipped):
            return
        name, detail, column = named.groups()
        row = f"{name} {detail or ''}".replace("_", " ").strip()
        word = {"passed": "ok", "failed": "**failed**"}.get(report.outcome, "skipped")
        text = f"{word} {report.duration:.0f} s" if report.when == "call" else word
        self._cells.append(Cell(row, column, text))

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        if self._cells:
            known = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
            self._path.write_text(render(known, self._cells), encoding="utf-8")


def render(known: str, cells: list[Cell]) -> str:
    """Return the text of the file: its cells with the new ones among them."""
    table = {(cell.row, cell.column): cell.text for cell in [*_cells_of(known), *cells]}
    rows = list(dict.fromkeys(row for row, _ in table))
    columns = sorted({column for _, column in table})
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for row in rows:
        texts = (table.get((row, column), "") for column in columns)
        lines.append(f"| {row} | {' | '.join(texts)} |")
    versions = [
        f"{agent.name} {agent.headless.version}"
        + (f", its ACP adapter {agent.acp.version}" if agent.acp != agent.headless else "")
        for agent in AGENTS.values()
        if {agent.name, f"{agent.name}-acp"} & set(columns)
    ]
    when = time.strftime("%Y-%m-%d", time.gmtime())
    cores = f"{platform.machine()}, {os.cpu_count()} cores"
    machine = f"Linux {platform.release()}, {cores}, Python {platform.python_version()}"
    took = sum(int(second) for text in table.values() for second in _SECONDS.findall(text))
    last = f"{len(table)} tests, {took / 60:.0f} minutes in all; the last one {when}, on {machine}."
    return "\n".join([_HEAD, *lines, "", f"Versions: {'; '.join(versions)}.", "", last, ""])


def _cells_of(text: str) -> list[Cell]:
    """Return the cells of a file that was written before."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    if not rows:
        return []
    columns = rows[0][1:] if rows[0][0] == "" else rows[0]
    return [
        Cell(row[0], column, cell)
        for row in rows[1:]
        for column, cell in zip(columns, row[1:], strict=True)
        if cell
    ]
