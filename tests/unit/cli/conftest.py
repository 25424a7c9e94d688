"""A desk with a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk import Desk, make_repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a repository of one commit, and a state folder."""
    return Desk(tmp_path, make_repository(tmp_path / "repo"))
