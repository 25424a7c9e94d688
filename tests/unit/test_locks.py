"""Lock files that the kernel frees."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wf_tui.locks import held, held_if_free, is_held, open_lock, try_lock, unlock

HOLDER = """
import pathlib, sys
from wf_tui.locks import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    """Who opens the file anew is somebody else, in the same process, too."""
    path = tmp_path / "lock"
    with held(path), held_if_free(path) as second:
        assert not second
        assert is_held(path)
    with held_if_free(path) as third:
        assert third
    assert not is_held(path)


def test_a_lock_can_be_given_back_and_its_handle_kept(tmp_path: Path) -> None:
    """What has the file open may take the lock again without opening it."""
    handle = open_lock(tmp_path / "lock")
    assert try_lock(handle)
    unlock(handle)
    assert not is_held(tmp_path / "lock")
    assert try_lock(handle)
    os.close(handle)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """The kernel frees it; nobody has to clean up."""
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_held(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert not is_held(path)


def test_asking_makes_no_file(tmp_path: Path) -> None:
    """A lock that was never made is held by nobody."""
    assert not is_held(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_lock_is_no_link(tmp_path: Path) -> None:
    """A link in its place is refused, and what it names is not made."""
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        open_lock(tmp_path / "lock")
    assert not (tmp_path / "elsewhere").exists()
