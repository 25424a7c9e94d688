"""`wf review` and `wf comment`: the work of a task, and what is said to its lines."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.context import acting, print_json, print_line, reading
from wf_tui.cli.move_output import print_results
from wf_tui.cli.options import json_option, run_option
from wf_tui.cli.work_review import quoted_lines, read_review, reviewed_attempt
from wf_tui.errors import UsageError
from wf_tui.git.control.control import open_control
from wf_tui.ledger.model.rows.quoted_lines import line_words
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.cli.context import Acting
    from wf_tui.cli.work_review import WorkReview

__all__ = ["comment", "review"]

_PATH = 200
_TEXT = 2000
_LINES: Final = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", re.ASCII)


@click.command
@click.argument("task")
@click.option("--send", is_flag=True, help="Send it back with your comments, as a retry.")
@run_option
@json_option
def review(*, task: str, send: bool, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Show what TASK has changed and what was said to it; --send gives it back to its worker.

    The same seat goes on, in its session and its worktree, where it is free within a while. What it
    changes line by line is in wf diff TASK; wf comment says something to a line. The exit status
    is 5 where it has no work, or no comment to send.
    """
    if send:
        with acting(run, repo) as at:
            made = commands.send_review(at.project, at.ledger, at.run.id, task)
            return print_results(at, [made], as_json=as_json)
    with reading(run, repo) as found:
        shown = read_review(found.db, open_control(found.paths), found.run.id, task)
    if as_json:
        print_json(shown.as_json())
        return 0
    for line in _lines(shown):
        print_line(line)
    return 0


@click.command
@click.argument("task")
@click.argument("place", metavar="PATH:LINE[-LINE]", required=False)
@click.argument("text", required=False)
@click.option("--old", is_flag=True, help="LINE is one that the work removes.")
@click.option("--edit", metavar="ID", type=click.IntRange(1), help="Write a draft anew.")
@click.option("--drop", metavar="ID", type=click.IntRange(1), help="Take a draft away.")
@run_option
@json_option
def comment(
    *,
    task: str,
    place: str | None,
    text: str | None,
    old: bool,
    edit: int | None,
    drop: int | None,
    run: str | None,
    repo: Path | None,
    as_json: bool,
) -> int:
    """Say TEXT to lines of the work of TASK: wf comment TASK PATH:12 TEXT, or PATH:12-18.

    It is a draft, for all who look at the run, until wf review TASK --send gives the work back.
    PATH without a line is about the whole file. wf comment TASK --edit ID TEXT writes one anew.
    """
    with acting(run, repo) as at:
        if drop is not None:
            if place or edit is not None:
                raise UsageError("--drop takes no text", f"wf comment {clean(task)} --drop {drop}")
            commands.drop_comment(at.ledger, at.run.id, task, drop)
            number, what = drop, "dropped"
        elif edit is not None:
            if place is None or text is not None:
                raise UsageError("say the new text", f"wf comment {clean(task)} --edit {edit} TEXT")
            commands.edit_comment(at.ledger, at.run.id, task, edit, place)
            number, what = edit, "draft"
        else:
            number, what = _keep(at, task, place, text, old=old), "draft"
        if as_json:
            print_json([{"task": task, "changed": True, "comment": number, "state": what}])
        else:
            print_line(f"{clean(task, limit=80)}  comment {number}: {what}")
    return 0


def _keep(at: Acting, task: str, place: str | None, text: str | None, *, old: bool) -> int:
    """Keep a new comment with its lines; raises `UsageError` for a place that there is not."""
    if place is None or text is None:
        raise UsageError("say where and what", f"wf comment {clean(task)} PATH:LINE TEXT")
    path, lines = _split(place)
    row = reads.task(at.ledger.db, at.run.id, task)
    attempt = reviewed_attempt(at.ledger.db, at.run.id, row)
    quote = quoted_lines(open_control(at.paths), attempt, path, lines, old=old)
    side, line = "old" if old else "new", lines[-1] if lines else None
    return commands.comment(at.ledger, at.run.id, task, path, line, text, side=side, quote=quote)


def _split(place: str) -> tuple[str, range]:
    """Return the path of a place, and its lines; none where it is about the whole file."""
    path, colon, words = place.rpartition(":")
    if not colon:
        return place, range(0)
    found = _LINES.fullmatch(words)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not (path and 0 < first <= last):
        name = clean(place, limit=_PATH)
        raise UsageError(f"{name!r} is no PATH:LINE or PATH:FIRST-LAST", "lines count from 1")
    return path, range(first, last + 1)


def _lines(shown: WorkReview) -> Iterator[str]:
    """Yield what a person reads of it, safe to draw; comments stand below their file."""
    task, attempt = shown.task, shown.attempt
    yield f"{clean(task.id, limit=80)}  {clean(task.title, limit=_PATH)}"
    yield (
        f"  attempt {attempt.epoch} by {clean(attempt.worker, limit=80)}, "
        f"{plural(len(shown.files), 'file')}: wf diff {clean(task.id, limit=80)}"
    )
    known = {one.path for one in shown.files}
    for one in shown.files:
        counts = "binary" if one.added is None else f"+{one.added} -{one.removed}"
        why = f"  ({shown.why[one.path]})" if one.path in shown.why else ""
        yield f"  {clean(one.path, limit=_PATH)}  {counts}{why}"
        yield from _comment_lines(shown, one.path)
    for path in dict.fromkeys(one.path for one in shown.comments if one.path not in known):
        yield f"  {clean(path, limit=_PATH)}  (not changed any more)"
        yield from _comment_lines(shown, path)


def _comment_lines(shown: WorkReview, path: str) -> Iterator[str]:
    for one in (comment for comment in shown.comments if comment.path == path):
        lines = line_words(one.line, one.quote)
        where = f" line{'s' if '-' in lines else ''} {lines}" if lines else ""
        yield f"    {one.id}{where} ({one.state}): {clean(one.text, limit=_TEXT)}"
        for quoted in one.quote.rstrip().split("\n") if one.quote.strip() else ():
            yield f"      > {clean(quoted, limit=_PATH)}"
