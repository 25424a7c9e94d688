"""The layout is the architecture: what may import what, and what may not be loaded."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.source_calls import UNKNOWN, git_commands, process_starts

ROOT = Path(__file__).resolve().parents[2]
FLAT_FOLDERS = {
    "wf_tui": "what all rooms share; the map in CONTRIBUTING.md has a row for each",
    "wf_tui/cli": "a file for each group of commands, all listed in command_list.py",
    "wf_tui/picture": "one algorithm, whose parts are read together",
}
"""Folders with more than 16 modules, and why."""
HEAVY = ("pydantic", "rich", "textual", "git", "yaml", "hypothesis", "asyncio")
NOT_AT_FIRST = (
    "pydantic",
    *("wf_tui.board.forms.", "wf_tui.board.inbox.answer_", "wf_tui.board.land.land_view"),
    *("wf_tui.board.review.", "wf_tui.board.screens.land_", "wf_tui.board.screens.runs_"),
    *("wf_tui.board.seats.", "wf_tui.board.time_travel.past_", "wf_tui.board.timeline."),
    *("wf_tui.git.merge.", "wf_tui.git.worktrees.", "wf_tui.landing.", "wf_tui.ledger.ledger"),
    *("wf_tui.picture.history.", "wf_tui.workers.line."),
)
"""What a board does not need before a person asks for it."""


SOURCES = {
    str(path.relative_to(ROOT / "wf_tui")): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("wf_tui/**/*.py"))
}


def load(cli: CliHarness, *words: str) -> tuple[str, set[str]]:
    """Return what a command of `wf` prints, and the modules that it has loaded at its end."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['wf', *{list(words)!r}]\n"
        "from wf_tui.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cli.repo,
        env={**cli.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout, set(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["--help"], "Usage: wf "),
        (["status"], "the run is paused"),
        (["status", "--json"], '"title": "a task to be shown"'),
        (["events"], "a task to be shown"),
    ],
)
def test_cold_commands_are_light(tmp_path: Path, words: list[str], printed: str) -> None:
    """Help, and status and events of a run that there is, load none of the heavy libraries.

    What is asked for most often does without those of the command line, too.
    """
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    cli.paused_run(
        "{goal: g, phases: [{name: p, tasks: [{id: t, title: a task to be shown, run: 'true'}]}]}"
    )
    output, modules = load(cli, *words)
    assert printed in output
    assert not modules & set(HEAVY)
    if words != ["events"]:
        assert not modules & {"click", "dataclasses", "inspect"}


def test_the_board_begins_with_one_screen() -> None:
    """What only another screen, a form or a landing needs is not loaded for the first frame."""
    code = "import sys, wf_tui.board.app, wf_tui.board.screens.board_screen; print(*sys.modules)"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "wf_tui.board.detail.pane" in done.stdout.split()
    assert [one for one in done.stdout.split() if one.startswith(NOT_AT_FIRST)] == []


def test_modules_are_small() -> None:
    """No module, of tests neither, has more than 500 lines, so that each says one thing."""
    modules = (p for folder in ("wf_tui", "tests") for p in ROOT.glob(f"{folder}/**/*.py"))
    assert [p for p in modules if len(p.read_text().splitlines()) > 500] == []


def test_no_folder_is_full() -> None:
    """A folder has at most 16 modules, so that a reader takes it in at once."""
    modules = (p for p in ROOT.glob("wf_tui/**/*.py") if p.name != "__init__.py")
    count = Counter(str(p.parent.relative_to(ROOT)) for p in modules)
    assert {folder for folder, many in count.items() if many > 16} == set(FLAT_FOLDERS)


def test_every_room_is_on_the_map() -> None:
    """The map of CONTRIBUTING names each folder and each module beside them, and no other."""
    rows = re.findall(
        r"^\| `(wf_tui/\S+)` \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE
    )
    modules = [p for p in ROOT.glob("wf_tui/**/*.py") if "sample" not in p.relative_to(ROOT).parts]
    rooms = {f"{p.parent.relative_to(ROOT)}/" for p in modules} - {"wf_tui/"}
    beside = {f"wf_tui/{p.name}" for p in ROOT.glob("wf_tui/*.py") if p.name != "__init__.py"}
    assert sorted(rows) == sorted(rooms | beside | {"wf_tui/demo/sample/"})


def test_every_room_says_what_it_is() -> None:
    """A package says in three sentences what it knows, who calls it, and on which thread."""
    for name, text in SOURCES.items():
        if name.endswith("__init__.py") and "sample/" not in name:
            described = ast.get_docstring(ast.parse(text)) or ""
            assert len(re.findall(r"[.!?](?:\s|$)", described)) >= 3, name


def test_imports_make_no_circle() -> None:
    """No module can be reached from itself, by imports for types either."""
    graph = grimp.build_graph("wf_tui", cache_dir=None)
    circles: set[frozenset[str]] = set()
    for module in graph.modules:
        others = graph.find_upstream_modules(module) & graph.find_downstream_modules(module)
        if others:
            circles.add(frozenset(name.removeprefix("wf_tui.") for name in {module, *others}))
    assert circles == set()


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
        "wf_tui/board/acting/act_runner.py": 1,
        "wf_tui/board/terminal/driver.py": 1,
        "wf_tui/board/terminal/output.py": 1,
        "wf_tui/cli/errors.py": 1,
        "wf_tui/scheduler/attempts/accepted.py": 1,
        "wf_tui/scheduler/attempts/attempt.py": 1,
        "wf_tui/scheduler/recovery.py": 2,
    }


