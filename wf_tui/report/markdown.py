"""A report as Markdown, for a pull request, a chat or a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wf_tui.picture.age import time_of_day
from wf_tui.picture.usage_text import short_usage
from wf_tui.report.facts import Mark
from wf_tui.report.words import GLYPHS, length, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wf_tui.report.facts import ReportedTask, RunReport

__all__ = ["markdown"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&$])")
"""What a renderer of Markdown gives a meaning to wherever it stands."""
_AT_START: Final = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))")
"""What makes a heading, a list or a rule of a line that begins with it."""


def markdown(report: RunReport) -> str:
    """Return the report; what plans, workers and people wrote has no meaning as Markdown in it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: RunReport) -> Iterator[str]:
    yield f"# {_text(report.goal or report.id)}"
    yield ""
    yield f"Run `{report.id}`"
    yield ""
    yield from (f"* {name}: {_text(value)}" for name, value in summary(report))
    for phase, tasks, done in report.by_phase():
        yield from ("", f"## {_text(phase)} ({done} of {len(tasks)})", "")
        yield from _table(_TASKS, (_task_cells(task) for task in tasks))
    yield from _failures(report)
    yield from _decisions(report)
    yield from _commits(report)
    if report.result:
        yield from ("", "## Result", "", *_quoted(report.result))


_TASKS: Final = ("", "Task", "State", "Worker", "Tries", "Time", "Used", "Commit")


def _task_cells(task: ReportedTask) -> list[str]:
    last = task.attempts[-1] if task.attempts else None
    worker = f"{last.worker} {last.model}".strip() if last else ""
    return [
        GLYPHS[task.mark],
        _text(task.title),
        _text(task.state),
        _text(worker),
        str(len(task.attempts) or ""),
        length(task.seconds),
        _text(short_usage(task.usage)),
        f"`{task.commit}`" if task.commit else "",
    ]


def _failures(report: RunReport) -> Iterator[str]:
    """Yield the attempts that did not succeed, and the last line of each that matters."""
    failed = [one for one in report.attempts if one.mark in {Mark.FAILED, Mark.PARKED}]
    if failed:
        yield from ("", "## Attempts that failed", "")
    for one in failed:
        proof = f": {_text(one.proof)}" if one.proof else ""
        name = f"{_text(one.title)}, try {one.number} by {_text(one.worker)}"
        yield f"* {time_of_day(one.started_at)} {name}: {_text(one.ended)}{proof}"


def _decisions(report: RunReport) -> Iterator[str]:
    if report.decisions:
        yield from ("", "## What people decided", "")
    for one in report.decisions:
        about = f" {_text(one.task)}:" if one.task else ""
        yield f"* {time_of_day(one.at)} {_text(one.who)}:{about} {_text(one.words)}"


def _commits(report: RunReport) -> Iterator[str]:
    yield from ("", "## Commits", "")
    if report.commits is None:
        yield "They cannot be read any more."
    elif not report.commits:
        yield "None."
    for one in report.commits or ():
        yield f"* `{one.name}` {_text(one.subject)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _quoted(text: str) -> Iterator[str]:
    """Yield a text of a worker as a quotation, line by line."""
    for line in text.split("\n"):
        yield f"> {_text(line)}".rstrip()


def _text(text: str) -> str:
    """Return a text that is shown as it is, and calls nobody."""
    shown = _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
    return shown.replace("@", "&#64;")
