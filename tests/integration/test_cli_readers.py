"""Who reads what `wf` prints: a pipe that closes, an old terminal, an interrupt."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: größer, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


def test_a_pipe_that_closes_is_no_error(cli: CliHarness) -> None:
    """`wf events | head -1` ends quietly."""
    cli.paused_run(PLAN)
    reader = cli.start("events", "--follow")
    assert reader.stdout is not None
    assert reader.stderr is not None
    with reader, reader.stderr:
        reader.stdout.readline()
        reader.stdout.close()
        cli.wf("abort")
        assert reader.stderr.read() == ""
    assert reader.returncode == 0


def test_an_interrupt_is_130_without_a_trace(cli: CliHarness) -> None:
    """Ctrl-C ends what would wait for ever."""
    cli.paused_run(PLAN)
    reader = cli.start("events", "--follow")
    assert reader.stdout is not None
    assert reader.stderr is not None
    with reader, reader.stdout, reader.stderr:
        reader.stdout.readline()
        reader.send_signal(signal.SIGINT)
        assert reader.stderr.read().strip() == ""
    assert reader.returncode == 130


def test_signs_that_a_terminal_lacks_are_plain_ones(cli: CliHarness) -> None:
    """What its encoding lacks does not break the output off; the signs are those of ASCII."""
    cli.paused_run(PLAN)
    done = subprocess.run(
        [sys.executable, "-m", "wf_tui", "status"],
        cwd=cli.repo,
        env={**cli.environ, "PYTHONIOENCODING": "iso8859-1"},
        check=False,
        capture_output=True,
        encoding="iso8859-1",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "größer" in done.stdout
    assert "  o t  the run is paused" in done.stdout


def test_colour_is_for_terminals_that_want_it(cli: CliHarness) -> None:
    """In a pipe there is none; on a terminal there is, unless NO_COLOR says so."""
    cli.paused_run(PLAN)
    cli.here("hold", "t")
    script = "import pty, sys; sys.exit(pty.spawn([sys.executable, '-m', 'wf_tui', 'status']) >> 8)"
    coloured = {name: value for name, value in cli.environ.items() if name != "NO_COLOR"}
    shown = {}
    for name, environ in (("terminal", coloured), ("no colour", cli.environ)):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=cli.repo,
            env={**environ, "TERM": "xterm"},
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        shown[name] = done.stdout
    assert b"\x1b[31m" in shown["terminal"]
    assert b"\x1b[" not in shown["no colour"]
    assert "\x1b[" not in cli.wf("status").stdout
