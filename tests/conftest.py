"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import sys

import pytest

pytest.register_assert_rewrite("tests.support")
pytest_plugins = ["tests.support.strict_skips", "tests.support.agents.results"]


def pytest_configure(config: pytest.Config) -> None:
    """Let no property test depend on how busy the machine is, nor take long by itself."""
    # Not for a mutant's test, which runs without the plug-in: importing it takes long, and what
    # is compiled of a mutant is not kept.
    if config.pluginmanager.hasplugin("hypothesispytest"):
        from hypothesis import HealthCheck, settings  # noqa: PLC0415 - see above

        busy = [HealthCheck.too_slow, HealthCheck.data_too_large]
        settings.register_profile("wf", max_examples=50, deadline=None, suppress_health_check=busy)
        settings.load_profile("wf")
        # Where a container forbids it (PYTHONDONTWRITEBYTECODE), each process of wf that a test
        # starts, and each process of pytest, would compile all that it imports anew. What the
        # variable says to the programs of tasks stays as it is.
        sys.dont_write_bytecode = False


def pytest_collection() -> None:
    """Look for no garbage while thousands of tests and all modules come in: there is none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what comes later alone: all of it took a quarter of each test."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)  # a mutant's test runs without the plug-in
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` makes: three for two cores.

    Half of a test's time is waiting: for a program, for a screen to come to rest.
    """
    cores = len(os.sched_getaffinity(0))
    return cores + cores // 2
