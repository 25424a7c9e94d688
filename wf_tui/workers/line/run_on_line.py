"""Runs a worker's program with the line as its descriptor 3."""

from dataclasses import dataclass, replace
from pathlib import Path

from wf_tui.workers.line.grammar import Result, Verdict
from wf_tui.workers.protocol import ProgramExit
from wf_tui.workers.session import Session
from wf_tui.workers.shim.launcher import Launcher, Program

__all__ = ["LineRun", "run_on_line"]


@dataclass(frozen=True)
class LineRun:
    """How a program ended, and what it claimed of that on the line."""

    program: ProgramExit
    verdict: Verdict | None = None
    """The first one that it said."""
    result: Result | None = None
    """The last one that it said."""


async def run_on_line(
    launcher: Launcher, program: Program, session: Session, *, prompt_file: Path | None = None
) -> LineRun:
    """Run a program to its end, with descriptor 3 as its line into the session.

    Called by the workers, on the event loop; cancelling stops the program as `Launcher.run` says.
    `prompt_file` becomes its standard input. The end is that of the program: a child of it that
    holds the line open does not matter.
    """
    if prompt_file is not None:
        program = replace(program, stdin=prompt_file)
    return LineRun(await launcher.run(program, session.note))
