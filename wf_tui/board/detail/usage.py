"""What the attempts of a task have used: tokens, requests and money, next to its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.text import dollars, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.model.usage import Usage

__all__ = ["usage_lines"]


def usage_lines(task: TaskRow, attempts: Sequence[AttemptRow]) -> Iterator[TextLine]:
    """Yield what a task used in all, beside its limits, then what each attempt used, newest first.

    What nobody told is said to be unknown, never 0.
    """
    yield plain("used by all attempts", Role.TITLE)
    yield from _figures(task.usage)
    yield from _limits(task)
    for attempt in reversed(attempts):
        yield from attempt_lines(attempt)


def attempt_lines(attempt: AttemptRow) -> Iterator[TextLine]:
    """Yield who did an attempt with which model, and what that used."""
    model = f", {attempt.model}" if attempt.model else ""
    tools = f", {plural(attempt.tools, 'tool call')}" if attempt.tools else ""
    yield plain("")
    yield plain(safe(f"attempt {attempt.epoch}: {attempt.worker}{model}{tools}"), Role.TITLE)
    yield from _figures(attempt.usage or NO_USAGE)


def _figures(usage: Usage) -> Iterator[TextLine]:
    """Yield what is known, a line each; what nobody told is said to be unknown, never 0."""
    counts = {
        "input": (usage.input_tokens, "cached", usage.cached_tokens),
        "output": (usage.output_tokens, "reasoning", usage.reasoning_tokens),
    }
    for label, (count, part, of_it) in counts.items():
        inside = f", {of_it:,} of them {part}" if of_it else ""
        yield plain(f"  {label:<10}{'unknown' if count is None else f'{count:,}{inside}'}")
    if usage.requests is not None:
        yield plain(f"  {'requests':<10}{usage.requests:,}")
    cost = usage.cost_microusd
    yield plain(f"  {'cost':<10}{'unknown' if cost is None else dollars(cost)}")
    if usage.unknown:
        text = f"without the figures of {plural(usage.unknown, 'attempt')}"
        yield plain(f"  {text}", Role.MUTED)


def _limits(task: TaskRow) -> Iterator[TextLine]:
    spec, used = task.spec, task.usage.since(task.budget_from)
    if spec.max_tokens:
        yield plain(f"  {used.tokens:,} of {spec.max_tokens:,} tokens", Role.MUTED)
    if spec.max_cost_usd:
        spent = dollars(used.cost_microusd or 0)
        yield plain(f"  {spent} of ${spec.max_cost_usd:g}", Role.MUTED)
