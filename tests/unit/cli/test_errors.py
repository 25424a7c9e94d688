"""What goes wrong becomes a line and an exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.cli.errors import report_errors
from wf_tui.errors import EnvironmentalError, RefusedError, UsageError, WfError

if TYPE_CHECKING:
    from pathlib import Path


def raising(error: BaseException) -> int:
    """Return the exit status of a command that raises `error`."""

    def command() -> None:
        raise error

    return report_errors(command)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("u"), 2),
        (EnvironmentalError("e"), 3),
        (RefusedError("r"), 5),
        (KeyboardInterrupt(), 130),
        (PermissionError(13, "Permission denied", "/x"), 3),
    ],
)
def test_each_error_has_its_exit_status(error: BaseException, status: int) -> None:
    """The kind of an error decides the exit status."""
    assert raising(error) == status


def test_a_command_returns_its_own_status() -> None:
    """A number that a command returns is the exit status; anything else is 0."""
    assert [report_errors(lambda: 1), report_errors(lambda: None)] == [1, 0]


def test_an_error_is_one_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """The message goes to stderr, the hint below it, and nothing to stdout."""
    raising(WfError("no such thing", "take another"))
    assert capsys.readouterr() == ("", "wf: no such thing\n    take another\n")


def test_a_message_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An escape sequence in a name does not reach the terminal."""
    raising(WfError("unknown task '\x1b]0;owned\x07\x1b[31mx'", "\x1b[2J"))
    assert "\x1b" not in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the system says which file, and what the system says."""
    raising(PermissionError(13, "Permission denied", "/x"))
    assert capsys.readouterr().err == "wf: /x: Permission denied\n"


def test_a_fault_of_wf_keeps_its_trace_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person sees one line; the trace is where the hint says."""
    monkeypatch.setenv("WF_STATE_DIR", str(tmp_path))
    assert raising(ZeroDivisionError("oh")) == 3
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert str(tmp_path / "faults.log") in shown
    assert "Traceback" in (tmp_path / "faults.log").read_text()
