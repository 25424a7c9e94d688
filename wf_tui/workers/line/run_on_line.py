"""Runs a worker's program with the line as its descriptor 3."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from wf_tui.values import frozen, replace
from wf_tui.workers.line.connection import LineConnection
from wf_tui.workers.line.grammar import Cancel, Result, Verdict
from wf_tui.workers.protocol import ProgramExit, Report
from wf_tui.workers.session import Session
from wf_tui.workers.shim.channel import ProgramClock
from wf_tui.workers.shim.launcher import Launcher, Program
from wf_tui.workers.shim.start import LINE

__all__ = ["LineRun", "run_on_line"]


@frozen
class LineRun:
    """How a program ended, and what it claimed of that on the line."""

    program: ProgramExit
    verdict: Verdict | None = None
    """The first one that it said."""
    result: Result | None = None
    """The last one that it said."""


async def run_on_line(
    launcher: Launcher,
    program: Program,
    session: Session,
    *,
    prompt_file: Path | None = None,
    hears: bool = False,
    hand_over: Callable[[socket.socket], Awaitable[None]] | None = None,
) -> LineRun:
    """Run a program to its end, with descriptor 3 as its line into the session.

    `hand_over` gives the other end of the line to somebody else than the program, before that is
    started; whoever has it closes it in the end, and what it raises is raised.

    Called by the workers, on the event loop. `prompt_file` becomes its standard input; with `hears`
    it also gets what persons write while it runs, else only answers. The end is that of the
    program, never that of the line: a child may hold it open. What the program says has none of its
    secrets any more when the session takes it. Cancelling sends `cancel` and stops
    the program, as `Launcher.run` says. Raises what the session does, when the program is gone.
    """
    ours, theirs = socket.socketpair()
    clock = ProgramClock()
    connection = LineConnection(ours, session, clock, program.secrets)
    try:
        connection.begin(hears=hears)
        with theirs:
            if hand_over is None:
                environment = {**program.environment, "WF_LINE": str(LINE)}
                program = replace(program, line=theirs, environment=environment)
            else:
                await hand_over(theirs)
            program = replace(program, stdin=prompt_file or program.stdin)
            ended = await _see_through(launcher, program, session.note, clock, connection)
        # Behind the close: only now the end of what was said can be seen.
        await connection.finish()
    finally:
        await connection.close()
    if connection.failed.done():
        connection.failed.result()
    if ended is None:
        raise asyncio.CancelledError
    return LineRun(ended, connection.verdict, connection.result)


async def _see_through(
    launcher: Launcher,
    program: Program,
    report: Report,
    clock: ProgramClock,
    connection: LineConnection,
) -> ProgramExit | None:
    """Return how the program ended; None where this was cancelled, and the program is gone.

    A session that fails ends the program, too: nothing that it does could be recorded any more.
    """
    running = asyncio.current_task()

    def stop(_: asyncio.Future[None]) -> None:
        # None once the program has ended: what fails behind that stops nobody.
        if running is not None:
            running.cancel()

    if connection.failed.done():
        return None
    connection.failed.add_done_callback(stop)
    try:
        return await launcher.run(program, report, clock, partial(connection.send, Cancel()))
    except asyncio.CancelledError:
        return None
    finally:
        running = None
