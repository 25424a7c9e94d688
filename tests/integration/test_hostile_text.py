"""Hostile words of plans, workers, files and persons, in a real terminal: they can only be read.

All screens of the board, and all commands that print, on one run; the bytes that reach the
terminal are searched.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.hostile_run import hostile_run, what_acts
from tests.support.terminal import Terminal, open_terminal

if TYPE_CHECKING:
    import contextlib

    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.slow
_ROOT: Final = Path(__file__).resolve().parents[2]
_ENTER_SCREEN: Final = b"\x1b[?1049h"
_ESCAPE: Final = (b"\x1b", 0.3)
_WALK: Final[tuple[tuple[str, tuple[bytes | float, ...]], ...]] = (
    ("list", (b"v", 0.3, b"GG", 0.3, b"v")),
    ("log", (b"N", 0.7, b"L", 0.7, b"\r", 0.3, b"/evil\r", 0.3, *_ESCAPE)),
    ("tabs of the pane", (b"lll", 0.5, b"J", 0.5, b"hh", 0.5, b"J", 0.5, b"h", 0.5, *_ESCAPE)),
    ("diff", (b"d", 0.7, b"jjjj\r", 0.4, *_ESCAPE)),
    ("answer box", (b"N", 0.7, b"y", 0.8, b"\x1b[6~", 0.5, *_ESCAPE)),
    ("menu", (b".", 0.7, b"\x1b[B", 0.2, *_ESCAPE)),
    ("help", (b"?", 0.7, *_ESCAPE)),
    ("palette", (b"\x10", 0.7, b"evil", 0.7, *_ESCAPE)),
    ("filter", (b"/evil\r", 0.5, *_ESCAPE)),
    ("costs", (b"$", 0.3, b"$")),
    ("edit", (b"e", 0.7, *_ESCAPE, *_ESCAPE)),
    ("reassign", (b"a", 0.7, *_ESCAPE)),
    ("inbox", (b"2", 0.7, b"j", 0.4, b"j", 0.4, b"j", 0.4, b"\r", 0.7, *_ESCAPE)),
    ("graph", (b"3", 0.7, b"jjj", 0.3, b"C", 0.3)),
    ("workers", (b"4", 0.7, b"jj", 0.3)),
    ("timeline", (b"5", 0.7, b"jjll", 0.5)),
    ("runs", (b"6", 1.5, b"j", 0.3, b"1", 0.5)),
    ("review", (b"N", 0.7, b"N", 0.7, b"R", 1.0, b">", 0.5, b">", 0.5, b"jj", 0.3, *_ESCAPE)),
    ("land", (b"M", 1.5, b"jj", 0.3, *_ESCAPE)),
    ("time travel", (b"t", 1.5, b"{", 0.5, b"{", 0.5, b"L", 0.7, *_ESCAPE, b"F", 0.5)),
)
_COMMANDS: Final = (
    *("status", "inbox", "events", "graph", "timeline", "workers", "runs", "report", "verify"),
    *("lanes", "profiles", "clean", "doctor", "budget", "land --dry-run"),
    *(f"show {task}" for task in ("asks", "fails", "writes", "gated")),
    *(
        "logs fails",
        "logs gated",
        "diff writes",
        "diff writes --stat",
        "diff strays",
        "diff merged",
    ),
    *("review writes", "prompt asks", "status --filter evil", "undo", "hold asks", "accept gated"),
    *("replay --help", "comment writes more.txt:99 no", "accept writes --ours nothing"),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunHarness:
    """Give the run, played once."""
    return hostile_run(tmp_path_factory.mktemp("hostile"))


def terminal_of(harness: RunHarness, line: str) -> contextlib.AbstractContextManager[Terminal]:
    """Return a terminal in which a command line of `wf` runs in the repository."""
    words = [sys.executable, "-m", "wf_tui", *line.split()]
    environ = {**harness.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"}
    return open_terminal(words, environ, harness.repo)


@pytest.mark.parametrize(("columns", "lines"), [(60, 18), (120, 40), (200, 60)])
def test_on_the_board(played: RunHarness, columns: int, lines: int) -> None:
    """Each screen and dialog shows the words, and nothing in them acts."""
    with terminal_of(played, f"board {played.run}") as terminal:
        terminal.resize(columns, lines)
        terminal.until(b"fails")
        terminal.pause(1)
        for name, keys in _WALK:
            terminal.type(*keys)
            drawn = bytes(terminal.written).partition(_ENTER_SCREEN)[2]
            assert what_acts(drawn) == [], name
            assert terminal.process.poll() is None, name
        assert b"@click=app.quit" in terminal.written
        terminal.type(b"\x03")
        assert terminal.end() == 130


@pytest.mark.parametrize("line", _COMMANDS)
def test_in_what_commands_print(played: RunHarness, line: str) -> None:
    """A command on a terminal prints the words, and nothing in them acts."""
    with terminal_of(played, line) as terminal:
        terminal.end()
    assert terminal.written
    assert b"Traceback" not in terminal.written
    assert what_acts(bytes(terminal.written)) == []


@pytest.mark.parametrize("line", ["status", "inbox", "events", "show asks", "review writes"])
def test_in_what_scripts_read(played: RunHarness, line: str) -> None:
    """JSON has the words as they are, in escapes of its own that no terminal acts on."""
    with terminal_of(played, f"{line} --json") as terminal:
        terminal.end()
    assert b"owned" in terminal.written
    assert what_acts(bytes(terminal.written)) == []
