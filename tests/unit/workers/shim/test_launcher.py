"""Programs under shims: how they are started, what they say, how they end."""

import asyncio
import dataclasses
import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.log_text import printed
from tests.support.session_probe import Events
from tests.unit.workers.conftest import MakeProgram, Witness, stopped
from wf_tui.workers.protocol import Alive, Output, Started
from wf_tui.workers.shim.exit_file import read_exit
from wf_tui.workers.shim.launcher import Launcher


def _descriptors(pid: int | str = "self") -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def test_exit_status_and_output(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A program's exit status, merged output and start are reported."""
    program = shell("echo out; echo err >&2; exit 3")
    ended = await launcher.run(program, events)
    assert (ended.code, ended.signal, ended.cause, ended.error) == (3, None, None, None)
    assert ended.tail == "out\nerr\n"
    assert json.loads(program.exit_file.read_bytes())["bytes"] == 8
    assert isinstance(events[0], Started)


async def test_log_and_exit_file(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """The log holds the output, and the exit file says what `run` returned."""
    program = shell("echo hello")
    ended = await launcher.run(program, events)
    assert printed(program.log) == "hello\n"
    assert read_exit(program.exit_file) == ended
    assert {path.stat().st_mode & 0o777 for path in (program.log, program.exit_file)} == {0o600}


async def test_times_of_the_exit(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """The exit knows when the program started and ended."""
    ended = await launcher.run(shell("true"), events)
    assert ended.started_at is not None
    assert ended.ended_at is not None
    assert 0 <= ended.ended_at - ended.started_at < 20


async def test_no_input(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """A program that reads its input gets end-of-file at once."""
    assert (await launcher.run(shell("cat; echo done"), events)).tail == "done\n"


async def test_working_directory(
    launcher: Launcher, program: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """The program runs in the given folder, whatever its name."""
    odd = tmp_path / "a b\n\udcffü"
    odd.mkdir()
    printed = "import os; print(ascii(os.getcwd()))"
    given = dataclasses.replace(program((sys.executable, "-c", printed)), folder=odd)
    assert (await launcher.run(given, events)).tail == f"{str(odd)!a}\n"


async def test_environment_is_what_was_given(
    launcher: Launcher, program: MakeProgram, events: Events, mark: str
) -> None:
    """Nothing of the scheduler's environment is passed on, only the mark is added."""
    given = dataclasses.replace(
        program(("env",)), environment={"PATH": "/usr/bin:/bin", "NAME": "a\nb ü"}
    )
    ended = await launcher.run(given, events)
    lines = ["NAME=a", "PATH=/usr/bin:/bin", f"WF_ATTEMPT={mark}", "b ü"]
    assert sorted(ended.tail.splitlines()) == lines


async def test_program_is_found_on_the_given_path(
    launcher: Launcher, program: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """A bare name is looked up in the PATH of the given environment."""
    tool = tmp_path / "bin" / "my-tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho found\n")
    tool.chmod(0o755)
    given = dataclasses.replace(program(("my-tool",)), environment={"PATH": str(tool.parent)})
    assert (await launcher.run(given, events)).tail == "found\n"


async def test_no_descriptor_leaks_into_the_program(
    launcher: Launcher, program: MakeProgram, events: Events
) -> None:
    """The program has input and output only: it can reach neither channel nor life line."""
    listing = "import os; print(*sorted(os.listdir('/proc/self/fd')))"
    ended = await launcher.run(program((sys.executable, "-c", listing)), events)
    assert ended.tail.split() == ["0", "1", "2", "3"]  # 3 is the listing itself


async def test_signals_are_as_usual(
    launcher: Launcher, program: MakeProgram, events: Events
) -> None:
    """The program ignores and blocks no signal, though the shim does."""
    ended = await launcher.run(program(("grep", "-E", "Sig(Ign|Blk)", "/proc/self/status")), events)
    masks = [int(line.split()[1], 16) for line in ended.tail.splitlines()]
    own_of_the_c_library = 1 << 31 | 1 << 32
    assert [mask & ~own_of_the_c_library for mask in masks] == [0, 0]


async def test_own_session_and_usual_umask(
    launcher: Launcher, program: MakeProgram, events: Events
) -> None:
    """The program leads a session of its own and makes files with the usual modes."""
    code = "import os; print(os.getsid(0) == os.getpid(), os.umask(0))"
    umask = os.umask(0o022)
    os.umask(umask)
    ended = await launcher.run(program((sys.executable, "-c", code)), events)
    assert ended.tail == f"True {umask}\n"


async def test_missing_program(launcher: Launcher, program: MakeProgram, events: Events) -> None:
    """A program that does not exist is a failed start, with its name."""
    ended = await launcher.run(program(("no-such-program",)), events)
    assert (ended.code, ended.cause) == (None, "spawn")
    assert ended.error == "No such file or directory: no-such-program"
    assert not events


async def test_missing_folder(
    launcher: Launcher, shell: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """A working directory that does not exist is a failed start, with its name."""
    gone = dataclasses.replace(shell("true"), folder=tmp_path / "gone")
    ended = await launcher.run(gone, events)
    assert ended.cause == "spawn"
    assert ended.error == f"No such file or directory: {tmp_path / 'gone'}"


async def test_nul_in_an_argument(launcher: Launcher, program: MakeProgram, events: Events) -> None:
    """An argument that no program can be given is a failed start."""
    ended = await launcher.run(program(("echo", "a\0b")), events)
    assert (ended.cause, ended.error) == ("spawn", "embedded null byte")


async def test_log_that_cannot_be_written(
    launcher: Launcher, shell: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """Without a place for its log nothing is started."""
    ended = await launcher.run(dataclasses.replace(shell("true"), log=tmp_path), events)
    assert ended.cause == "spawn"
    assert "File exists" in (ended.error or "")


async def test_log_does_not_follow_a_link(
    launcher: Launcher, shell: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """A link in place of the log is replaced: a worker could have planted it."""
    program = shell("echo x")
    program.log.symlink_to(tmp_path / "victim")
    assert (await launcher.run(program, events)).code == 0
    assert not (tmp_path / "victim").exists()
    assert printed(program.log) == "x\n"


async def test_planted_pipes_do_not_block(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """FIFOs in place of log and exit file, and the death of the shim, block nobody."""
    program = shell("exit 0")
    planted = f"cd {program.log.parent}; rm *; mkfifo {program.log.name} {program.exit_file.name}"
    ended = await launcher.run(shell(f"{planted}; kill -9 $PPID; sleep 1000"), events)
    assert ended.lost
    assert printed(program.log) == ""
    assert (await launcher.run(program, events)).code == 0
    assert read_exit(program.exit_file) is not None


async def test_request_of_any_size(
    launcher: Launcher, program: MakeProgram, events: Events
) -> None:
    """A request much larger than a socket's buffer arrives."""
    big = {f"BIG{number}": "x" * 100_000 for number in range(15)}
    given = program(("sh", "-c", "echo ${#BIG14}"))
    given = dataclasses.replace(given, environment={**given.environment, **big})
    assert (await launcher.run(given, events)).tail == "100000\n"


async def test_output_is_reported_as_it_comes(
    launcher: Launcher, shell: MakeProgram, events: Events, witness: Witness
) -> None:
    """Output becomes an event while the program runs."""
    command = f"exec 9>{witness.path}; echo hello; echo up >&9; sleep 1000"
    program = shell(command, grace=0.0)
    running = asyncio.create_task(launcher.run(program, events))
    assert await events.first(Output) == Output(6)
    assert (await stopped(running, program)).signal == 9


async def test_output_events_are_rare(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A flood of output becomes at most four events a second."""
    ended = await launcher.run(shell("for i in 1 2 3 4 5 6 7 8 9; do echo $i; done"), events)
    reports = [event for event in events if isinstance(event, Output)]
    seconds = (ended.ended_at or 0) - (ended.started_at or 0)
    assert len(reports) <= 1 + 4 * seconds


async def test_silent_program_is_reported_alive(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A program that says nothing is still known to exist."""
    program = shell("sleep 1000")
    running = asyncio.create_task(launcher.run(program, events))
    await events.first(Alive)
    await stopped(running, program)


async def test_closed_output(
    launcher: Launcher, shell: MakeProgram, events: Events, tmp_path: Path
) -> None:
    """A program that closes its output goes on until its own end."""
    command = f"exec >&- 2>&-; echo more > {tmp_path}/file; exit 4"
    assert (await launcher.run(shell(command), events)).code == 4
    assert (tmp_path / "file").read_text() == "more\n"


async def test_hundred_megabytes_without_a_newline(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """A flood is drained and counted; of it the log keeps what its cap allows."""
    program = shell("head -c 100000000 /dev/zero; printf end", output_bytes=100_000)
    ended = await launcher.run(program, events)
    text = printed(program.log)
    assert ended.code == 0
    assert json.loads(program.exit_file.read_bytes())["bytes"] == 100_000_003
    assert text.endswith("\0end")
    assert "[wf: 99900003 bytes left out]" in text
    assert len(text) < 100_100


async def test_binary_output(launcher: Launcher, program: MakeProgram, events: Events) -> None:
    """Bytes that are no text, and escape sequences, leave the log readable, line by line."""
    code = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 300 + b'\\x1b[31mred\\xff')"
    given = program((sys.executable, "-c", code))
    ended = await launcher.run(given, events)
    assert ended.tail.endswith("\x1b[31mred\ufffd")
    assert len(ended.tail) == 4000
    for line in given.log.read_bytes().split(b"\n")[:-1]:
        assert set(json.loads(line)) == {"at", "text"}


async def test_stale_exit_file_is_not_believed(
    launcher: Launcher, shell: MakeProgram, events: Events
) -> None:
    """The exit file of an earlier program is gone as soon as the next one runs."""
    await launcher.run(shell("exit 5"), events)
    program = shell("kill -9 $PPID; sleep 1000")
    ended = await launcher.run(program, events)
    assert ended.lost
    assert not program.exit_file.exists()


async def test_many_quick_programs(launcher: Launcher, shell: MakeProgram, events: Events) -> None:
    """Two hundred programs, eight at a time, leave no descriptor and no process."""
    limit = asyncio.Semaphore(8)

    async def one(number: int) -> int | None:
        async with limit:
            ended = await launcher.run(shell(f"exit {number % 100}", f"{number}"), events)
            return ended.code

    await one(0)
    before = _descriptors()
    codes = await asyncio.gather(*(one(number) for number in range(200)))
    assert codes == [number % 100 for number in range(200)]
    assert _descriptors() == before


async def test_parent_holds_no_descriptor_of_past_attempts(
    shell: MakeProgram, events: Events
) -> None:
    """The shim parent's descriptors do not grow with the attempts."""
    async with Launcher() as launcher:

        async def held() -> int:
            # The parent closes a channel after its shim's death; the next request comes later.
            await launcher.run(shell("true"), events)
            await launcher.run(shell("true"), events)
            return _descriptors(launcher.parent_pid)

        before = await held()
        for _ in range(10):
            await launcher.run(shell("true"), events)
        assert abs(await held() - before) <= 2


@pytest.mark.parametrize("code", ["exit 0", "exit 1"])
async def test_same_mark_again(
    launcher: Launcher, shell: MakeProgram, events: Events, code: str
) -> None:
    """A mark can be used again, for a gate after its program, say."""
    assert (await launcher.run(shell("exit 9"), events)).code == 9
    assert (await launcher.run(shell(code), events)).code == int(code[-1])
