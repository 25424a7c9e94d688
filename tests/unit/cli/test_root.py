"""`wf` itself: help, wrong words, and what it must not import."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from wf_tui.cli.command_list import SECTIONS, Entry
from wf_tui.cli.group import load_command
from wf_tui.cli.root import wf

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.support.cli_harness import CliHarness

COMMANDS = [
    "abort",
    "accept",
    "add",
    "answer",
    "board",
    "budget",
    "cancel",
    "clean",
    "comment",
    "demo",
    "diff",
    "doctor",
    "edit",
    "events",
    "graph",
    "hold",
    "inbox",
    "jobs",
    "land",
    "lane",
    "lanes",
    "logs",
    "message",
    "pause",
    "plan",
    "priority",
    "profiles",
    "prompt",
    "reassign",
    "release",
    "replay",
    "report",
    "resume",
    "retry",
    "review",
    "run",
    "runs",
    "scheduler",
    "serve",
    "shell",
    "show",
    "skip",
    "snooze",
    "status",
    "stop",
    "swarm",
    "timeline",
    "undo",
    "unhold",
    "verify",
    "workers",
]


def run(*words: str) -> Result:
    """Run a command line that needs no repository."""
    return CliRunner().invoke(wf, words, prog_name="wf")


def test_help_lists_every_command_of_this_version() -> None:
    """The help has exactly the commands that exist."""
    listed = [entry.name for section in SECTIONS for entry in section.entries]
    assert sorted(listed) == sorted(COMMANDS)
    assert all(f"  {name} " in run("--help").stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name: str) -> None:
    """`wf COMMAND --help` works and exits with 0."""
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: wf {name}")


def test_help_has_the_exit_status_table() -> None:
    """A person need not look into the README for the meaning of an exit status."""
    text = run("--help").stdout
    assert all(line in text for line in ("  0    done as asked", "  4    the run is aborted"))
    assert "129, 130, 143" in text


def test_wf_alone_prints_the_help() -> None:
    """Without a command there is something to read, and no failure."""
    assert run().exit_code == 0
    assert run().stdout == run("--help").stdout


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["reetry"], "unknown command 'reetry'", "did you mean 'retry'?"),
        (["plan", "chek"], "unknown command 'chek'", "did you mean 'check'?"),
        (["status", "--jsn"], "unknown option '--jsn'", "did you mean '--json'?"),
        (["--verson"], "unknown option '--verson'", "did you mean '--version'?"),
        (["add", "x", "--mode", "readwrite"], "unknown mode 'readwrite'", "mean 'read_write'?"),
        (["add", "x", "--role", "tester"], "unknown role 'tester'", "did you mean 'test'?"),
        (["jobs"], "missing argument 'N'", "see wf jobs --help"),
        (["jobs", "many"], "'many' is not a valid", "see wf jobs --help"),
        (["retry"], "which tasks?", "wf status"),
        (["retry", "--all-blocked=faild"], "unknown kind 'faild'", "did you mean 'failed'?"),
    ],
)
def test_wrong_words_exit_with_2_and_name_the_right_one(
    cli: CliHarness, words: list[str], message: str, hint: str
) -> None:
    """One line says what is wrong, a second one what to write; nothing goes to stdout."""
    cli.paused_run("{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}")
    result = cli.here(*words) if words[0] == "retry" else run(*words)
    first, second = result.stderr.splitlines()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert first.startswith("wf: ")
    assert message in first
    assert hint in second


def test_a_question_left_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses Ctrl-C as a command asks something ends it as at any other moment."""

    def leave() -> None:
        raise click.Abort

    monkeypatch.setattr(wf, "callback", leave)
    assert run().exit_code == 130


def test_version_is_printed() -> None:
    """`wf --version` says which one it is."""
    assert run("--version").stdout.startswith("wf, version 0.")


def test_help_imports_no_command() -> None:
    """The list of commands is known without any of them."""
    script = (
        "import sys\nfrom wf_tui.cli.root import wf\n"
        "try:\n    wf(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*[name for name in sys.modules if name.startswith('wf_tui')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert set(done.stdout.splitlines()[-1].split()) <= {
        "wf_tui",
        "wf_tui.cli",
        "wf_tui.cli.command_list",
        "wf_tui.cli.errors",
        "wf_tui.cli.group",
        "wf_tui.cli.imports",
        "wf_tui.cli.root",
        "wf_tui.errors",
        "wf_tui.text",
        "wf_tui.values",
    }


def test_nobody_looks_for_garbage_among_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command imports is frozen, once; what it does after that is looked at as ever."""
    (tmp_path / "fresh_command.py").write_text("import click\nhello = click.Command('hello')\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.unfreeze()
    try:
        entry = Entry("hello", "fresh_command", "")
        assert load_command(entry).name == "hello"
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
        gc.unfreeze()
        load_command(entry)
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()
        sys.modules.pop("fresh_command", None)
