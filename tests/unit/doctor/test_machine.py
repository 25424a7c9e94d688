"""What is said of the machine is so."""

from pathlib import Path

import pytest

from wf_tui.doctor.finding import Finding, Level
from wf_tui.doctor.machine import machine, terminal


def _found(environ: dict[str, str]) -> dict[str, Finding]:
    return {one.check: one for one in machine(environ)}


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm", "NO_COLOR": "1"}, 0),
        ({"TERM": "dumb"}, 0),
        ({}, 0),
    ],
)
def test_the_colours_of_a_terminal(environ: dict[str, str], colours: int) -> None:
    """By the variables that programs go by."""
    assert terminal(environ, (120, 40)).detail["colours"] == colours


@pytest.mark.parametrize(
    ("size", "term", "level"),
    [
        ((120, 40), "xterm", Level.OK),
        ((60, 40), "xterm", Level.NOTE),
        ((120, 10), "xterm", Level.NOTE),
        ((120, 40), "dumb", Level.NOTE),
        (None, "xterm", Level.NOTE),
    ],
)
def test_a_poor_terminal_is_noted(size: tuple[int, int] | None, term: str, level: Level) -> None:
    """Small, dumb or none: the board needs more; it is no reason not to work."""
    assert terminal({"TERM": term}, size).level is level


def test_agents_are_looked_for_and_not_run(tmp_path: Path) -> None:
    """Found or not found, with the path."""
    program, mark = tmp_path / "codex", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    found = _found({"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert found["agents"].detail["codex"] == str(program)
    assert found["agents"].text.startswith("found: codex; not found: claude")
    assert found["tmux"].detail["path"] is None
    assert not mark.exists()


def test_tmux_has_two_options_that_the_board_needs() -> None:
    """By default it keeps to itself who has the focus, and what is for the terminal around it."""
    hint = _found({"TMUX": "/run/tmux,1,0"})["tmux"].hint
    assert "allow-passthrough on" in hint
    assert "focus-events on" in hint
    assert not _found({})["tmux"].hint


def test_a_bad_configuration_is_a_problem(tmp_path: Path) -> None:
    """No command that needs it would work."""
    path = tmp_path / "config.toml"
    path.write_text("[nonsense]\n")
    assert _found({"WF_CONFIG": str(path)})["settings"].level is Level.PROBLEM


def test_no_git_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing works without it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _found({})["git"].level is Level.PROBLEM


def test_the_sandbox_is_told_as_it_is() -> None:
    """There is none."""
    assert _found({})["sandbox"].detail == {"level": "none"}
