"""What is run around the work (RULES 6.2): the plan's `setup` before it, its `teardown` after it.

Both as the worker would run, each with a log of its own in the attempt's folder, and a time limit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import BlockedKind
from wf_tui.scheduler.checks import Fault
from wf_tui.workers.shell import failure, result_text, run_command

if TYPE_CHECKING:
    from wf_tui.scheduler.context import RunContext
    from wf_tui.workers.protocol import Job, ProgramExit, Report

__all__ = ["set_up", "tear_down"]


async def set_up(site: RunContext, job: Job, command: str, report: Report) -> Fault | None:
    """Run the `setup`; what keeps the work from beginning is returned."""
    seconds = site.timing.setup_deadline
    ended = await _run(site, job, "setup", command, seconds, report)
    if ended.succeeded:
        return None
    tail = result_text(ended.tail)
    last = tail.rpartition("\n")[2]
    text = f"the setup failed: {_why(ended, seconds)}" + (f": {last}" if last else "")
    return Fault(BlockedKind.FAILED, "setup", text, {"tail": tail})


async def tear_down(site: RunContext, job: Job, command: str, report: Report) -> str:
    """Run the `teardown`; that it failed is returned, to be noted."""
    seconds = site.timing.start_deadline
    ended = await _run(site, job, "teardown", command, seconds, report)
    return "" if ended.succeeded else f"the teardown failed: {_why(ended, seconds)}"


async def _run(
    site: RunContext, job: Job, name: str, command: str, seconds: float, report: Report
) -> ProgramExit:
    limited = replace(job, limits=replace(job.limits, seconds=seconds))
    return await run_command(site.launcher, limited, name, command, report)


def _why(ended: ProgramExit, seconds: float) -> str:
    return (
        "its supervisor (shim) was killed; exit status unknown"
        if ended.lost
        else failure(ended, seconds).text
    )
