"""`wf logs` and `wf diff`: what an attempt has said and done, and what it has changed."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import Reading, reading
from wf_tui.cli.errors import warn
from wf_tui.cli.options import run_option
from wf_tui.errors import UnknownNameError
from wf_tui.git.control import diffs
from wf_tui.git.control.control import open_control
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, last_state, unfinished_state
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import entry_json, entry_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from wf_tui.ledger.model.rows import AttemptRow

__all__ = ["diff", "logs"]

_POLL_SECONDS: Final = 0.05
_LONGEST_LINE: Final = 1 << 16

_attempt_option = click.option(
    "--attempt",
    "epoch",
    type=click.IntRange(1),
    metavar="N",
    help="Which attempt, see wf show (default: the last one).",
)


@click.command
@click.argument("task")
@_attempt_option
@click.option("--follow", is_flag=True, help="Keep printing until the attempt has ended.")
@click.option("--raw", is_flag=True, help="What its program printed, for an agent its own stream.")
@click.option("--json", "as_json", is_flag=True, help="Each entry as JSON: at, kind, text, data.")
@run_option
def logs(
    *,
    task: str,
    epoch: int | None,
    follow: bool,
    raw: bool,
    as_json: bool,
    run: str | None,
    repo: Path | None,
) -> None:
    """Print what an attempt of TASK has said and done, and its gate; safe for a terminal."""
    show = _print_json if as_json else _print_text
    with reading(run, repo) as found:
        attempt = _choose_attempt(found, task, epoch, wait=follow)
        if attempt is None:
            return
        folder = found.paths.attempt(attempt.task, attempt.epoch)
        if follow:
            show(_follow(found, attempt, folder, raw=raw))
        else:
            show(log.in_time(*map(log.records, log.attempt_logs(folder, raw=raw))))
    on_merge = folder / "merge" / "gate.jsonl"
    gates = {"the gate": folder / "gate.jsonl", "the gate on the merged tree": on_merge}
    for name, gate in gates.items():
        if gate.exists():
            if not as_json:
                click.echo(f"[wf: {name}]")
            show({**record, "data": {"of": name}} for record in log.records(gate))


@click.command
@click.argument("task")
@_attempt_option
@click.option("--stat", is_flag=True, help="Only which files, and how much.")
@run_option
def diff(*, task: str, epoch: int | None, stat: bool, run: str | None, repo: Path | None) -> None:
    """Print what an attempt of TASK has changed, against the commit it started from.

    In a pipe it is a patch, byte by byte; on a terminal it is made safe for that.
    """
    with reading(run, repo) as found:
        attempt = _choose_attempt(found, task, epoch, harvested=epoch is None)
    if attempt is None:
        return
    if attempt.base is None or attempt.ref is None:
        warn(f"attempt {attempt.epoch} of {task!r} has left no changes")
        return
    control = open_control(found.paths)
    text = diffs.diff(control, attempt.base, attempt.ref, stat=stat)
    # A patch has to stay a patch for whoever reads it by program; only a terminal can be acted on.
    if sys.stdout.isatty():
        click.echo(clean(text, limit=len(text) + 1, multiline=True), nl=False)
    else:
        sys.stdout.buffer.write(text)


def _choose_attempt(
    found: Reading,
    task: str,
    epoch: int | None,
    *,
    harvested: bool = False,
    wait: bool = False,
) -> AttemptRow | None:
    """Return the attempt that is meant: by number, else the last (that left something)."""
    name = reads.task(found.db, found.run.id, task).id
    # With --follow a task that waits is no mistake: its first attempt may come any moment.
    while not (attempts := _read_attempts(found, name)):
        if not wait:
            warn(f"task {name!r} has had no attempt yet", f"see why: wf show {name}")
            return None
        # An event that nobody sets: only a change ends the wait, or Ctrl-C.
        found.db.wait_changed(math.inf, threading.Event())
    if epoch is not None:
        numbers = {attempt.epoch: attempt for attempt in attempts}
        if epoch not in numbers:
            raise UnknownNameError("attempt", str(epoch), map(str, numbers))
        return numbers[epoch]
    # The last attempt may still run, or have left nothing: a diff wants the last with something.
    left = [attempt for attempt in attempts if attempt.ref] if harvested else []
    return (left or attempts)[-1]


def _follow(
    found: Reading, attempt: AttemptRow, folder: Path, *, raw: bool
) -> Iterator[log.Record]:
    """Yield the records as they are written, until their attempt is closed."""
    offsets: dict[Path, int] = {}
    closed = False
    while True:
        news = []
        # Anew each time: which log an attempt has is seen when its program has started.
        for path in log.attempt_logs(folder, raw=raw):
            records, offsets[path] = log.follow(path, offsets.get(path, 0))
            news.append(records)
        yield from log.in_time(*news)
        if not any(news):
            if closed:
                return
            time.sleep(_POLL_SECONDS)
        # Asked after the read, so that what came between the last read and the end is read, too.
        rows = _read_attempts(found, attempt.task)
        closed = not any(row.epoch == attempt.epoch and row.open for row in rows)


def _read_attempts(found: Reading, task: str) -> list[AttemptRow]:
    """Return the attempts so far; a ledger that was deleted raises, which ends a wait."""
    with found.db.snapshot():
        return reads.attempts(found.db, found.run.id, task)


def _print_json(records: Iterable[log.Record]) -> None:
    """Print each record as an entry, a line of JSON, which is safe as it is: in ASCII."""
    for record in records:
        click.echo(json.dumps(entry_json(record)))


def _print_text(records: Iterable[log.Record]) -> None:
    """Print records line by line, so that no escape sequence is cut in two unseen."""
    # A piece may end within a line, or within an escape sequence that only the whole line shows.
    rest = ""
    for piece in map(entry_text, records):
        *lines, rest = (rest + piece).split("\n")
        rest = unfinished_state(rest)
        if lines:
            _print_clean("".join(f"{last_state(line)}\n" for line in lines))
        elif len(rest) > _LONGEST_LINE:
            _print_clean(rest)
            rest = ""
    if rest:
        _print_clean(last_state(rest) + "\n")


def _print_clean(text: str) -> None:
    click.echo(clean(text, limit=len(text) + 1, multiline=True), nl=False)
