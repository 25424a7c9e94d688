"""What the system tells of processes: none is taken for another."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from wf_tui.processes import (
    is_alive,
    is_running,
    own_identity,
    process_ids,
    start_time,
    working_folders,
)


def test_a_process_is_known_by_more_than_its_number() -> None:
    """It lives only on this machine, since this boot, and with the same start time."""
    me = own_identity()
    assert is_alive(me)
    assert not is_alive(None)
    assert not is_alive(replace(me, pid_started="1"))
    assert not is_alive(replace(me, pid_started=""))
    assert not is_alive(replace(me, boot="another"))
    assert not is_alive(replace(me, host="elsewhere"))


def test_a_zombie_does_not_run() -> None:
    """A process that is dead but not yet waited for has no start time, and does not run."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as program:
        assert is_running(program.pid)
        assert start_time(program.pid)
        program.kill()
        os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        assert not is_running(program.pid)
        assert start_time(program.pid) is None
        assert program.pid in process_ids()


def test_a_name_with_brackets_and_spaces_does_not_shift_the_fields(tmp_path: Path) -> None:
    """The command's name stands before the fields, and may be anything."""
    program = tmp_path / "a) Z 1 (b"
    program.symlink_to("/bin/cat")
    with subprocess.Popen([program], stdin=subprocess.PIPE) as other:
        own = start_time(os.getpid())
        started = start_time(other.pid)
        assert own is not None
        assert started is not None
        assert int(started) >= int(own)


def test_the_folders_that_processes_work_in(tmp_path: Path) -> None:
    """A process that stands somewhere is seen there while it runs."""
    with subprocess.Popen(["cat"], cwd=tmp_path, stdin=subprocess.PIPE):
        assert tmp_path in (working_folders() or ())
    assert tmp_path not in (working_folders() or ())


def test_hidden_memory() -> None:
    """A process that hides its memory is not dumpable; what it starts is, or no sweep finds it."""
    asked = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)"
    code = (
        "import subprocess, sys; from wf_tui.processes import hide_memory; assert hide_memory()\n"
        f"{asked}\nsubprocess.run([sys.executable, '-c', {asked!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["0", "1"]
