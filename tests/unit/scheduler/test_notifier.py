"""The command of a person who wants to be notified: once for each thing (RULES 7)."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.audit import processes_of
from tests.support.run_harness import RunHarness
from wf_tui.config import Timing
from wf_tui.ledger.rules.moves import HOLD, RETRY, SNOOZE
from wf_tui.scheduler.notifier import NotifyCommand

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger

PLAN = """
goal: "g \\e[31m"
phases:
  - name: p
    parallel: true
    tasks:
      - {id: bad, title: The bad one, run: "echo secret-words; exit 3", max_attempts: 1}
      - {id: good, run: "true"}
"""
APPEND = """
import sys
with open(sys.argv[1], "a") as told:
    told.write(sys.stdin.read() + "\\n")
"""


@pytest.fixture(name="harness")
def _harness(tmp_path: Path) -> RunHarness:
    """Give a repository whose person's command appends what it is told to a file."""
    command = (sys.executable, "-c", APPEND, str(tmp_path / "told"))
    return RunHarness(tmp_path, Timing(grace=0.5), notify=NotifyCommand(command))


def told(harness: RunHarness) -> list[dict[str, Any]]:
    """Return what the command was told."""
    path = harness.folder / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_each_thing_is_told_once(harness: RunHarness) -> None:
    """What needs a person, and the end: in this order, also when another scheduler leads."""
    assert harness.play(PLAN) == "partial"
    need, end = told(harness)
    assert (need["kind"], need["task"], need["needs"]) == ("needs_you", "bad", "failed")
    assert need["message"] == "The bad one needs you: failed"
    assert (end["kind"], end["state"], end["task"]) == ("ended", "partial", None)
    assert "\x1b" not in json.dumps([need, end])
    assert "secret-words" not in json.dumps([need, end])
    harness.act(lambda ledger: ledger.move(harness.run, HOLD, ["good"]))
    assert harness.lead() == "partial"
    assert len(told(harness)) == 2, "nothing new has come"
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["bad"]))
    assert harness.lead() == "partial"
    assert [one["kind"] for one in told(harness)[2:]] == ["needs_you", "ended"]


def test_what_is_put_off_is_not_told(harness: RunHarness) -> None:
    """Of what a person has put off, or has dealt with meanwhile, nothing is said."""
    harness.notify = NotifyCommand()
    assert harness.play(PLAN) == "partial"

    def put_off(ledger: Ledger) -> None:
        ledger.move(harness.run, SNOOZE, ["bad"], until=None)

    harness.act(put_off)
    with_words = NotifyCommand((sys.executable, "-c", APPEND, str(harness.folder / "told")), True)
    harness.notify = with_words
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "partial"
    assert [one["kind"] for one in told(harness)] == ["ended"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("/nowhere/at-all",), "cannot be run"),
        ((sys.executable, "-c", "import sys; sys.exit('no \x1b[31m way')"), "ended with 1: no"),
        ((sys.executable, "-c", "import os; os.close(0); os._exit(4)"), "ended with 4"),
    ],
)
def test_what_fails_is_in_the_log_alone(
    harness: RunHarness, caplog: pytest.LogCaptureFixture, words: tuple[str, ...], why: str
) -> None:
    """A command that cannot be run, or says no, is no fault of the run; its words are cleaned."""
    harness.notify = NotifyCommand(words)
    with caplog.at_level(logging.WARNING):
        assert harness.play(PLAN) == "partial"
    said = [one.getMessage() for one in caplog.records if "notifications:" in one.getMessage()]
    assert len(said) == 2
    assert why in said[0]
    assert "\x1b" not in said[0]


def test_one_that_hangs_is_ended(harness: RunHarness, caplog: pytest.LogCaptureFixture) -> None:
    """It has its seconds, with all that it has started; the next thing is told after it."""
    mark = str(harness.folder / "hangs")
    sleeps = "import time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeps!r}, {mark!r}])"
    harness.notify = NotifyCommand((sys.executable, "-c", script), seconds=0.3)
    with caplog.at_level(logging.WARNING):
        assert harness.play(PLAN) == "partial"
    said = [one.getMessage() for one in caplog.records if "was ended after" in one.getMessage()]
    assert len(said) == 2
    assert not processes_of(harness.folder / "hangs")
