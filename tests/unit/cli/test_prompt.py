"""`wf prompt`: what the worker of a task is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: g
phases: [{name: p, tasks: [{id: one, prompt: "Look at a.txt.", timeout_secs: 9}]}]
"""


@pytest.fixture(autouse=True)
def run(cli: CliHarness) -> str:
    """Give a paused run of one task."""
    return cli.paused_run(PLAN)


def test_it_prints_what_the_next_worker_gets(cli: CliHarness) -> None:
    """The task, its rules, and what people have said so far; nothing is marked as foreign."""
    text = cli.here("prompt", "one").stdout
    assert text.startswith("# Task one\n\nLook at a.txt.\n\n# Rules\n")
    assert "9 seconds" in text
    assert "UNTRUSTED" not in text


def test_as_json(cli: CliHarness) -> None:
    """With its size in bytes, and whether it goes on with a session."""
    found = cli.json_here("prompt", "one")
    assert found == {
        "task": "one",
        "text": cli.here("prompt", "one").stdout,
        "bytes": len(found["text"].encode()),
        "resumed": False,
    }


def test_an_unknown_task(cli: CliHarness) -> None:
    """Status 2, with the nearest name."""
    ended = cli.here("prompt", "on")
    assert (ended.exit_code, "one" in ended.stderr) == (2, True)
