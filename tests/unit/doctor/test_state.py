"""What is said of the state directory is so."""

from pathlib import Path

import pytest

from tests.support.disk import small_disk
from tests.support.ledger_locks import on_a_disk
from tests.support.unprivileged import as_nobody
from wf_tui.doctor.finding import Level
from wf_tui.doctor.state import lanes_state, state_folder
from wf_tui.ledger.stores import open_lanes


def test_a_private_folder_is_well(tmp_path: Path) -> None:
    """With the file system, and how a ledger there is journalled."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    found = state_folder(folder)
    assert (found.level, found.detail["mode"]) == (Level.OK, "0700")
    assert found.detail["journal"] in {"WAL", "DELETE"}


def test_lanes_that_cannot_be_shared_are_noted(tmp_path: Path) -> None:
    """Each run keeps them for itself then; before the first agent there are none."""
    assert lanes_state(tmp_path).text == "no provider was asked yet"
    open_lanes(tmp_path / "lanes.db").db.close()
    assert lanes_state(tmp_path).level is Level.OK
    (tmp_path / "lanes.db").write_bytes(b"something else" * 99)
    found = lanes_state(tmp_path)
    assert (found.level, "for itself" in found.text) == (Level.NOTE, True)


def test_a_network_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why the journal is the slower one is said, too."""
    on_a_disk(monkeypatch, "nfs4")
    found = state_folder(tmp_path / "state")
    assert (found.level, found.detail["journal"]) == (Level.OK, "DELETE")
    assert "on nfs4, journal DELETE, since a write-ahead log is not safe there" in found.text


def test_a_folder_that_others_can_read_is_noted(tmp_path: Path) -> None:
    """And left as it is."""
    tmp_path.chmod(0o755)
    found = state_folder(tmp_path)
    assert (found.level, found.hint) == (Level.NOTE, f"chmod 700 {tmp_path}")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_disk_that_starts_no_programs_is_noted(tmp_path: Path) -> None:
    """What a task builds in its worktree could not be run there."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    with small_disk(folder, 300 << 10, "noexec"):
        found = state_folder(folder)
    assert (found.level, found.hint) == (Level.NOTE, "set WF_STATE_DIR to a folder elsewhere")
    assert "mounted noexec" in found.text


def test_a_folder_that_others_can_write_is_a_problem(tmp_path: Path) -> None:
    """Nothing is kept there."""
    tmp_path.chmod(0o777)
    found = state_folder(tmp_path)
    assert (found.level, found.hint) == (Level.PROBLEM, f"chmod go-w {tmp_path}")


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """It is made when it is needed, which has to be possible."""
    assert state_folder(tmp_path / "a" / "b").level is Level.OK
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").touch()
    assert state_folder(tmp_path / "file" / "state").level is Level.PROBLEM


def test_a_folder_that_cannot_be_written_is_a_problem() -> None:
    """The hint says how to have another one."""
    with as_nobody() as folder:
        assert state_folder(folder).level is Level.OK
        folder.chmod(0o500)
        found = state_folder(folder)
    assert (found.level, found.text) == (Level.PROBLEM, f"{folder} cannot be written")
    assert "WF_STATE_DIR" in found.hint
