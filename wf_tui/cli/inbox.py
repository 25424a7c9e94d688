"""`wf inbox`: what needs a person, in this repository or in all of this user."""

from __future__ import annotations

import contextlib
import os
import shlex
from dataclasses import replace
from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import print_json, print_line, project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.options import json_option, run_option
from wf_tui.clock import SystemClock
from wf_tui.errors import LedgerError
from wf_tui.git.known_repositories import known_repositories
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.picture.age import span
from wf_tui.picture.inbox import read_inbox
from wf_tui.picture.remedies import meaning_run
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import snoozed_text
from wf_tui.project import open_reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RepoPaths
    from wf_tui.picture.inbox import InboxItem

__all__ = ["inbox"]


@click.command
@click.option("--all", "everywhere", is_flag=True, help="Of all repositories.")
@run_option
@json_option
def inbox(*, everywhere: bool, run: str | None, repo: Path | None, as_json: bool) -> None:
    """Show what needs you, oldest first, each with its proof and the commands that end it.

    Of the newest run, and of all others that are not over. What is snoozed comes last.
    """
    found = list(_everywhere() if everywhere else _here(repo, run))
    found.sort(key=lambda pair: pair[1].order)
    if as_json:
        print_json([item.as_json(where) for where, item in found])
        return
    now = SystemClock().now()
    for where, item in found:
        for line in _lines(item, now, where if everywhere else None):
            print_line(line)
    if all(item.snooze for _, item in found):
        print_line("nothing needs you")


def _here(repo: Path | None, run: str | None) -> Iterator[tuple[str | None, InboxItem]]:
    project = project_at(repo)
    where = str(project.common_dir)
    if store_of(project.paths).exists():
        with open_reads(project) as db:
            for item in _of_repository(db, project.paths, run):
                yield where, item


def _everywhere() -> Iterator[tuple[str | None, InboxItem]]:
    """Yield what needs a person in each repository; one that cannot be read is warned about."""
    for known in known_repositories(state_dir(os.environ)):
        where = str(known.common_dir) if known.common_dir else None
        try:
            with contextlib.closing(store_of(known.paths).open(create=False)) as db:
                items = list(_of_repository(db, known.paths, None))
        except LedgerError as error:
            warn(error.message, error.hint)
            continue
        for item in items:
            yield where, item


def _of_repository(db: Database, paths: RepoPaths, run: str | None) -> Iterator[InboxItem]:
    rows = [reads.find_run(db, run)] if run else reads.runs(db)
    newest = reads.newest_run(db)
    for row in rows:
        by_itself = newest is not None and row.id == newest.id
        if row.state.ended and not run and not by_itself:
            continue
        status = read_status(db, row.id, SystemClock().now(), paths.run(row.id))
        for item in read_inbox(db, status):
            ways = [way if by_itself else meaning_run(way, row.id) for way in item.commands]
            yield replace(item, commands=ways)


def _lines(item: InboxItem, now: float, where: str | None) -> Iterator[str]:
    """Yield the lines of one task, safe to draw."""
    task = item.task
    place = f"  {clean(where)}" if where else ""
    kind = (task.kind or "").replace("_", " ")
    name = clean(task.id, limit=80)
    yield f"{name}  {kind}  {span(now - task.since)}  run {item.run}{place}"
    if item.snooze is not None:
        off = f"wf snooze {clean(shlex.quote(task.id), limit=80)} off"
        yield f"  {snoozed_text(item.snooze, now)}; {off}"
        return
    yield f"  {clean(item.sentence, limit=400)}"
    if item.proof and item.proof not in item.sentence:
        yield f"  {clean(item.proof, limit=200)}"
    for asked in item.questions[1:]:
        yield f"  also asks ({clean(asked.id, limit=40)}): {clean(asked.text, limit=200)}"
    for command in item.commands:
        yield f"    {command}"
