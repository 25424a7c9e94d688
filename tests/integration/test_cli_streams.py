"""Standard streams that are closed, or do not block: nothing is lost, and nothing half made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

pytestmark = pytest.mark.slow

PLAN = "{goal: g, phases: [{name: p, tasks: [{id: w, run: 'echo w > w', mode: read_write}]}]}"
_WF = [sys.executable, "-m", "wf_tui"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_run_with_a_closed_stream(cli: CliHarness, closed: str) -> None:
    """It is led to its end, and no file of it gets the number of the stream."""
    run = ["sh", "-c", f'exec "$@" {closed}', "sh", *_WF, "run", str(cli.plan(PLAN)), "--headless"]
    assert subprocess.run(run, cwd=cli.repo, env=cli.environ, check=False).returncode == 0
    assert git(cli.repo, "show", f"wf/{cli.json('status')['run']['id']}:w") == "w\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_detached_run_with_a_closed_stream(cli: CliHarness, closed: str) -> None:
    """A scheduler leads it."""
    run = ["sh", "-c", f'exec "$@" {closed}', "sh", *_WF, "run", str(cli.plan(PLAN)), "--detach"]
    assert subprocess.run(run, cwd=cli.repo, env=cli.environ, check=False).returncode == 0
    cli.wait_for("run_ended")


def test_output_that_does_not_block_is_whole(cli: CliHarness) -> None:
    """A pipe with less room than the answer, and a reader that comes late."""
    tasks = ", ".join(f"{{id: task-{number:03}, run: 'true'}}" for number in range(300))
    cli.paused_run(f"{{goal: g, phases: [{{name: p, tasks: [{tasks}]}}]}}")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    status = subprocess.Popen(
        [*_WF, "status", "--json"], cwd=cli.repo, env=cli.environ, stdout=writing
    )
    os.close(writing)
    with status, os.fdopen(reading) as lines:
        assert len(json.loads(lines.read())["tasks"]) == 300
    assert status.returncode == 0
