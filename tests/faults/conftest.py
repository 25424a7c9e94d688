"""Real runs on real repositories, and what goes wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.scheduler.arena import Arena
from wf_tui.config import Timing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def arena(tmp_path: Path) -> Arena:
    """Give a repository in which plans can be run; programs get half a second of grace."""
    return Arena(tmp_path, Timing(grace=0.5))
