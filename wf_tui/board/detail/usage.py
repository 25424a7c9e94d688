"""What the attempts of a task have used: tokens, requests and money, next to its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import Document, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.board.detail.document import Source
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.model.usage import Usage

__all__ = ["read_usage"]

_DOLLAR: Final = 1_000_000


def read_usage(source: Source) -> Document:
    """Return what each attempt used, newest first; called on a thread of the pane."""
    with open_reads(source.project) as db, db.snapshot():
        task = reads.task(db, source.run, source.task)
        attempts = reads.attempts(db, source.run, source.task)
    lines = [Span("all attempts", Role.LABEL), *_figures(task.usage), *_limits(task)]
    for attempt in reversed(attempts):
        lines += attempt_lines(attempt)
    return Document(tuple(lines), live=any(attempt.open for attempt in attempts))


def attempt_lines(attempt: AttemptRow) -> Iterator[Span]:
    """Yield who did an attempt with which model, and what that used."""
    model = f", {attempt.model}" if attempt.model else ""
    tools = f", {plural(attempt.tools, 'tool call')}" if attempt.tools else ""
    yield Span("")
    yield Span(safe(f"attempt {attempt.epoch}: {attempt.worker}{model}{tools}"), Role.LABEL)
    yield from _figures(attempt.usage or NO_USAGE)


def _figures(usage: Usage) -> Iterator[Span]:
    """Yield what is known, a line each; what nobody told is said to be unknown, never 0."""
    counts = {
        "input": (usage.input_tokens, "cached", usage.cached_tokens),
        "output": (usage.output_tokens, "reasoning", usage.reasoning_tokens),
    }
    for label, (count, part, of_it) in counts.items():
        inside = f", {of_it:,} of them {part}" if of_it else ""
        yield Span(f"  {label:<10}{'unknown' if count is None else f'{count:,}{inside}'}")
    if usage.requests is not None:
        yield Span(f"  {'requests':<10}{usage.requests:,}")
    cost = usage.cost_microusd
    yield Span(f"  {'cost':<10}{'unknown' if cost is None else f'${cost / _DOLLAR:.4f}'}")
    if usage.unknown:
        text = f"without the figures of {plural(usage.unknown, 'attempt')}"
        yield Span(f"  {text}", Role.QUIET)


def _limits(task: TaskRow) -> Iterator[Span]:
    spec, used = task.spec, task.usage.since(task.budget_from)
    if spec.max_tokens:
        yield Span(f"  {used.tokens:,} of {spec.max_tokens:,} tokens", Role.QUIET)
    if spec.max_cost_usd:
        spent = (used.cost_microusd or 0) / _DOLLAR
        yield Span(f"  ${spent:.2f} of ${spec.max_cost_usd:g}", Role.QUIET)
