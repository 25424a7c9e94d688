"""The room that a folder takes."""

from pathlib import Path

from wf_tui.git.usage import folder_size


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
