"""What a worker locked, nested or renamed is deleted or opened, and no link is followed."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from wf_tui.git import erase as module
from wf_tui.git.erase import erase, make_readable


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_files_folders_and_links_are_deleted(tmp_path: Path) -> None:
    """Whatever a name is, it goes; what a link points to stays."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "kept").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "target")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "link", "fifo", "missing"):
        assert erase(os.fsencode(tmp_path / name))
    assert [entry.name for entry in tmp_path.iterdir()] == ["target"]
    assert (tmp_path / "target" / "kept").exists()


@pytest.mark.parametrize("count", [module._FEW - 1, module._FEW, 2 * module._FEW])
def test_small_folders_go_without_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """To start `rm` takes longer than a few names do; it has what is left of a larger folder."""
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    for number in range(count):
        (tmp_path / "folder" / "deep" / str(number)).touch()
    started, real = list[object](), subprocess.run

    def noting(*words: Any, **named: Any) -> object:
        started.append(words)
        return real(*words, **named)

    monkeypatch.setattr(subprocess, "run", noting)
    assert erase(os.fsencode(tmp_path / "folder"))
    assert list(tmp_path.iterdir()) == []
    assert bool(started) is (count >= module._FEW)


def test_a_path_that_cannot_be_reached_is_not_gone(tmp_path: Path) -> None:
    """An error other than "not there" is no success."""
    assert not erase(os.fsencode(tmp_path) + b"/" + b"x" * 5000)


def test_a_locked_folder_is_opened_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When `rm` fails, modes are set and it is tried once more."""
    folder, tries = tmp_path / "locked", [1]
    folder.mkdir(mode=0o000)
    rm = module._erase_folder
    monkeypatch.setattr(
        module, "_erase_folder", lambda p: False if tries and tries.pop() else rm(p)
    )
    assert erase(os.fsencode(folder))
    assert not folder.exists()


def test_only_what_is_locked_is_opened(tmp_path: Path) -> None:
    """Folders get 755, files become readable, all else keeps its mode; links are not followed."""
    outside = tmp_path / "outside"
    outside.touch(mode=0o000)
    top = tmp_path / "top"
    (top / "locked").mkdir(parents=True)
    (top / "locked" / "file").touch(mode=0o100)
    (top / "open").touch(mode=0o640)
    (top / "link").symlink_to(outside)
    (top / "locked").chmod(0o000)
    make_readable(os.fsencode(top))
    assert _mode(top / "locked") == 0o755
    assert _mode(top / "locked" / "file") == 0o700
    assert _mode(top / "open") == 0o640
    assert _mode(outside) == 0o000


def test_a_folder_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """What cannot be opened is passed over."""
    make_readable(os.fsencode(tmp_path / "missing"))
    assert list(tmp_path.iterdir()) == []