def test_programs_are_started_in_known_places() -> None:
    """Programs are started in these places only, never by a shell's reading of a line (A14)."""
    starts = {name: process_starts(text) for name, text in SOURCES.items()}
    assert {name: calls for name, calls in starts.items() if calls} == {
        "board/acting/command_process.py": {"asyncio.create_subprocess_exec"},
        "git/erase.py": {"subprocess.run"},
        "git/kept_process.py": {"subprocess.Popen"},
        "git/runner.py": {"subprocess.Popen"},
        "git/worktrees/local_files.py": {"subprocess.run"},
        "profiles/inspection.py": {"subprocess.Popen"},
        "scheduler/notifier.py": {"asyncio.create_subprocess_exec"},
        "scheduler/process.py": {"subprocess.Popen"},
        "serve/tab.py": {"asyncio.create_subprocess_exec"},
        "user_program.py": {"subprocess.Popen"},
        "workers/acp/driver/agent_process.py": {"subprocess.Popen"},
        "workers/agent/agent_process.py": {"subprocess.Popen"},
        "workers/model/hands/child.py": {"os.fork"},
        "workers/model/hands/command.py": {"os.execvpe"},
        "workers/model/host_process.py": {"subprocess.Popen"},
        "workers/model/hands/looks/ripgrep.py": {"os.posix_spawn"},
        "workers/shim/launcher.py": {"subprocess.Popen"},
        "workers/shim/start.py": {"os.posix_spawnp", "os.fork"},
        "workers/shim/shim_parent.py": {"os.fork"},
    }


def test_git_runs_in_one_place() -> None:
    """Of all that starts programs only the hardened runner knows where git is, and what stays."""
    knows_git = re.compile(r"\bfind_git\b|[\[(]\s*[\"']git[\"'],|which\(\s*[\"']git")
    starters = {name for name, text in SOURCES.items() if process_starts(text)}
    found = {name for name in starters if knows_git.search(SOURCES[name])}
    assert found == {"git/runner.py", "git/kept_process.py"}


def test_host_git_never_touches_a_checkout() -> None:
    """No stash, reset, clean, checkout, commit or push anywhere (promise G7): only these commands.

    `read-tree -u` alone writes files: into worktrees of wf, and on landing into a checkout. What
    `checkout-index` writes goes into a folder beside the index, to be compared with. `hook` runs
    those of the user around a landing, when they ask for it.
    """
    assert set[str]().union(*map(git_commands, SOURCES.values())) == {
        "cat-file",
        "check-attr",
        "check-ignore",
        "checkout-index",
        "commit-tree",
        "config",
        "diff-index",
        "diff-tree",
        "fetch",
        "for-each-ref",
        "hash-object",
        "hook",
        "index-pack",
        "init",
        "log",
        "ls-files",
        "ls-tree",
        "merge-base",
        "merge-tree",
        "pack-objects",
        "read-tree",
        "rev-list",
        "rev-parse",
        "show-ref",
        "status",
        "symbolic-ref",
        "update-index",
        "update-ref",
        "var",
        "version",
        "worktree list",
        "write-tree",
    }


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ('git("stash", "-q")', {"stash"}),
        ('def f():\n words = ("push", "-f")\n git(*words, cwd=x)', {"push"}),
        ('_LINE = ["clean", "-fd"]\ndef f():\n place.git(*_LINE)', {"clean"}),
        ('git(*("-c", "a=b", "reset"), y)', {"reset"}),
        ('git("worktree", "remove", path)', {"worktree remove"}),
        ('def _ask(at, *words):\n git(*words)\ndef f():\n _ask(at, "merge")', {"merge"}),
        ("def f(words):\n git(*words)", {UNKNOWN}),
        ("git(command(), x)", {UNKNOWN}),
        ("repo.git.update_ref(x); git.Git(folder).checkout()", {"update-ref", "checkout"}),
    ],
)
def test_no_command_of_git_can_hide(source: str, commands: set[str]) -> None:
    """However a command is handed to git, it is found, or is known not to be."""
    assert git_commands(source) == commands


@pytest.mark.parametrize(
    ("source", "starts"),
    [
        ("subprocess.run(x)", {"subprocess.run"}),
        ("from subprocess import Popen", {"from subprocess.Popen"}),
        ("import subprocess as s", {"as s"}),
        ("os.execvpe(x, y, z)", {"os.execvpe"}),
        ("run(line, shell=True)", {"shell=True"}),
        ("await asyncio.create_subprocess_exec(x)", {"asyncio.create_subprocess_exec"}),
        ("subprocess.DEVNULL; os.environ; import os", set()),
    ],
)
def test_no_start_of_a_program_can_hide(source: str, starts: set[str]) -> None:
    """However a program is started, it is found."""
    assert process_starts(source) == starts


def test_no_handler_calls_that_of_its_base() -> None:
    """Textual runs the handlers of all classes by itself: that of the base would run twice."""
    twice = re.compile(r"super\(\)\._?on_(?!event\b)\w+\(")
    assert [name for name, text in SOURCES.items() if twice.search(text)] == []
