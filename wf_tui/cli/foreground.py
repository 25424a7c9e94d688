"""A run led from this process: a line for each event, then how it ended."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import print_json, print_line
from wf_tui.cli.errors import discard_output, warn
from wf_tui.clock import SystemClock
from wf_tui.ledger.model.states import RunState, TaskState
from wf_tui.picture.event_json import event_json
from wf_tui.picture.event_text import event_line, worth_watching
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import summary_lines
from wf_tui.project import open_reads
from wf_tui.scheduler.control import run_here
from wf_tui.scheduler.run_log import write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.config import Config
    from wf_tui.ledger.model.rows import EventRow, RunRow
    from wf_tui.picture.status import Status
    from wf_tui.project import Project

__all__ = [
    "event_printer",
    "exit_status",
    "lead_here",
    "log_to_file",
    "until_output_closes",
    "warnings_on_stderr",
]

_SIGNALLED: Final = 128
_ABORTED: Final = 4


def lead_here(project: Project, run: RunRow, config: Config, *, as_json: bool) -> int:
    """Lead a run until it ends; print its events and how it stands then; return the exit status.

    Events are printed on a thread of their own, as they are committed: a slow reader of the output
    holds up no attempt.
    """
    paths = project.paths.run(run.id)
    log_to_file(paths.scheduler_log)
    print_event = event_printer(run, as_json=as_json)
    with warnings_on_stderr():
        ended = run_here(project, run.id, config, until_output_closes(print_event))
    with open_reads(project) as db:
        status = read_status(db, run.id, SystemClock().now(), paths)
    try:
        if as_json:
            print_json(status.as_json())
        else:
            for line in summary_lines(status):
                print_line(line)
    except OSError:
        if not ended.signalled:
            raise
        discard_output()  # a hang-up: its terminal has gone
    return exit_status(status, ended.signalled)


def log_to_file(path: Path) -> None:
    """Keep what the scheduler logs in the run's folder, away from the events on the screen.

    In the place of any handler that was there before: what these print would mix with the events.
    """
    path.touch(0o600)
    handler = write_lines(logging.FileHandler(path, encoding="utf-8"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class _StderrHandler(logging.Handler):
    """Prints the message of a log record for the person at the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line, if anybody reads."""
        with contextlib.suppress(OSError):
            warn(record.getMessage())


@contextlib.contextmanager
def warnings_on_stderr() -> Iterator[None]:
    """Print what the ledger warns of, too: while it cannot be written, no event can say it.

    For as long as a run is led here; the log of the scheduler has them as well.
    """
    logger = logging.getLogger("wf_tui.ledger")
    handler = _StderrHandler(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def exit_status(status: Status, signalled: int = 0) -> int:
    """Return the exit status of a run in the foreground: 0 where all is done, else 1.

    1 as well where the work is done and could not be brought into the user's repository.
    4 where it was aborted, and 128 and more where a signal of that number ended the scheduler. The
    signal comes first: a run that was interrupted has something that is not done, too.
    """
    if signalled:
        return _SIGNALLED + signalled
    if status.run.state == RunState.ABORTED:
        return _ABORTED
    done = all(task.state is TaskState.DONE for task in status.tasks)
    return 0 if done and not status.run.unexported else 1


def event_printer(run: RunRow, *, as_json: bool = False) -> Callable[[EventRow], None]:
    """Return what prints an event as one line, with its time since the start of the run.

    As JSON all events are printed, for people only those that are worth watching.
    """

    def print_event(event: EventRow) -> None:
        if as_json:
            print_json(event_json(event))
        elif worth_watching(event):
            print_line(event_line(event, run.created_at))

    return print_event


def until_output_closes(print_event: Callable[[EventRow], None]) -> Callable[[EventRow], None]:
    """Return a printer that stops at the first failure: a run does not depend on its reader.

    It is called on the thread that prints; what it raised would end that thread, and the events
    behind it would pile up unread.
    """
    is_open = True

    def print_while_open(event: EventRow) -> None:
        nonlocal is_open
        if is_open:
            try:
                print_event(event)
            except OSError:  # a closed pipe, a full disk
                is_open = False

    return print_while_open
