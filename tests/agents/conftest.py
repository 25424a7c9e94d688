"""A harness for one real agent, with its scripted model."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.agents.harness import AgentHarness, Seat
from tests.support.cli_harness import make_repository
from tests.support.model_server.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test has failed, for what it leaves."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Serve the model."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def agent(
    seat: Seat, server: ModelServer, request: pytest.FixtureRequest
) -> Iterator[AgentHarness]:
    """Give a repository, a state folder and a profile; the folder of a failed test is kept."""
    # Not below /tmp: codex keeps its helper programs out of there, and a state folder is not there.
    root = Path(tempfile.mkdtemp(prefix="wf-agents-", dir="/var/tmp"))
    harness = AgentHarness(root, make_repository(root / "repo"), seat, server)
    harness.configure()
    yield harness
    harness.wf("abort")
    if request.node.stash.get(_FAILED, False):
        print(f"kept: {root}")  # noqa: T201 - where to look
    else:
        shutil.rmtree(root, ignore_errors=True)
