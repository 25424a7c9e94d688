"""The script that counts what makes the code easy or hard to read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "measure"
MODULES = {
    "__init__.py": '"""Three words here."""\n',
    "first.py": (
        '"""Line one.\n\nLine three.\n"""\n\n'
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from wf_tui.board import workers_screen\n\n\n"
        "def unhold(tx: int, **values: object) -> int:\n"
        '    """One line."""\n'
        "    # Why it is so.\n"
        "    return tx if values else 0  # noqa: X\n\n\n"
        "def _log(log, many):\n    log.info(lambda: many)\n"
    ),
    "board/__init__.py": "",
    "board/workers_screen.py": "from wf_tui import first\n\nKIND = 'deliverable'\n",
    "board/third.py": "class JobsChanged: ...\n",
}


def write_checkout(root: Path) -> Path:
    """Write a checkout whose figures can be counted by hand."""
    for name, text in MODULES.items():
        path = root / "wf_tui" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def run(*words: Path | str) -> subprocess.CompletedProcess[str]:
    """Run the script as a person does."""
    return subprocess.run(
        [sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False
    )


def read_rows(table: str) -> dict[str, list[str]]:
    """Return the cells of each row of a table of Markdown, by the first."""
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return {first.strip(): [cell.strip() for cell in cells] for first, *cells in lines}


def test_each_figure_is_what_can_be_counted_by_hand(tmp_path: Path) -> None:
    """A small checkout has exactly these figures, a circle that only types close included."""
    done = run(write_checkout(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert read_rows(done.stdout) == {
        "": [tmp_path.name],
        "---": ["---"],
        "modules": ["5"],
        "lines": ["24"],
        "lines in a module, median / max": ["1 / 19"],
        "files in a folder, median / max": ["2 / 3"],
        "functions": ["2"],
        "lines in a function, median / p95": ["3 / 4"],
        "characters in a function's name, median": ["5"],
        "private functions": ["50 %"],
        "comments in 100 lines": ["4.2"],
        "docstring lines of what is public, mean": ["0.7"],
        "circles of imports (types included)": ["1 (of 2)"],
        "parameters `**values: object` or `Any`": ["1"],
        "annotations with `object` or `Any`": ["1"],
        "if-expressions in 1,000 lines": ["41.7"],
        "lambdas in 1,000 lines": ["41.7"],
        "log calls in 1,000 lines": ["41.7"],
        "files that name this move: `unhold`": ["1"],
        "files that name this kind of block: `deliverable`": ["1"],
        "files that name this event: `jobs_changed`": ["1"],
        "files that name this screen: the workers' screen": ["2"],
    }


def test_two_checkouts_stand_side_by_side(tmp_path: Path) -> None:
    """Two checkouts of one package are counted apart, and the files behind the rows are listed."""
    before, after = write_checkout(tmp_path / "old"), write_checkout(tmp_path / "new")
    (after / "wf_tui" / "board" / "workers_screen.py").write_text("KIND = 'other'\n")
    done = run("--files", before, after)
    rows = read_rows(done.stdout)
    assert rows[""] == ["before", "after"]
    assert rows["circles of imports (types included)"] == ["1 (of 2)", "0"]
    assert rows["files that name this kind of block: `deliverable`"] == ["1", "0"]
    assert done.stdout.count("* circle: wf_tui.board.workers_screen, wf_tui.first") == 1
    assert "* event: wf_tui/board/third.py" in done.stdout


def test_it_says_where_there_is_nothing_to_count(tmp_path: Path) -> None:
    """A folder without the package is an error, not a table of noughts."""
    done = run(tmp_path)
    assert done.returncode != 0
    assert f"no wf_tui in {tmp_path}" in done.stderr


@pytest.mark.slow
def test_the_specimens_are_still_there() -> None:
    """Each specimen is named by some module of this checkout, else its row would count nothing."""
    assert os.access(SCRIPT, os.X_OK)
    rows = read_rows(run(ROOT).stdout)
    named = {label: cells for label, cells in rows.items() if label.startswith("files that name")}
    assert len(named) == 4
    assert all(int(count) > 0 for [count] in named.values())
