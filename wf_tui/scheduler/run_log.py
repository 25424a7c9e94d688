"""The life of a run in its `scheduler.log`: each line says of which run, and of which attempt.

What a worker has written never goes here; what comes from a file or from git is cleaned first.
"""

from __future__ import annotations

import contextlib
import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.clock import Clock

__all__ = ["RunLog", "current_log", "write_lines"]

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(where)s%(message)s"
_log = logging.getLogger("wf_tui.scheduler")


class RunLog(logging.LoggerAdapter[logging.Logger]):
    """Logs for one run, or for one attempt of it; safe to use from any thread.

    Run, task and epoch stand on each line, and are fields of each record, so that a handler can
    tell attempts apart without reading the text. The name of a task is cleaned: a plan wrote it.
    """

    def __init__(self, run: str, task: str = "", epoch: int = 0) -> None:
        attempt = f" task {clean(task, limit=200)} epoch {epoch}" if task else ""
        self.where = f"run {run}{attempt}: "
        fields = {"where": self.where, "run": run, "task": task, "epoch": epoch}
        super().__init__(_log, fields)

    @contextlib.contextmanager
    def timed(self, clock: Clock, step: str) -> Iterator[None]:
        """Log how long the block took, however it ended, as `step took 1.234 s`."""
        began = clock.monotonic()
        try:
            yield
        finally:
            self.info("%s took %.3f s", step, clock.monotonic() - began)

    def slow_git(self, command: str, seconds: float) -> None:
        """Log a git command that took long: its name, never what it was given.

        `command` is the subcommand, as `merge-tree`. Called by `git.runner` on a thread of the
        scheduler, for commands over 200 ms (RULES 5).
        """
        self.info("git %s took %.3f s", clean(command, limit=80), seconds)


current_log: ContextVar[RunLog | None] = ContextVar("current_log", default=None)
"""The log of the attempt that this task of the event loop sees through.

Steps, the integrator and git itself know no attempt, but run in its task or are called from it.
"""


class _Whereabouts(logging.Filter):
    """Gives the lines of other packages the run and the attempt in whose task they were logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete a record; none is left out."""
        if not hasattr(record, "where"):
            log = current_log.get()
            record.where = log.where if log is not None else ""
        return True


def write_lines(handler: logging.Handler) -> logging.Handler:
    """Have a handler write the lines of a `scheduler.log`; return it.

    Called once by the process that schedules. The filter sits at the handler, for a logger's own
    filters do not see what comes from the loggers below it.
    """
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_Whereabouts())
    return handler
