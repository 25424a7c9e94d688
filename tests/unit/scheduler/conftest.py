"""A real run on a real repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.run_harness import RunHarness
from wf_tui.config import Timing
from wf_tui.git.control.control import open_control
from wf_tui.project import open_reads
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Give a repository in which plans can be run; programs get half a second of grace."""
    return RunHarness(tmp_path, Timing(grace=0.5))


@pytest.fixture
def legal(harness: RunHarness) -> Iterator[None]:
    """Judge the whole log of each run, by rules that are not the ledger's."""
    yield
    with open_reads(harness.project) as db:
        control = open_control(harness.project.paths.run(harness.run))
        assert verify_run(db, harness.run, control).violations == ()
