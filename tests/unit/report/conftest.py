"""A harness of the command line, with a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cli(tmp_path: Path) -> CliHarness:
    """Give a repository of one commit, and a state folder."""
    return CliHarness(tmp_path, make_repository(tmp_path / "repo"))
