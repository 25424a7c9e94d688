"""Who speaks to a ledger: the person who runs the program, or a worker within its attempt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.project import Project, find_project, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "goal: g\nphases: [{name: p, tasks: [{id: t, run: 'true'}]}]\n"


@pytest.fixture
def cli(tmp_path: Path) -> CliHarness:
    """Give a repository and a state folder."""
    return CliHarness(tmp_path, make_repository(tmp_path / "repo"))


def in_attempt(cli: CliHarness) -> tuple[Project, Fence]:
    """Return the project as it is seen within an attempt that has just begun."""
    run = cli.paused_run(PLAN)
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        ledger.resume(run)
        claim = ledger.acting("scheduler").claim(run, "shell-1")
    assert claim is not None
    mark = f"{run}/{project.paths.run(run).attempt('t', claim.epoch).name}"
    environ = {**cli.environ, "WF_RUN": run, "WF_TASK": "t", "WF_ATTEMPT": mark}
    return replace(project, environ=environ), Fence(run, "t", claim.epoch, claim.worker)


def test_a_worker_is_refused_what_a_person_does(cli: CliHarness) -> None:
    """The mark of an open attempt says who speaks; it may do what is said to be for workers."""
    project, _ = in_attempt(cli)
    with pytest.raises(RefusedError, match="for a person to do"), open_ledger(project):
        pass
    with open_ledger(project, by_worker=True) as ledger:
        assert ledger.actor == "worker:shell-1"


def test_the_mark_of_an_attempt_that_is_over_is_nobodys(cli: CliHarness) -> None:
    """Whoever still has it in their environment is the person whose environment it is."""
    project, fence = in_attempt(cli)
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        assert ledger.fail(fence, Ending(Outcome.FAILED, "exit", "exit 1", exit_code=1))
    with open_ledger(project) as ledger:
        assert ledger.actor.startswith("user:")


def test_a_mark_of_another_repository_is_nobodys(cli: CliHarness, tmp_path: Path) -> None:
    """A worker that tries something out in a repository of its own is a person there."""
    project, _ = in_attempt(cli)
    other = make_repository(tmp_path / "other")
    there = find_project(other, project.environ)
    assert there.own_run is None
    with open_ledger(there, create=True) as ledger:
        assert ledger.actor.startswith("user:")
