"""Adding up what an agent says of its tokens and its cost, some of which is unknown."""

from wf_tui.workers.line.grammar import Usage

__all__ = ["known_only", "usage_sum"]


def known_only(usage: Usage) -> Usage:
    """Return a usage without the zeros that stand for what the provider did not say."""
    if usage.input or usage.output:
        return usage
    return Usage(scope=usage.scope)


def usage_sum(before: Usage | None, usage: Usage) -> Usage:
    """Return the usage so far; what is unknown stays so until something is known of it."""
    if before is None or usage.scope == "session":
        return usage
    return Usage(
        plus(before.input, usage.input),
        plus(before.cached, usage.cached),
        plus(before.output, usage.output),
        plus(before.reasoning, usage.reasoning),
        before.cost_usd if usage.cost_usd is None else (before.cost_usd or 0.0) + usage.cost_usd,
        usage.scope,
    )


def plus(before: int | None, more: int | None) -> int | None:
    """Return a sum in which both may be unknown."""
    if before is None or more is None:
        return more if before is None else before
    return before + more
