"""Exit files: what is read back, and what is not believed."""

from pathlib import Path

import pytest

from wf_tui.workers.protocol import ProgramExit
from wf_tui.workers.shim.exit_file import program_exit, read_exit


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'"x"'])
def test_damaged_file_counts_as_absent(tmp_path: Path, content: bytes) -> None:
    """After a power cut the file may be empty or cut; then nothing is known."""
    path = tmp_path / "exit.json"
    path.write_bytes(content)
    assert read_exit(path) is None


def test_missing_file(tmp_path: Path) -> None:
    """Without the file nothing is known."""
    assert read_exit(tmp_path / "exit.json") is None


def test_fields_of_the_wrong_kind() -> None:
    """A field of the wrong kind counts as absent, never as success."""
    ended = program_exit({"code": "0", "signal": True, "tail": 7, "bytes": None, "cause": 1})
    assert ended == ProgramExit()
    assert not ended.succeeded


def test_unclean_end_is_no_success() -> None:
    """Exit status 0 with a process that cannot be killed is no success."""
    assert program_exit({"code": 0, "clean": True}).succeeded
    assert not program_exit({"code": 0, "clean": False}).succeeded
