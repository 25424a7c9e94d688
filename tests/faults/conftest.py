"""Real runs on real repositories, and what goes wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.aftermath import violations
from tests.unit.scheduler.arena import Arena
from wf_tui.config import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def arena(tmp_path: Path) -> Iterator[Arena]:
    """Give a repository in which plans can be run; in the end each promise has to be kept."""
    one = Arena(tmp_path, Timing(grace=0.5))
    yield one
    assert violations(one) == set()


@pytest.fixture
def tampered(tmp_path: Path) -> Arena:
    """Give one whose run somebody will tamper with, so that promises are broken."""
    return Arena(tmp_path, Timing(grace=0.5))
