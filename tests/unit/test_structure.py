"""The layout is the architecture: what may import what, and what may not be loaded."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDING_CIRCLES = {
    frozenset({"ledger.rules.change", "ledger.rules.propagate"}),
    frozenset(
        {
            "ledger.store.sqlite.copies",
            "ledger.store.sqlite.driver",
            "ledger.store.sqlite.file_guard",
            "ledger.store.sqlite.migrations",
        }
    ),
}
"""Circles of imports that are not ended yet; one that is gone has to leave this list."""
FLAT_FOLDERS = {
    "wf_tui/cli": "a file for each group of commands, all listed in root.py",
    "wf_tui/picture": "one algorithm, whose parts are read together",
}
"""Folders with more than 16 modules, and why."""
HEAVY = ("pydantic", "rich", "textual", "git", "hypothesis", "asyncio")


def loaded(*words: str) -> set[str]:
    """Return the modules that a command of `wf` has loaded at its end."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['wf', *{list(words)!r}]\n"
        "from wf_tui.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [("--help",), ("status",), ("events",)])
def test_cold_commands_are_light(words: tuple[str, ...]) -> None:
    """Help, status and events load none of the heavy libraries."""
    assert not loaded(*words) & set(HEAVY)


def test_modules_are_small() -> None:
    """No module has more than 500 lines, so that each says one thing."""
    long = [p for p in ROOT.glob("wf_tui/**/*.py") if len(p.read_text().splitlines()) > 500]
    assert long == []


def test_no_folder_is_full() -> None:
    """A folder has at most 16 modules, so that a reader takes it in at once."""
    modules = (p for p in ROOT.glob("wf_tui/**/*.py") if p.name != "__init__.py")
    count = Counter(str(p.parent.relative_to(ROOT)) for p in modules)
    assert {folder for folder, many in count.items() if many > 16} == set(FLAT_FOLDERS)


def test_imports_make_no_circle() -> None:
    """No module can be reached from itself, by imports for types either."""
    graph = grimp.build_graph("wf_tui", cache_dir=None)
    circles = set()
    for module in graph.modules:
        others = graph.find_upstream_modules(module) & graph.find_downstream_modules(module)
        if others:
            circles.add(frozenset(name.removeprefix("wf_tui.") for name in {module, *others}))
    assert circles == STANDING_CIRCLES


def test_no_test_module_is_imported() -> None:
    """What several tests use is in `tests/support`, so that each of them can be run alone."""
    importing = re.compile(
        r"^\s*(from tests\.\S*\btest_|from tests\.\S+ import test_)", re.MULTILINE
    )
    found = [p for p in ROOT.glob("tests/**/*.py") if importing.search(p.read_text())]
    assert found == []


def test_broad_excepts_stand_at_borders() -> None:
    """All errors are caught only where an attempt or the application ends, and it says which."""
    borders = ("# the border of an attempt: ", "# noqa: BLE001 - the top of the app")
    found: Counter[str] = Counter()
    for path in ROOT.glob("wf_tui/**/*.py"):
        for line in path.read_text().splitlines():
            if re.match(r"\s*except( Exception\b.*)?:", line):
                assert any(border in line for border in borders), f"{path}: {line}"
                found[str(path.relative_to(ROOT))] += 1
    assert found == {
        "wf_tui/board/app.py": 1,
        "wf_tui/cli/errors.py": 1,
        "wf_tui/scheduler/attempts/accepted.py": 1,
        "wf_tui/scheduler/attempts/attempt.py": 1,
        "wf_tui/scheduler/recovery.py": 2,
    }


def test_git_runs_in_one_place() -> None:
    """Nothing but the hardened runner starts git, and nothing has a shell read a line."""
    starts = {
        str(p.relative_to(ROOT))
        for p in ROOT.glob("wf_tui/**/*.py")
        if "subprocess." in p.read_text() or "shell=True" in p.read_text()
    }
    assert starts == {
        "wf_tui/user_program.py",
        "wf_tui/git/erase.py",
        "wf_tui/git/worktrees/local_files.py",
        "wf_tui/git/runner.py",
        "wf_tui/scheduler/process.py",
        "wf_tui/workers/launcher.py",
    }


def test_host_git_never_touches_a_checkout() -> None:
    """No stash, reset, clean, checkout or push anywhere (promise G7)."""
    forbidden = re.compile(r'git\(\s*"(stash|checkout|clean|push|reset|switch|restore|merge)"')
    found = [p for p in ROOT.glob("wf_tui/**/*.py") if forbidden.search(p.read_text())]
    assert found == []
