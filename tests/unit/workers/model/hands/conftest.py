"""A tree, and hands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.file_calls import FileCalls
from tests.support.hands_process import HandsProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return an empty folder that is the tree."""
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


@pytest.fixture
def files(tree: Path) -> FileCalls:
    """Return calls about files of the tree."""
    return FileCalls(tree)


@pytest.fixture
def hands(tree: Path) -> Iterator[HandsProcess]:
    """Give hands that may write in the tree."""
    with HandsProcess(tree) as process:
        yield process
