"""Which keys end what needs the person, what is advised first: for cards, inbox and footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.picture.card import Card

__all__ = ["ADVICE", "ON_SIMILAR", "Advice", "advice_for"]


@dataclass(frozen=True)
class Advice:
    """One way out."""

    action: str
    """The id of the action of the board."""
    word: str
    """What it does here."""


_RETRY: Final = Advice("task.retry", "retry")
_SKIP: Final = Advice("task.skip", "skip")
_EDIT: Final = Advice("task.edit", "edit")
_ASSIGN: Final = Advice("task.reassign", "assign")
_ACCEPT: Final = Advice("task.accept", "accept")
ADVICE: Final[Mapping[BlockedKind, tuple[Advice, ...]]] = {
    BlockedKind.QUESTION: (Advice("task.answer", "answer"), Advice("task.message", "message")),
    BlockedKind.REVIEW: (Advice("task.review", "review"), _ACCEPT),
    BlockedKind.CONFLICT: (Advice("task.shell", "resolve"), _RETRY),
    BlockedKind.GATE: (_RETRY, Advice("task.shell", "shell"), _SKIP),
    BlockedKind.FAILED: (_RETRY, _ASSIGN, _EDIT, _SKIP),
    BlockedKind.SCOPE: (_ACCEPT, Advice("task.review", "look"), _RETRY),
    BlockedKind.DELIVERABLE: (_RETRY, _SKIP),
    BlockedKind.BUDGET: (Advice("task.edit", "raise"), _RETRY),
    BlockedKind.QUOTA: (_ASSIGN, _RETRY),
}
"""Of each kind that can need a person."""
ON_SIMILAR: Final = frozenset(
    {"task.retry", "task.reassign", "task.skip", "task.cancel", "task.hold"}
)
"""What can be done at once to all that a card of similar tasks stands for."""


def advice_for(card: Card) -> tuple[Advice, ...]:
    """Return the ways out of a card that needs the person; none for any other one."""
    if not card.needs_you:
        return ()
    return ADVICE.get(BlockedKind(card.kind), (_RETRY, _SKIP))
