"""The board in a real pseudo-terminal: what reaches the terminal, and how it is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.bare_project import project_in
from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness, seat, shell
from tests.support.terminal import Terminal, open_terminal
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
_HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b]8;;http://evil\x07link\x1bc\x1b[2J\x1b[3J"
    "\x1bPq\x1b\\\x9b2J\x9d52;c;ZXZpbA==\x9c [/] [@click=app.quit]go \u202eevil \r\x08"
)
_OPEN = """
import os, sys
from pathlib import Path
from tests.support.bare_project import project_in
from wf_tui.cli.board import show_board
sys.exit(show_board(project_in(Path(sys.argv[1])), "r1"))
"""
_POINTER = b"\x1b]22;default\x07"
"""Textual's own: the shape of the pointer."""
_ROOT = Path(__file__).resolve().parents[2]
_ENTER_SCREEN, _LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[LedgerHarness]:
    """Give a run whose titles, ids, evidence and failures are hostile."""
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    drive = LedgerHarness(database, FixedClock(time.time())).make(
        shell("plain", title=f"plain {_HOSTILE} title"),
        shell("busy"),
        shell("late", title="x" * 100_000),
        goal=f"goal {_HOSTILE}",
    )
    yield drive
    database.close()


@pytest.fixture
def terminal(tmp_path: Path, drive: LedgerHarness) -> Iterator[Terminal]:
    """Give the board of that run in a terminal."""
    del drive
    with board_in(tmp_path) as terminal:
        yield terminal


def board_in(folder: Path, **more: str) -> contextlib.AbstractContextManager[Terminal]:
    """Return the board of the run in this folder, in a terminal, with more in its environment."""
    environ = {**os.environ, "PYTHONPATH": str(_ROOT), **more}
    return open_terminal([sys.executable, "-c", _OPEN, str(folder)], environ, _ROOT)


def test_nothing_of_a_plan_or_a_worker_acts_on_the_terminal(
    terminal: Terminal, drive: LedgerHarness
) -> None:
    """No clipboard, title, link, reset or clearing reaches the terminal; the words do."""
    terminal.until(b"plain link")
    fence = drive.expect_claim("plain", step=Step.RUNNING)
    drive.ledger.progress(fence, f"proof {_HOSTILE} seen")
    terminal.until(b"proof link")
    drive.fail(fence)
    terminal.until(b"failed")
    terminal.type(b"\x1b[C\x1b[C\x1b[C\r")
    terminal.type(b"q")
    terminal.until(b"Leave the swarm")
    terminal.pause(0.7)  # a dialog is deaf for a moment after it was shown
    terminal.type(b"\r")
    assert terminal.end() == 0
    raw = bytes(terminal.written)
    _, _, drawn = raw.replace(_POINTER, b"").partition(_ENTER_SCREEN)
    for attack in (b"\x1b]52", b"\x1b]8", b"\x1b]0", b"\x1bc", b"\x1bP", b"owned", b"\x07"):
        assert attack not in drawn, attack
    assert not re.search(rb"\x1b\[[23]?J", drawn)
    text = drawn.decode()
    assert not set(text) & set("\x9b\x9d\u202e\x00\x08")
    assert "[@click=app.quit]go" in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_screen(
    terminal: Terminal, drive: LedgerHarness, number: signal.Signals
) -> None:
    """The board goes with 128 and the signal's number; the terminal is as it was, the run too."""
    terminal.until(b"plain link")
    before = drive.dump()
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert _LEAVE_SCREEN in terminal.written
    assert b"\x1b[?25h" in terminal.written
    assert b"Traceback" not in terminal.written
    assert drive.dump() == before


@pytest.mark.parametrize("keys", [b"", b"q", b"?"], ids=["board", "dialog", "help"])
def test_an_interrupt_by_key_is_an_interrupt(
    terminal: Terminal, drive: LedgerHarness, keys: bytes
) -> None:
    """The terminal gives ctrl+c as a key: the board goes as by the signal."""
    terminal.until(b"plain link")
    before = drive.dump()
    terminal.type(keys)
    terminal.until({b"q": b"Leave the swarm", b"?": b"Move"}.get(keys, b"plain link"))
    terminal.type(b"\x03")
    assert terminal.end() == 128 + signal.SIGINT
    assert _LEAVE_SCREEN in terminal.written
    assert drive.dump() == before


