"""A desk with a repository, and nothing left behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.desk import Desk, make_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a repository of one commit and a state folder; runs that still go on are aborted."""
    desk = Desk(tmp_path, make_repository(tmp_path / "repo"))
    yield desk
    listed = desk.wf("runs", "--json")
    for run in json.loads(listed.stdout) if listed.returncode == 0 else ():
        if run["ended_at"] is None:
            desk.wf("abort", run["id"])
