"""Real runs on real repositories, and what goes wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from wf_tui.config import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator


HERE = Path(__file__).parent
QUICK = frozenset({"test_mutants.py", "test_attacks.py"})
"""Of these files what is not slow is asked with every change."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the faults to `-m slow`: real runs, real kills, waiting for what must not happen."""
    for item in items:
        if item.path.parent == HERE and item.path.name not in QUICK:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[RunHarness]:
    """Give a repository in which plans can be run; in the end each promise has to be kept."""
    one = RunHarness(tmp_path, Timing(grace=0.5))
    yield one
    assert violations(one) == set()


@pytest.fixture
def tampered(tmp_path: Path) -> RunHarness:
    """Give one whose run somebody will tamper with, so that promises are broken."""
    return RunHarness(tmp_path, Timing(grace=0.5))