def test_a_closed_terminal_ends_the_board(terminal: Terminal, drive: LedgerHarness) -> None:
    """When the window is closed the process ends by itself, and the run does not notice."""
    terminal.until(b"plain link")
    before = drive.dump()
    assert terminal.close() == 128 + signal.SIGHUP
    assert drive.dump() == before


def test_two_boards_and_one_is_killed(
    terminal: Terminal, drive: LedgerHarness, tmp_path: Path
) -> None:
    """Nothing of a board is in the run: kill -9 of one leaves the other and the ledger alone."""
    terminal.until(b"plain link")
    other = subprocess.Popen(
        [sys.executable, "-c", _OPEN, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    other.kill()
    other.wait()
    drive.expect_claim("plain")
    terminal.until(b"claimed")
    assert terminal.process.poll() is None


@pytest.mark.parametrize(
    "sent",
    [
        (b"\x1b[", 0.25, b"X"),
        (b"\x1b]11;rgb:xx", 0.25, b"bb/x/r\x1b\\"),
        (b"\x1b[200~\x1b[31mxxbbrr\r\x1b[0m\x1b[201~",),
        (b"\x1b[200~xx\x1b", 0.25, b"[201~"),
        (b"\xff\xfe",),
        (b"quit xb\rnow", 0.2),
    ],
    ids=["cut", "answer", "paste", "cut paste", "invalid", "unmarked paste"],
)
def test_what_nobody_pressed_changes_nothing(
    terminal: Terminal, drive: LedgerHarness, sent: tuple[bytes | float, ...]
) -> None:
    """Single letters act on a card; those of a sequence, an answer or a paste do not."""
    terminal.until(b"plain link")
    before = drive.dump()
    terminal.type(*sent, b"?")
    terminal.until(b"To the card below")
    assert drive.dump() == before


def test_keys_typed_ahead_of_a_dialog_do_not_pass_it(
    terminal: Terminal, drive: LedgerHarness
) -> None:
    """Sent in one piece: they act on no card behind it."""
    terminal.until(b"plain link")
    before = drive.dump()
    terminal.type(b"qbbxx")
    terminal.until(b"Leave the swarm")
    terminal.type(b"bbxx\x03")
    assert terminal.end() == 128 + signal.SIGINT
    assert drive.dump() == before


def test_an_open_dialog_costs_nothing(terminal: Terminal) -> None:
    """While nothing changes nothing is written, though the ages behind it are looked at."""
    terminal.until(b"plain link")
    terminal.type(b"q")
    terminal.until(b"Leave the swarm")
    terminal.pause(0.5)
    assert terminal.pause(2.5) < 1000


def test_a_theme_that_there_is_not_is_said(tmp_path: Path, drive: LedgerHarness) -> None:
    """The board comes up in its own colours, and names what was asked for."""
    del drive
    config = tmp_path / "config.toml"
    config.write_text("[board]\ntheme = 'wf-lihgt'\n")
    with board_in(tmp_path, WF_CONFIG=str(config)) as terminal:
        terminal.until(b"'wf-lihgt'; did you mean 'wf-light'?")


def test_signs_that_the_output_cannot_take_are_ascii(tmp_path: Path, drive: LedgerHarness) -> None:
    """In an encoding without them the rules are drawn with minus."""
    del drive
    with board_in(tmp_path, PYTHONIOENCODING="latin-1") as terminal:
        terminal.until(b"----")
        terminal.until(b"plain link")
        assert "\N{BOX DRAWINGS LIGHT HORIZONTAL}".encode() not in terminal.written


@pytest.mark.parametrize(("fps", "most"), [(60, 2000), (2, 300)])
def test_a_quiet_second_is_few_bytes(tmp_path: Path, fps: int, most: int) -> None:
    """While only ages grow, of twelve at work, the words of figures are written and no more.

    With few frames a second ages go by ten seconds; a change is a few lines then as ever.
    """
    database = SqliteDatabase(project_in(tmp_path).paths.ledger, create=True)
    tasks = [shell(f"t{number}", title=f"Task number {number}") for number in range(30)]
    drive = LedgerHarness(database, FixedClock(time.time() - 5)).make(
        *tasks, seats=[seat(f"w{number}") for number in range(12)], jobs=12
    )
    # The columns are there already: that one comes is another thing than a change in it.
    drive.wreck("t0", "t1")
    drive.finish("t2")
    for number in range(3, 15):
        fence = drive.expect_claim(f"t{number}", f"w{number - 3}", step=Step.RUNNING)
        drive.ledger.progress(fence, f"$ pytest -q tests/{number}")
    settings = tmp_path / "config.toml"
    settings.write_text(f"board.fps = {fps}")
    with board_in(tmp_path, WF_CONFIG=str(settings), COLORTERM="truecolor") as terminal:
        terminal.until(b"Task number 14")
        terminal.resize(160, 48)
        terminal.pause(2)
        seconds = 10
        assert terminal.pause(seconds) / seconds <= most
        drive.fail(fence)
        assert terminal.pause(2) <= 10_000
    database.close()


def test_the_cursor_stands_on_the_selected_line(tmp_path: Path, drive: LedgerHarness) -> None:
    """Shown where it is wished, for magnifiers and readers; it follows the selection."""
    del drive
    settings = tmp_path / "config.toml"
    settings.write_text("board.cursor = true")

    def line_of_cursor(written: bytearray) -> int:
        return int(re.findall(rb"\x1b\[(\d+);\d+H\x1b\[\?25h", bytes(written))[-1])

    with board_in(tmp_path, WF_CONFIG=str(settings)) as terminal:
        terminal.until(b"plain link")
        terminal.pause(1)
        before = line_of_cursor(terminal.written)
        terminal.type(b"j")
        terminal.pause(1)
        assert line_of_cursor(terminal.written) == before + 1


def test_a_person_who_looks_elsewhere_is_called(tmp_path: Path, drive: LedgerHarness) -> None:
    """In tmux by a wrapped sequence and the bell; not for what was there when the board opened."""
    drive.wreck("plain")
    settings = tmp_path / "config.toml"
    settings.write_text('notifications.via = "osc9"')
    with board_in(tmp_path, WF_CONFIG=str(settings), TMUX="/run/tmux,1,0") as terminal:
        terminal.until(b"plain link")
        terminal.type(b"\x1b[O")
        fence = drive.expect_claim("busy", step=Step.RUNNING)
        terminal.pause(1.5)
        drive.fail(fence)
        terminal.until(b"\x1b\\\x07")
        called = re.findall(rb"\x1bPtmux;(.*?)\x1b\\\x07", bytes(terminal.written), re.DOTALL)
        assert len(called) == 1
        text = re.fullmatch(rb"\x1b\x1b\]9;([^\x00-\x1f;]*)\x07", called[0])
        assert text is not None
        assert text[1].startswith(b"wf: 1 needs you: ")
        assert len(text[1].decode()) <= 120


@pytest.mark.parametrize(("guard", "acts"), [(2.0, False), (0.6, True)])
def test_a_slow_line_has_a_longer_guard(
    tmp_path: Path, drive: LedgerHarness, guard: float, *, acts: bool
) -> None:
    """What a person presses on a line of one second was chosen before the card changed.

    They see a frame a second late, and what they press is read a second later: with the guard
    of a fast line it would act on what they have not seen.
    """
    drive.wreck("plain")
    settings = tmp_path / "config.toml"
    settings.write_text(f"board.guard = {guard}")
    with board_in(tmp_path, WF_CONFIG=str(settings)) as terminal:
        terminal.until(b"failed")
        terminal.pause(guard + 0.3)
        before = len(terminal.written)
        drive.mine.move(RUN, RETRY, ["plain"])
        terminal.until(b"\x1b]2;0/3", after=before)
        terminal.pause(1)
        terminal.type(b"b")
        if acts:
            terminal.until(b"held", after=before)
        else:
            terminal.until(b"b ignored: it has just changed", after=before)
        held = drive.task("plain").kind is BlockedKind.HOLD
        assert held is acts
