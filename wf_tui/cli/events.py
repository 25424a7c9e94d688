"""`wf events`: the event log of a run, also as it grows."""

from __future__ import annotations

import math
import threading
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import Reading, print_json, print_line, reading
from wf_tui.cli.options import json_option, run_argument
from wf_tui.ledger.model.events.run_events import RunEnded, RunResumed
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_json import event_json
from wf_tui.picture.event_text import event_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import EventRow

__all__ = ["events"]

_ENDED: Final = RunEnded.event_kind
_RESUMED: Final = RunResumed.event_kind


@click.command
@run_argument
@click.option(
    "--since",
    type=click.IntRange(0),
    default=0,
    metavar="SEQ",
    help="Only events after this number.",
)
@click.option("--follow", is_flag=True, help="Keep printing until the run has ended.")
@json_option
def events(*, run: str | None, repo: Path | None, since: int, follow: bool, as_json: bool) -> None:
    """Print the events of a run, oldest first; with --json one object per line."""
    with reading(run, repo) as found:
        stream = (
            _follow_events(found, since) if follow else reads.events(found.db, found.run.id, since)
        )
        for event in stream:
            if as_json:
                print_json(event_json(event))
            else:
                print_line(event_line(event, found.run.created_at))


def _follow_events(found: Reading, since: int) -> Iterator[EventRow]:
    """Yield events as they come, up to the end of the run.

    What follows an end (the export, the tidying) counts only once the run has been brought back.
    """
    # Past its end for good where it has ended, and no event that is still to come says so.
    ends = (event.kind == _ENDED for event in reads.events(found.db, found.run.id, since))
    over = found.run.ended_at is not None and not any(ends)
    held: list[EventRow] = []
    while True:
        for event in reads.events(found.db, found.run.id, since):
            since = event.seq
            # The export and the tidying come after the end; without a resume nobody waits for them.
            if over and event.kind != _RESUMED:
                held.append(event)
                continue
            yield from held
            held.clear()
            yield event
            over = event.kind == _ENDED
        if over:
            return
        # An event that nobody sets: only a change ends the wait, or Ctrl-C.
        found.db.wait_changed(math.inf, threading.Event())
