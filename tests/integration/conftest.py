"""A harness with a repository, and nothing left behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[CliHarness]:
    """Give a repository of one commit and a state folder; runs that still go on are aborted."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    yield cli
    listed = cli.wf("runs", "--json")
    for run in json.loads(listed.stdout) if listed.returncode == 0 else ():
        if run["ended_at"] is None:
            cli.wf("abort", run["id"])
