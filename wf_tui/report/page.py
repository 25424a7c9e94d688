"""A report as one page of HTML that needs nothing else: no script, no font, no address."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from wf_tui.picture.age import time_of_day
from wf_tui.picture.usage_text import short_usage, usage_text
from wf_tui.report.chart import strip, timeline
from wf_tui.report.words import GLYPHS, length, summary, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wf_tui.report.facts import ReportedAttempt, ReportedTask, RunReport

__all__ = ["page"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing, also if something in it were not escaped."""


def page(report: RunReport) -> str:
    """Return the page; everything that plans, workers and people wrote is escaped in it."""
    style = files("wf_tui.report").joinpath("page.css").read_text("utf-8")
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(report.goal or report.id)}</title>",
            f"<style>{style}</style></head><body><main>",
            *_body(report),
            "</main></body></html>\n",
        )
    )


def _body(report: RunReport) -> Iterator[str]:
    yield f"<h1>{escape(report.goal or report.id)}</h1>"
    yield f"<p class=quiet>run {escape(report.id)}</p>"
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in summary(report)
    )
    yield f"<dl>{facts}</dl>"
    yield strip(report)
    yield f"<h2>Timeline</h2>{timeline(report)}"
    for phase, tasks, done in report.by_phase():
        title = f"{escape(phase)} <span class=quiet>{done} of {len(tasks)}</span>"
        yield f"<h2>{title}</h2>{''.join(map(_task, tasks))}"
    yield _decisions(report)
    yield _commits(report)
    if report.result:
        yield f"<h2>Result</h2><pre>{escape(report.result)}</pre>"


def _task(task: ReportedTask) -> str:
    """Return a task as a line that opens to its attempts."""
    facts = [task.state, length(task.seconds), short_usage(task.usage), task.commit]
    line = " · ".join(escape(fact) for fact in facts if fact)
    head = (
        f"<span class={task.mark}>{GLYPHS[task.mark]}</span> <b>{escape(task.title)}</b>"
        f"<span class=facts>{line}</span>"
    )
    inside = f"<p class=quiet>{escape(task.id)}</p>"
    if task.note:
        inside += f"<p>{escape(task.note)}</p>"
    if task.answer:
        inside += f"<pre>{escape(task.answer)}</pre>"
    if task.attempts:
        rows = (_attempt_cells(one) for one in task.attempts)
        inside += _table(("try", "worker", "model", "began", "took", "ended", "used", ""), rows)
    return f"<details><summary>{head}</summary>{inside}</details>"


def _attempt_cells(one: ReportedAttempt) -> list[str]:
    took = None if one.ended_at is None else one.ended_at - one.started_at
    proof = f"<br><code>{escape(one.proof)}</code>" if one.proof else ""
    return [
        str(one.number),
        escape(one.worker),
        escape(one.model),
        time_of_day(one.started_at),
        length(took),
        f"<span class={one.mark}>{escape(one.ended)}</span>{proof}",
        escape(usage_text(one.usage)),
        escape(one.changed),
    ]


def _decisions(report: RunReport) -> str:
    if not report.decisions:
        return ""
    rows = (
        (time_of_day(one.at), escape(one.who), escape(one.task), escape(one.words))
        for one in report.decisions
    )
    table = _table(("when", "who", "task", "what"), rows)
    return f"<h2>What people decided</h2>{table}"


def _commits(report: RunReport) -> str:
    if report.commits is None:
        return "<h2>Commits</h2><p>They cannot be read any more.</p>"
    if not report.commits:
        return "<h2>Commits</h2><p>None.</p>"
    rows = (
        (f"<code>{escape(one.name)}</code>", when(one.at), escape(one.subject))
        for one in report.commits
    )
    return f"<h2>Commits</h2>{_table(('commit', 'when', 'what'), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are HTML already."""
    names = "".join(f"<th>{name}</th>" for name in head)
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
