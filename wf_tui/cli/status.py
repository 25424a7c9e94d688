"""`wf status`, `wf runs`, `wf workers`: what there is, at one glance."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import print_json, print_line, project_at, reading
from wf_tui.cli.errors import warn
from wf_tui.cli.options import json_option, repo_option, run_argument
from wf_tui.cli.show_status import show_status
from wf_tui.clock import SystemClock
from wf_tui.errors import LedgerError
from wf_tui.git.known_repositories import known_repositories
from wf_tui.ledger.model.lane_state import LOCAL
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.picture.age import span
from wf_tui.picture.status import run_summary, worker_json
from wf_tui.picture.status_text import branch
from wf_tui.picture.usage_text import usage_text
from wf_tui.project import open_reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import RunRow

__all__ = ["runs", "status", "workers"]


@click.command
@click.option(
    "--filter",
    "wanted",
    default="",
    metavar="EXPR",
    help="List only what the filter of the board shows: words, state:, worker:, phase:, kind:, "
    "lane:, model:, age:, as in 'kind:failed age:>10m'.",
)
@click.option(
    "--at",
    metavar="SEQ|TIME",
    help="As it was: at 12:56, -20m, a date and time, or the number of an event.",
)
@run_argument
@json_option
def status(
    *, run: str | None, repo: Path | None, wanted: str, as_json: bool, at: str | None
) -> int:
    """Show a run: its tasks by state, each with the reason why it is there.

    The exit status is 1 while any task is blocked, whatever the filter.
    """
    return show_status(run=run, repo=repo, wanted=wanted, as_json=as_json, at=at)


@click.command
@click.option(
    "--all",
    "everywhere",
    is_flag=True,
    help="Those of all repositories, and where; also those that only plan.",
)
@repo_option
@json_option
def runs(*, everywhere: bool, repo: Path | None, as_json: bool) -> None:
    """List the runs of this repository, newest first."""
    if everywhere:
        _list_everywhere(as_json=as_json)
        return
    project = project_at(repo)
    found: list[RunRow] = []
    # A repository where nothing ran yet has no ledger, and an empty list is no error.
    if store_of(project.paths).exists():
        with open_reads(project) as db:
            found = [row for row in reads.runs(db) if not row.purpose]
    if as_json:
        print_json([run_summary(row, project.paths.run(row.id)) for row in found])
    else:
        _print_runs(found)


def _list_everywhere(*, as_json: bool) -> None:
    """List the runs of all repositories that this user has runs on, also of those that are gone."""
    listed = []
    for known in known_repositories(state_dir(os.environ)):
        try:
            with contextlib.closing(store_of(known.paths).open(create=False)) as db:
                found = reads.runs(db)
        except LedgerError as error:  # one that cannot be read takes nothing from the others
            warn(error.message, error.hint)
            continue
        where, there = known.common_dir, known.common_dir is not None and known.common_dir.exists()
        if as_json:
            place = {"repo": str(where) if where else None, "repo_exists": there}
            listed += [{**run_summary(row, known.paths.run(row.id)), **place} for row in found]
            continue
        gone = "" if there else "  (no longer there)"
        shown = clean(str(where)) if where else f"unknown, its runs are in {known.paths.root}"
        print_line(f"{shown}{gone}")
        _print_runs(found)
    if as_json:
        print_json(listed)


def _print_runs(found: list[RunRow]) -> None:
    now = SystemClock().now()
    width = max((len(row.id) for row in found), default=0)
    for row in found:
        total = row.pending + row.in_progress + row.done + row.blocked
        blocked = f", {row.blocked} blocked" if row.blocked else ""
        age = span(now - row.created_at)
        where = row.purpose or branch(row)
        print_line(
            f"{row.id:<{width}}  {row.state:<9}  {row.done}/{total} done{blocked}  "
            f"{age} ago  {clean(where)}  {clean(row.goal, limit=80)}"
        )


@click.command
@run_argument
@json_option
def workers(*, run: str | None, repo: Path | None, as_json: bool) -> None:
    """List the seats of a run, and the task that each holds."""
    with reading(run, repo) as found:
        seats = reads.workers(found.db, found.run.id)
    if as_json:
        print_json([worker_json(seat) for seat in seats])
        return
    now = SystemClock().now()
    width = max((len(seat.name) for seat in seats), default=0)
    for seat in seats:
        seen = f"  seen {span(now - seat.heartbeat_at)} ago" if seat.heartbeat_at else ""
        what = f"{clean(seat.task, limit=60)}{seen}" if seat.task else "nothing"
        more = [
            seat.model,
            "" if seat.lane == LOCAL else f"lane {seat.lane}",
            usage_text(seat.usage),
        ]
        about = "".join(f"  {clean(part, limit=80)}" for part in more if part)
        line = f"{seat.name:<{width}}  {seat.profile}  {seat.kind}  {seat.state:<4}  {what}"
        print_line(f"{line}{about}")
