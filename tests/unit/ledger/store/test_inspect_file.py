"""A ledger's file is judged without a change to it."""

from pathlib import Path

import apsw
import pytest

from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.inspect_file import inspect_file
from wf_tui.ledger.store.store import StoreState


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """Make a ledger and return its file."""
    path = tmp_path / "ledger.db"
    SqliteDatabase(path, create=True).close()
    return path


def _say(path: Path, sql: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(sql)
    connection.close()


def test_a_whole_ledger_is_ok(path: Path) -> None:
    """With its journal."""
    found = inspect_file(path)
    assert (found.state, found.journal) == (StoreState.OK, "wal")


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    """A repository without runs has none."""
    assert inspect_file(tmp_path / "none").state is StoreState.ABSENT


def test_one_without_content_is_no_fault(tmp_path: Path) -> None:
    """There was no room for more when it was made; after runs it would be one."""
    path = tmp_path / "ledger.db"
    path.touch()
    assert inspect_file(path).state is StoreState.ABSENT
    (tmp_path / "runs" / "abc").mkdir(parents=True)
    assert inspect_file(path).state is not StoreState.ABSENT


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("PRAGMA user_version = 99", StoreState.UNKNOWN),
        ("PRAGMA user_version = 0", StoreState.UNKNOWN),
        ("PRAGMA user_version = 1", StoreState.OLDER),
        ("PRAGMA application_id = 7", StoreState.FOREIGN),
    ],
)
def test_another_format_is_named(path: Path, sql: str, state: StoreState) -> None:
    """What to do is said too."""
    _say(path, sql)
    found = inspect_file(path)
    assert found.state is state
    assert found.hint


def test_a_text_is_no_ledger(path: Path) -> None:
    """And it is left as it is."""
    path.write_bytes(b"hello" * 1000)
    before = path.read_bytes()
    assert inspect_file(path).state is StoreState.FOREIGN
    assert path.read_bytes() == before


def test_damage_is_found(path: Path) -> None:
    """A page of noise in the middle; the file is left as it is."""
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xa5" * 4096
    path.write_bytes(content)
    assert inspect_file(path).state is StoreState.DAMAGED
    assert path.read_bytes() == bytes(content)


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    """What is no file at all is named."""
    assert inspect_file(tmp_path).state is StoreState.UNUSABLE
