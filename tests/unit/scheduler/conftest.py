"""A real run on a real repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.run_harness import RunHarness
from wf_tui.config import Timing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Give a repository in which plans can be run; programs get half a second of grace."""
    return RunHarness(tmp_path, Timing(grace=0.5))
