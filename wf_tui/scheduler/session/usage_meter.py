"""What an attempt has used: what its worker says of it, as steps that the ledger adds up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.profiles.prices import Tokens, cost_of
from wf_tui.text import dollars

if TYPE_CHECKING:
    from wf_tui.profiles.resolved import Limits, Resolved
    from wf_tui.workers.line.grammar import Usage as SaidUsage

__all__ = ["UsageMeter", "over_limits"]

_MICRO: Final = 1_000_000


@dataclass
class UsageMeter:
    """Makes steps of what is said, of one attempt; `step` may import a table of prices, and block.

    What is not said is unknown, and no step of it is 0.
    """

    profile: Resolved | None = None
    """Whose prices count, where the program does not say what it cost."""
    model: str = ""
    """The model that its session has named."""
    total: Usage = NO_USAGE

    def step(self, said: SaidUsage) -> Usage:
        """Return what came since the last report.

        The sum of a session stands for all that was said before; everything else is added to it.
        """
        now = Usage(
            input_tokens=said.input,
            cached_tokens=said.cached,
            output_tokens=said.output,
            reasoning_tokens=said.reasoning,
            requests=1 if said.scope == "step" else None,
            cost_microusd=None if said.cost_usd is None else round(said.cost_usd * _MICRO),
        )
        if said.scope == "session":
            now = self._addition(now)
        if said.cost_usd is None and now != NO_USAGE:
            now = replace(now, cost_microusd=self._cost(now))
        self.total += now
        return now

    def _addition(self, said: Usage) -> Usage:
        """Return what a sum adds to the total: it takes nothing off, whatever it says.

        What it does not speak of stays, and one that says less than before adds nothing: it would
        lower what its run has used, and so raise its budget.
        """
        before = self.total.figures()
        told = said.figures().items()
        now = Usage(**{n: max(0, f - (before[n] or 0)) for n, f in told if f is not None})
        told_before = self.total != NO_USAGE
        return NO_USAGE if told_before and not any(now.figures().values()) else now

    def _cost(self, step: Usage) -> int | None:
        if self.profile is None or step.input_tokens is None or step.output_tokens is None:
            return None
        tokens = Tokens(step.input_tokens, step.output_tokens, step.cached_tokens or 0)
        return cost_of(self.profile, self.model, tokens)


def over_limits(used: Usage, tools: int, limits: Limits) -> str:
    """Return which limit of an attempt is used up, in words; "" where none is.

    A step is a request to the model, or a tool call where the program does not tell of those.
    """
    steps = used.requests or tools
    if limits.max_steps and steps > limits.max_steps:
        return f"used {steps:,} of {limits.max_steps:,} steps"
    if limits.max_tokens is not None and used.tokens >= limits.max_tokens:
        return f"used {used.tokens:,} of {limits.max_tokens:,} tokens"
    spent = used.cost_microusd or 0
    if limits.max_cost_usd is not None and spent >= limits.max_cost_usd * _MICRO:
        return f"used {dollars(spent)} of {dollars(limits.max_cost_usd * _MICRO)}"
    return ""
