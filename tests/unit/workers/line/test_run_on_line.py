"""A program on its line, under a real shim: what it says, is answered, and cannot do."""

import asyncio
import dataclasses
import errno
import os
import sys
from pathlib import Path

import pytest

from tests.support.session_probe import SessionProbe
from tests.unit.workers.conftest import MakeProgram, Witness
from wf_tui.workers.line.grammar import (
    Answer,
    Heard,
    Message,
    Other,
    PersonMessage,
    Question,
    Result,
    Usage,
    Verdict,
)
from wf_tui.workers.line.run_on_line import run_on_line
from wf_tui.workers.protocol import Alive, Started
from wf_tui.workers.shim.launcher import Launcher, Program

ASK = r"""printf '{"ev":"question","id":"1","text":"Deploy?"}\n' >&3; read -r answer <&3"""


def driver(program: MakeProgram, name: str) -> Program:
    """Return a program that is a function of `tests.support.line_drivers`."""
    return dataclasses.replace(program(()), call=f"tests.support.line_drivers:{name}")


async def test_what_is_said_arrives_in_its_order(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """Events come as they were said, and the last words of a program that ends at once, too."""
    command = r"""
    for i in 1 2 3; do printf '{"ev":"message","text":"%s"}\n' $i >&3; done
    printf '{"ev":"result","summary":"done","verdict":"pass"}\n' >&3
    printf '{"ev":"verdict","ok":true,"text":"bye"}\n{"ev":"message","text":"late"}\n' >&3
    """
    run = await run_on_line(launcher, shell(command), session)
    verdict, result = Verdict(ok=True, text="bye"), Result("done", (), "pass")
    assert session.said == [Message("1"), Message("2"), Message("3"), result, verdict]
    assert (run.verdict, run.result, run.program.succeeded) == (verdict, result, True)


async def test_the_line_is_named(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """A program is told which descriptor is its line, and gets no other of wf's."""
    command = 'echo "$WF_LINE" /proc/self/fd/*'
    run = await run_on_line(launcher, shell(f"exec 9</dev/null; {command}"), session)
    numbers = [word.rpartition("/")[2] for word in run.program.tail.split()]
    assert numbers[:5] == ["3", "0", "1", "2", "3"]
    assert set(numbers[5:]) <= {"4", "9", "10"}


async def test_a_question_is_answered(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """The program reads the answer from the line that it asked on, and that is told."""
    session.answers.put_nowait(Answer("1", "y", "allow_once"))
    run = await run_on_line(launcher, shell(f'{ASK}; echo "$answer"'), session)
    assert '"option": "y"' in run.program.tail
    assert session.said == [Question("1", "Deploy?")]
    assert session.delivered_answers == [Answer("1", "y", "allow_once")]


async def test_nobody_answers(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """A question that nobody will answer gets an answer without a word."""
    session.answers.put_nowait(None)
    run = await run_on_line(launcher, shell(f'{ASK}; echo "$answer"'), session)
    assert '"option": null, "kind": null, "text": null' in run.program.tail


async def test_the_time_limit_stands_still_while_a_person_is_asked(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """A program over its limit is ended; the time in which it waits for a person is not counted."""
    running = asyncio.create_task(
        run_on_line(launcher, shell(f"{ASK}; sleep 1000", seconds=0.3, grace=0.1), session)
    )
    await session.said.first(Question)
    started = await session.noted.first(Started)
    # So many signs of life take twice as long as the limit.
    await session.noted.first(Alive, 12)
    assert not running.done()
    os.kill(started.pid, 0)
    session.answers.put_nowait(Answer("1", text="no"))
    assert (await running).program.cause == "time_limit"


async def test_the_ninth_open_question_is_not_asked(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """Eight are asked; what is one more is answered at once by nobody."""
    command = r"""
    for i in 1 2 3 4 5 6 7 8 9; do printf '{"ev":"question","id":"%s","text":"?"}\n' $i >&3; done
    read -r answer <&3; echo "$answer"
    """
    run = await run_on_line(launcher, shell(command), session)
    assert '"id": "9", "option": null' in run.program.tail
    assert sum(isinstance(event, Question) for event in session.said) == 8


async def test_the_attempt_ends_with_its_program(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, witness: Witness
) -> None:
    """A child that holds the line open does not: it is ended, and what it said is heard."""
    command = f"""
    exec 9>{witness.path}
    (printf '{{"ev":"message","text":"child"}}\\n' >&3; echo ready >&9; exec sleep 1000) &
    read -r word <&3
    """
    running = asyncio.create_task(run_on_line(launcher, shell(command), session, hears=True))
    await session.said.first(Message)
    session.written.put_nowait(PersonMessage("m", "ann", "go on"))
    run = await running
    assert run.program.left_running == 1
    await witness.all_dead()


async def test_messages_come_down_where_they_are_heard(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """What persons write is read on the line; at the end of it the program is told so."""
    session.written.put_nowait(PersonMessage("m", "ann", "hello"))
    session.written.put_nowait(None)
    command = 'read -r a <&3; read -r b <&3; echo "$a$b"'
    run = await run_on_line(launcher, shell(command), session, hears=True)
    expected = '{"ev": "message", "id": "m", "by": "ann", "text": "hello"}{"ev": "end"}\n'
    assert run.program.tail == expected


async def test_only_what_was_said_is_heard(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """A message is heard once, and one that nobody sent is not."""
    session.written.put_nowait(PersonMessage("m", "ann", "hello"))
    command = (
        r"""read -r a <&3; for i in z m m; do printf '{"ev":"heard","id":"%s"}\n' $i >&3; done"""
    )
    await run_on_line(launcher, shell(command), session, hears=True)
    assert session.said == [Heard("m")]


async def test_a_stop_is_told(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """A program that is stopped reads `cancel`, and what it says in its grace is heard."""
    command = r"""
    trap '' TERM
    printf '{"ev":"message","text":"up"}\n' >&3; read -r word <&3
    case $word in *cancel*) printf '{"ev":"usage","input":7}\n' >&3;; esac
    """
    running = asyncio.create_task(run_on_line(launcher, shell(command, grace=20.0), session))
    await session.said.first(Message)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert session.said[-1] == Usage(7)


async def test_garbage_and_floods(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """Bytes without sense and a line of 100 MB are dropped, and what follows is heard."""
    code = """
import os
os.write(3, b"\\xff\\x00{\\n[1]\\n")
block = b"x" * (1 << 20)
for _ in range(100):
    left = block
    while left:
        left = left[os.write(3, left):]
os.write(3, b'\\n{"ev":"verdict","ok":false,"why":"tired"}\\n')
"""
    run = await run_on_line(launcher, program((sys.executable, "-c", code)), session)
    assert run.verdict == Verdict(ok=False, why="tired")
    kinds = [event.kind for event in session.said if isinstance(event, Other)]
    assert kinds == ["bad_line"] * 3


async def test_a_flood_makes_its_program_wait(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """A program that says a million things is held up by its own socket, not the scheduler."""
    code = """
import os
line = b'{"ev":"message","text":"x"}\\n' * 1000
while True:
    os.write(3, line)
"""
    flood = program((sys.executable, "-c", code), grace=0.0)
    running = asyncio.create_task(run_on_line(launcher, flood, session))
    await session.said.first(Message, 1500)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # What lay in the socket when it was killed, and no more.
    assert len(session.said) < 50_000


async def test_a_program_that_never_reads_holds_nothing_up(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """Messages that nobody reads fill a socket, and the attempt ends all the same."""
    for number in range(100):
        session.written.put_nowait(PersonMessage(f"m{number}", "ann", "x" * 60_000))
    command = r"""printf '{"ev":"message","text":"up"}\n' >&3; sleep 1000"""
    running = asyncio.create_task(run_on_line(launcher, shell(command), session, hears=True))
    await session.said.first(Message)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_session_that_fails_ends_the_program(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, witness: Witness
) -> None:
    """Where nothing can be recorded any more the program is stopped, and the error goes on."""
    session.error = OSError(errno.EIO, "ledger")
    command = f"""
    exec 9>{witness.path}
    printf '{{"ev":"message","text":"up"}}\\n' >&3; sleep 1000
    """
    with pytest.raises(OSError, match="ledger"):
        await run_on_line(launcher, shell(command), session)
    await witness.all_dead()


async def test_no_secret_comes_up(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram
) -> None:
    """What a program says has none of its secrets, neither whole nor in pieces."""
    command = r"""
    printf '{"ev":"message","text":"a sesame-1234 b"}\n' >&3
    printf '{"ev":"message","text":"a sesa","delta":true}\n' >&3
    printf '{"ev":"message","text":"me-1234 b","delta":true}\n' >&3
    """
    secret = dataclasses.replace(shell(command), secrets={"sesame-1234": "KEY"})
    await run_on_line(launcher, secret, session)
    whole, *pieces = (event.text for event in session.said)
    assert whole == "".join(pieces) == "a [redacted KEY] b"


async def test_standard_input_is_a_file(
    launcher: Launcher, session: SessionProbe, shell: MakeProgram, tmp_path: Path
) -> None:
    """A prompt comes as standard input; a link in its place is not followed."""
    prompt = tmp_path / "prompt.md"
    prompt.write_text("write a poem\n")
    run = await run_on_line(launcher, shell("cat"), session, prompt_file=prompt)
    assert run.program.tail == "write a poem\n"
    link = tmp_path / "link"
    link.symlink_to(prompt)
    run = await run_on_line(launcher, shell("cat"), session, prompt_file=link)
    assert (run.program.cause, run.program.error) == (
        "spawn",
        f"Too many levels of symbolic links: {link}",
    )


async def test_a_driver_is_a_fork_with_the_line(
    launcher: Launcher, session: SessionProbe, program: MakeProgram, tmp_path: Path
) -> None:
    """A driver has its environment, its input and the line, and no other descriptor."""
    prompt = tmp_path / "prompt.md"
    prompt.write_text("go")
    run = await run_on_line(launcher, driver(program, "describe"), session, prompt_file=prompt)
    assert (run.program.code, run.program.tail) == (7, "go\n")
    described = next(event.text for event in session.said if isinstance(event, Message))
    assert described == f"0 1 2 3 | leader | {tmp_path} | {program(()).mark}"


async def test_what_a_driver_starts_has_no_line(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """Only the driver speaks for its agent: the line is closed in all that it starts."""
    run = await run_on_line(launcher, driver(program, "start_child"), session)
    assert run.program.tail == "closed\n"


async def test_a_driver_that_raises(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """Its trace is in the log, its status is its own, and the next one runs."""
    run = await run_on_line(launcher, driver(program, "fail"), session)
    assert run.program.code == 70
    assert "ValueError: no good" in run.program.tail
    missing = dataclasses.replace(program(()), call="tests.no_such_module:f")
    run = await run_on_line(launcher, missing, session)
    assert "ModuleNotFoundError" in run.program.tail
    assert (await run_on_line(launcher, driver(program, "describe"), session)).program.code == 7


async def test_a_driver_dies_of_term(
    launcher: Launcher, session: SessionProbe, program: MakeProgram
) -> None:
    """Nothing of the shim's signals is left in a driver: TERM ends it."""
    running = asyncio.create_task(run_on_line(launcher, driver(program, "wait"), session))
    await session.said.first(Message)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert '"signal": 15' in program(()).exit_file.read_text()
