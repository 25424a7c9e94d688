"""A run led from this process: a line for each event, then how it ended."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import print_json, say
from wf_tui.cli.errors import silence, warn
from wf_tui.commands import open_reads, run_here
from wf_tui.ledger.model.states import RunState, TaskState
from wf_tui.picture.event_json import event_json
from wf_tui.picture.event_text import event_line, worth_watching
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.commands import Project
    from wf_tui.config import Config
    from wf_tui.ledger.model.rows import EventRow, RunRow
    from wf_tui.picture.status import Status

__all__ = ["exit_status", "lead_here", "log_to", "told_of_waiting", "while_read"]

_SIGNALLED: Final = 128
_ABORTED: Final = 4
_LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def lead_here(project: Project, run: RunRow, config: Config, *, as_json: bool) -> int:
    """Lead a run until it ends; print its events and how it stands then; return the exit status."""
    log_to(project.paths.run(run.id).scheduler_log)
    tell = _as_json if as_json else _as_line(run)
    with told_of_waiting():
        ended = run_here(project, run.id, config, while_read(tell))
    with open_reads(project) as db:
        status = read_status(db, run.id, run.created_at)
    try:
        _sum_up(status, as_json=as_json)
    except OSError:
        if not ended.signalled:
            raise
        silence()  # a hang-up: its terminal has gone
    return exit_status(status, ended.signalled)


def _sum_up(status: Status, *, as_json: bool) -> None:
    if as_json:
        print_json(status.as_json())
        return
    for line in summary_lines(status):
        say(line)


def log_to(path: Path) -> None:
    """Keep what the scheduler logs in the run's folder, away from the events on the screen."""
    logging.basicConfig(
        filename=path, encoding="utf-8", level=logging.INFO, format=_LOG_FORMAT, force=True
    )


class _Teller(logging.Handler):
    """Tells a person what goes to the log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, if anybody reads."""
        with contextlib.suppress(OSError):
            warn(record.getMessage())


@contextlib.contextmanager
def told_of_waiting() -> Iterator[None]:
    """Let a person know what the ledger waits for: no event can say it meanwhile."""
    logger, teller = logging.getLogger("wf_tui.ledger"), _Teller(logging.WARNING)
    logger.addHandler(teller)
    try:
        yield
    finally:
        logger.removeHandler(teller)


def exit_status(status: Status, signalled: int = 0) -> int:
    """Return the exit status of a run in the foreground."""
    if signalled:
        return _SIGNALLED + signalled
    if status.run.state == RunState.ABORTED:
        return _ABORTED
    return 0 if all(task.state is TaskState.DONE for task in status.tasks) else 1


def _as_json(event: EventRow) -> None:
    print_json(event_json(event))


def _as_line(run: RunRow) -> Callable[[EventRow], None]:
    def tell(event: EventRow) -> None:
        if worth_watching(event):
            say(event_line(event, run.created_at))

    return tell


def while_read(tell: Callable[[EventRow], None]) -> Callable[[EventRow], None]:
    """Stop telling when nobody reads any more; the run goes on."""
    reading = True

    def tell_reader(event: EventRow) -> None:
        nonlocal reading
        if reading:
            try:
                tell(event)
            except OSError:  # a closed pipe, a full disk: the run does not depend on its reader
                reading = False

    return tell_reader
