"""What a terminal sends and how it is left, in real pseudo-terminals, by a small application."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import ANSWER, ASK, Terminal, open_terminal
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).resolve().parents[2]
_ENTER_SCREEN = b"\x1b[?1049h"
_ANSWER_COLOUR = b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\"


@contextmanager
def probe(
    environ: Mapping[str, str] | None = None,
    *,
    words: tuple[str, ...] = ("-m", "tests.support.terminal_probe"),
    typed: bytes = b"",
    controlling: bool = True,
    answers: Mapping[bytes, bytes] | None = None,
) -> Iterator[Terminal]:
    """Give the probe in a terminal, which is not shown yet."""
    with open_terminal(
        [sys.executable, *words],
        {**os.environ, "PYTHONPATH": str(_ROOT), **(environ or {})},
        _ROOT,
        typed=typed,
        controlling=controlling,
        answers={ASK: ANSWER} if answers is None else answers,
    ) as terminal:
        yield terminal


@pytest.fixture
def shown() -> Iterator[Terminal]:
    """Give the probe as it is shown."""
    with probe() as terminal:
        terminal.until(b"ready|")
        yield terminal


def leave(terminal: Terminal) -> int:
    """Press q, and return the exit status; the terminal is then as it was."""
    terminal.type(b"q")
    status = terminal.end()
    assert terminal.left_on() == {}
    return status


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ((b"\x1b[", 0.25, b"A"), b"up x|"),
        ((b"\x1b", 0.25, b"[", 0.25, b"A"), b"up x|"),
        ((b"\x1b[", 1.5, b"A"), b"up x|"),
        ((b"\x1bO", 0.25, b"P"), b"f1 x|"),
        ((b"\x1b[1;", 0.25, b"\x1b[A"), b"up x|"),
        ((_ANSWER_COLOUR[:9], 0.25, _ANSWER_COLOUR[9:]), b"x|"),
        ((_ANSWER_COLOUR, b"\x1b]l title\x07", b"\x1bPA\x1b\\\x1b_A\x1b\\\x1b^A\x1b\\"), b"x|"),
        ((b"\x1bXA\x1b\\", b"\x9d11;A\x9c", b"\x1b[24;80R\x1b[?62c\x1b[0n\x1b[8;24;80t"), b"x|"),
        ((b"\x1b[200~r\x1b[31mA\x1b[0m\x1b[201~",), b"paste('rA') x|"),
        ((b"\x1b[200~r\x1b", 0.25, b"[201~"), b"paste('r') x|"),
        ((b"\x1b[200~r", 3.0), b"paste('r') x|"),
        ((b"\xff\xc3(",), b"replacement_character replacement_character left_parenthesis x|"),
        ((b"\x1b", 0.5), b"escape x|"),
        ((b"\x1ba",), b"alt+a x|"),
        ((b"\x1b[99999999999999;1u\x1b[55296;1u",), b"x|"),
        ((b"\x1b[Mrqx\x1b[<0;3;4M\x1b[<0;3;4m",), b"click(2,3) x|"),
    ],
    ids=repr,
)
def test_only_what_was_pressed_is_a_key(
    shown: Terminal, sent: tuple[bytes | float, ...], seen: bytes
) -> None:
    """Sequences that a slow line cuts, strings and pastes type no letter; the next key is heard."""
    shown.type(*sent, b"x")
    shown.until(b"seen: " + seen)
    assert leave(shown) == 0


def test_what_was_typed_before_it_is_shown_is_dropped() -> None:
    """Neither keys that were typed ahead at the shell, nor an answer to it, reach it."""
    with probe(typed=b"f" + _ANSWER_COLOUR) as terminal:
        terminal.until(b"ready|")
        terminal.type(b"x")
        terminal.until(b"seen: x|")
        assert leave(terminal) == 0


def test_a_silent_terminal_is_not_waited_for_long() -> None:
    """One that answers nothing is shown the application, too, and what came before is dropped."""
    with probe(typed=b"f", answers={}) as terminal:
        terminal.until(b"ready|")
        terminal.type(b"x")
        terminal.until(b"seen: x|")
        assert leave(terminal) == 0


def test_an_answer_to_another_program_reaches_nobody() -> None:
    """While another program has the terminal, and behind it, nothing is typed into this one."""
    asks = {ASK: b"fff" + _ANSWER_COLOUR + ANSWER, b"\x1b]11;?\x1b\\": b"f"}
    with probe({"PROGRAM": r"printf '\033]11;?\033\\aside\n'"}) as terminal:
        terminal.until(b"ready|")
        terminal.answers.update(asks)
        terminal.type(b"s")
        terminal.until(b"aside")
        terminal.until(b"seen: s|")
        terminal.answers[ASK] = ANSWER
        terminal.type(b"x", _ANSWER_COLOUR, b"y")
        terminal.until(b"seen: s x y|")
        assert leave(terminal) == 0


def test_no_answer_reaches_the_shell_after_it() -> None:
    """What the terminal still sends when it is left is read by nobody else."""
    with probe() as terminal:
        terminal.until(b"ready|")
        terminal.answers[ASK] = b"ls" + _ANSWER_COLOUR + ANSWER
        assert leave(terminal) == 0
        assert terminal.unread() == 0


def test_a_stop_that_nobody_announced_changes_nothing(shown: Terminal) -> None:
    """After SIGSTOP and SIGCONT it takes keys, and leaves the terminal as it was."""
    before = len(shown.written)
    shown.process.send_signal(signal.SIGSTOP)
    shown.process.send_signal(signal.SIGCONT)
    shown.until(b"ready|", after=before)
    shown.type(b"x")
    shown.until(b"seen: x|")
    assert leave(shown) == 0


def test_a_suspension_gives_the_terminal_back(shown: Terminal) -> None:
    """SIGTSTP leaves it as it was; SIGCONT brings the application back."""
    shown.process.send_signal(signal.SIGTSTP)
    stat = Path(f"/proc/{shown.process.pid}/stat")
    shown.until(b"\x1b[?1049l")
    until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "it has stopped")
    shown.pause(0.1)
    assert shown.left_on() == {}
    before = len(shown.written)
    shown.process.send_signal(signal.SIGCONT)
    shown.until(b"ready|", after=before)
    assert leave(shown) == 0


def test_a_terminal_that_goes_without_a_word_ends_it() -> None:
    """No hang-up is sent where the terminal is not the controlling one."""
    with probe(controlling=False) as terminal:
        terminal.until(b"ready|")
        assert terminal.close() == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda n: n.name
)
@pytest.mark.parametrize("moment", [_ENTER_SCREEN, b"ready|"], ids=["start", "shown"])
def test_a_signal_leaves_the_terminal_as_it_was(moment: bytes, number: signal.Signals) -> None:
    """At its start and later: modes, keyboard and settings are as before."""
    with probe() as terminal:
        terminal.until(moment)
        terminal.process.send_signal(number)
        assert terminal.end() == 128 + number
        assert terminal.left_on() == {}
        assert b"Traceback" not in terminal.written


def hangs_in_a_write(terminal: Terminal) -> bool:
    """Whether a thread of the program waits for the terminal to be read."""
    threads = Path(f"/proc/{terminal.process.pid}/task").iterdir()
    # Sleeping in write(1): its number, and the terminal as the first argument.
    return any((thread / "syscall").read_text().startswith("1 0x2 ") for thread in threads)


@pytest.mark.parametrize("how", ["signal", "q"])
def test_a_terminal_that_does_not_read_is_left_as_it_was(shown: Terminal, how: str) -> None:
    """Its reader has stopped and all buffers are full: the program ends, and the modes with it."""
    shown.type(b"d")
    shown.until(b"seen: d|")
    until(partial(hangs_in_a_write, shown), "the buffers are full")
    if how == "q":
        os.write(shown.master, b"q")
    else:
        shown.process.send_signal(signal.SIGTERM)
    assert shown.process.wait(10) == (0 if how == "q" else 128 + signal.SIGTERM)
    shown.end()
    assert shown.left_on() == {}


def test_sizes_between_the_keys() -> None:
    """A terminal that reports its size so is believed, with no pixels too, and asked for none."""
    with probe(answers={ASK: ANSWER, b"\x1b[?2048$p": b"\x1b[?2048;2$y"}) as terminal:
        terminal.until(b"\x1b[?2048h")
        terminal.until(b"ready|")
        terminal.type(b"x")
        terminal.until(b"seen: x|")
        terminal.type(b"\x1b[48;30;90;0;0t", b"\x1b[<0;3;4M\x1b[<0;3;4m")
        terminal.until(b"90x30")
        terminal.until(b"click(2,3)")
        assert b"1016h" not in terminal.written
        assert leave(terminal) == 0


def test_the_environment_has_no_say_in_the_size() -> None:
    """The terminal's own size counts, from the first and after each change."""
    with probe({"COLUMNS": "200", "LINES": "60"}) as terminal:
        terminal.until(b"ready|")
        terminal.type(b"x")
        terminal.until(b"seen: x|")
        terminal.resize(90, 30)
        terminal.until(b"90x30")
        assert leave(terminal) == 0


@pytest.mark.parametrize("key", [b"f", b"w"], ids=["handler", "worker"])
def test_a_fault_is_one_line(tmp_path: Path, key: bytes) -> None:
    """The trace is in a file of the state directory, the status is 3, the terminal as it was."""
    with probe({"WF_STATE_DIR": str(tmp_path)}) as terminal:
        terminal.until(b"ready|")
        terminal.type(key)
        assert terminal.end() == 3
        assert terminal.left_on() == {}
        said = bytes(terminal.written).rpartition(b"\x1b[?25h")[2].decode()
        assert "internal error: LookupError('the probe was told to fail')" in said
        assert "Traceback" not in said
        assert "line" in (tmp_path / "faults.log").read_text()


def test_keys_come_first_on_a_slow_line(shown: Terminal) -> None:
    """While all of the screen changes faster than it is read, old frames are dropped."""
    shown.rate = 4000
    shown.type(b"d", 1.0)
    shown.type(b"q")
    assert shown.end() == 0
    assert shown.left_on() == {}
