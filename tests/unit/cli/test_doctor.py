"""`wf doctor`: what is found is told, nothing changes, and the exit status says if wf can work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cli_harness import CliHarness, git
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


def _levels(found: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["level"] for one in found["checks"]}


def _text(found: dict[str, Any], check: str) -> str:
    (text,) = [one["text"] for one in found["checks"] if one["check"] == check]
    assert isinstance(text, str)
    return text


def test_a_good_place_is_usable(cli: CliHarness) -> None:
    """Exit 0, a line for each check, and not even a folder is made."""
    result = cli.here("doctor")
    assert result.exit_code == 0, result.stdout
    assert any(line.startswith("ok       git ") for line in result.stdout.splitlines())
    assert any(line.startswith("note     sandbox ") for line in result.stdout.splitlines())
    found = cli.json_here("doctor")
    assert found["usable"]
    assert _text(found, "ledger") == "no run yet"
    assert not (cli.root / "state").exists()


def _folder(cli: CliHarness) -> Path:
    return cli.root


def _unborn(cli: CliHarness) -> Path:
    git(cli.root, "init", "-q", "unborn")
    return cli.root / "unborn"


@pytest.mark.parametrize("project", [_folder, _unborn])
def test_a_place_without_a_repository_is_not(
    cli: CliHarness, project: Callable[[CliHarness], Path]
) -> None:
    """Exit 3, with the reason; everything else is looked at all the same."""
    result = cli.here("doctor", "--repo", project(cli), repo=False)
    assert result.exit_code == 3
    assert "problem  repository" in result.stdout
    assert "ok       git " in result.stdout


def test_a_repository_from_a_stranger_is_described(cli: CliHarness) -> None:
    """Programs, hooks and stale locks are named; the repository stays as it is."""
    git(cli.repo, "config", "core.fsmonitor", str(cli.root / "evil"))
    (cli.repo / ".git" / "hooks").mkdir(exist_ok=True)
    hook = cli.repo / ".git" / "hooks" / "post-commit"
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o755)
    lock = cli.repo / ".git" / "index.lock"
    lock.touch()
    os.utime(lock, (1, 1))
    found = cli.json_here("doctor")
    assert _text(found, "programs") == "the configuration names programs: core.fsmonitor"
    assert "post-commit" in _text(found, "hooks")
    assert "index.lock is " in _text(found, "lock")
    assert found["usable"]
    assert lock.exists()


def test_a_damaged_ledger_is_a_problem(cli: CliHarness) -> None:
    """It is named and left as it is."""
    cli.paused_run(PLAN)
    path = find_project(cli.repo, cli.environ).paths.ledger
    for name in ("ledger.db-wal", "ledger.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.write_bytes(b"no ledger")
    result = cli.here("doctor")
    assert result.exit_code == 3
    assert "problem  ledger" in result.stdout
    assert path.read_bytes() == b"no ledger"


def test_a_run_that_lost_its_scheduler_is_named(cli: CliHarness) -> None:
    """With the command that helps; a paused one needs none."""
    run = cli.paused_run(PLAN)
    assert _levels(cli.json_here("doctor"))["runs"] == "ok"
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        ledger.resume(run)
    found = cli.json_here("doctor")
    assert _levels(found)["runs"] == "note"
    assert run in _text(found, "runs")
    assert f"wf resume {run}" in cli.here("doctor").stdout
