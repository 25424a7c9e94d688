"""The room that a folder takes, and what is left of it."""

import os
from pathlib import Path

import pytest

from wf_tui.disk_space import folder_size, is_full, is_low, is_too_full_for_ledger


def test_all_below_a_folder_counts_and_no_link_is_followed(tmp_path: Path) -> None:
    """Files at any depth; what a link points to lies somewhere else."""
    (tmp_path / "big").write_bytes(b"x" * 100_000)
    top = tmp_path / "top"
    (top / "deep").mkdir(parents=True)
    before = folder_size(top)
    (top / "deep" / "file").write_bytes(b"x" * 20_000)
    (top / "link").symlink_to(tmp_path / "big")
    (top / "up").symlink_to(tmp_path)
    assert 20_000 <= folder_size(top) - before < 100_000
    assert folder_size(tmp_path / "big") >= 100_000
    assert folder_size(tmp_path / "none") == 0


def test_a_disk_with_room_is_not_full(tmp_path: Path) -> None:
    """A folder that is not there has no disk to be full."""
    assert not is_full(tmp_path)
    assert not is_full(tmp_path / "none")
    assert not is_too_full_for_ledger(tmp_path)
    assert not is_too_full_for_ledger(tmp_path / "none")


def test_a_disk_with_a_block_left_is_too_full_for_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of one block may still fit where no transaction does."""
    room = os.statvfs_result((4096, 4096, 100, 2, 2, 100, 9, 9, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _folder: room)
    assert is_too_full_for_ledger(tmp_path)
    assert not is_full(tmp_path)


@pytest.mark.parametrize(("blocks", "low"), [(65_535, True), (65_536, False)])
def test_a_disk_is_low_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, *, low: bool
) -> None:
    """From 256 MB on; a folder that is not there has no disk."""
    room = os.statvfs_result((4096, 4096, 10**6, blocks, blocks, 100, 9, 9, 0, 255))
    assert not is_low(tmp_path / "none")
    monkeypatch.setattr(os, "statvfs", lambda _folder: room)
    assert is_low(tmp_path) is low
    assert not is_too_full_for_ledger(tmp_path)
