"""`wf doctor`: what is found is told, nothing changes, and the exit status says if wf can work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk import Desk, git
from wf_tui import commands

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


def test_a_good_place_is_usable(desk: Desk) -> None:
    """Exit 0, a line for each check, and not even a folder is made."""
    result = desk.here("doctor")
    assert result.exit_code == 0, result.stdout
    assert any(line.startswith("ok       git ") for line in result.stdout.splitlines())
    assert any(line.startswith("note     sandbox ") for line in result.stdout.splitlines())
    found = desk.json_here("doctor")
    assert found["usable"]
    assert _text(found, "ledger") == "no run yet"
    assert not (desk.root / "state").exists()


def _folder(desk: Desk) -> Path:
    return desk.root


def _unborn(desk: Desk) -> Path:
    git(desk.root, "init", "-q", "unborn")
    return desk.root / "unborn"


@pytest.mark.parametrize("place", [_folder, _unborn])
def test_a_place_without_a_repository_is_not(desk: Desk, place: Callable[[Desk], Path]) -> None:
    """Exit 3, with the reason; everything else is looked at all the same."""
    result = desk.here("doctor", "--repo", place(desk), repo=False)
    assert result.exit_code == 3
    assert "problem  repository" in result.stdout
    assert "ok       git " in result.stdout


def test_a_repository_from_a_stranger_is_described(desk: Desk) -> None:
    """Programs, hooks and stale locks are named; the repository stays as it is."""
    git(desk.repo, "config", "core.fsmonitor", str(desk.root / "evil"))
    (desk.repo / ".git" / "hooks").mkdir(exist_ok=True)
    hook = desk.repo / ".git" / "hooks" / "post-commit"
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o755)
    lock = desk.repo / ".git" / "index.lock"
    lock.touch()
    os.utime(lock, (1, 1))
    found = desk.json_here("doctor")
    assert _text(found, "programs") == "the configuration names programs: core.fsmonitor"
    assert "post-commit" in _text(found, "hooks")
    assert "index.lock is " in _text(found, "lock")
    assert found["usable"]
    assert lock.exists()


def test_a_damaged_ledger_is_a_problem(desk: Desk) -> None:
    """It is named and left as it is."""
    desk.paused_run(PLAN)
    path = commands.find_place(desk.repo, desk.environ).paths.ledger
    for name in ("ledger.db-wal", "ledger.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.write_bytes(b"no ledger")
    result = desk.here("doctor")
    assert result.exit_code == 3
    assert "problem  ledger" in result.stdout
    assert path.read_bytes() == b"no ledger"


def test_a_run_that_lost_its_scheduler_is_named(desk: Desk) -> None:
    """With the command that helps; a paused one needs none."""
    run = desk.paused_run(PLAN)
    assert _levels(desk.json_here("doctor"))["runs"] == "ok"
    place = commands.find_place(desk.repo, desk.environ)
    with commands.open_ledger(place) as ledger:
        ledger.resume(run)
    found = desk.json_here("doctor")
    assert _levels(found)["runs"] == "note"
    assert run in _text(found, "runs")
    assert f"wf resume {run}" in desk.here("doctor").stdout
