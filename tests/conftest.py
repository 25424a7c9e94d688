"""What holds for all tests."""

from __future__ import annotations

import os

import pytest

pytest.register_assert_rewrite("tests.support")
pytest_plugins = ["tests.support.strict_skips", "tests.support.agents.results"]


@pytest.hookimpl(optionalhook=True)  # a mutant's test runs without the plug-in
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` makes: three for two cores.

    Half of a test's time is waiting: for a program, for a screen to come to rest.
    """
    cores = len(os.sched_getaffinity(0))
    return cores + cores // 2
