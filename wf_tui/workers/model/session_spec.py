"""What the host of the models is told of one attempt, in an anonymous file.

Written by the scheduler, read once by the host. Of the standard library alone.
"""

import json
from dataclasses import asdict
from typing import Literal, Self

from wf_tui.profiles.quirks import Quirks
from wf_tui.profiles.resolved import Price
from wf_tui.values import field, frozen

__all__ = ["SessionSpec"]

Entry = dict[str, object]
"""One line of a history: `{"message": ...}`, see `host.messages`."""


@frozen
class SessionSpec:
    """All that a conversation with a model needs, its key among it; the file is never linked."""

    id: str
    """The id of the session, which the line takes; the same for all attempts that go on with it."""
    model: str
    base_url: str
    prompt: str
    """What the model is told now: the task, or of a session that goes on what is new."""
    key: str = field(default="", repr=False)
    maker: str = ""
    """Whose history it can take as its own; "": the host of base_url is meant."""
    quirks: Quirks = field(default_factory=Quirks)
    effort: str = ""
    """How much it is to think, in a word of its quirks; "": as the preset says."""
    writes: bool = True
    """Whether its task changes files; else tools that write are not offered."""
    tree: str = ""
    """The path of the worktree. The host never opens anything there; permissions are about it."""
    ask: Literal["never", "commands", "all"] = "commands"
    allow: tuple[str, ...] = ()
    max_steps: int | None = None
    """Requests to the model in this attempt; its tokens the scheduler counts, as of any worker."""
    max_cost_usd: float | None = None
    price: Literal["plan", "table"] | Price = "table"
    """By what the money is counted that `max_cost_usd` limits."""
    context_tokens: int = 0
    """How much fits into the model's window; 0: not known."""
    history: tuple[Entry, ...] = ()
    """What was said before, oldest first; empty: a new conversation."""

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `to_json` has written; raises `ValueError`, `TypeError`, `KeyError`."""
        fields = json.loads(text)
        quirks = fields["quirks"]
        quirks["effort_models"] = tuple(quirks["effort_models"])
        fields["quirks"] = Quirks(**quirks)
        if isinstance(fields["price"], dict):
            fields["price"] = Price(**fields["price"])
        fields["allow"] = tuple(fields["allow"])
        fields["history"] = tuple(fields["history"])
        return cls(**fields)
