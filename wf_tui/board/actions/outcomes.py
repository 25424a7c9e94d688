"""What follows an act of the person: what changed, by titles, and why the rest did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.names import named, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.host import ActResult, Severity
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.picture.picture import Picture

__all__ = ["OutcomeMessage", "outcome_messages"]

_STATES: Final = {"pending": "pending", "in_progress": "running", "done": "done"}
"""How a state is called where the kind is no better word."""


@dataclass(frozen=True)
class OutcomeMessage:
    """One line for the person."""

    text: str
    refused: bool = False

    @property
    def severity(self) -> Severity:
        """How it is shown."""
        return "warning" if self.refused else "information"


def outcome_messages(
    result: ActResult, label: str, picture: Picture, *, after: str = ""
) -> list[OutcomeMessage]:
    """Return what to say of a result; `label` is what was done, in the past: `retried`.

    `after` is what follows the name of a single task: `: merging`. A result is a sentence of its
    own, whether something changed, nothing, or a row for each task. There is one line to say it
    in, so that what many tasks have in common is said once.
    """
    if isinstance(result, str):
        return [OutcomeMessage(result)]
    if result is None or result is True:
        return [OutcomeMessage(label)]
    if result is False:
        return [OutcomeMessage(f"nothing to do: {label} already", refused=True)]
    changed = [row.task for row in result if row.changed]
    refused = [row for row in result if not row.changed]
    if not refused:
        return [OutcomeMessage(f"{label} {named(picture, changed)}{after}")] if changed else []
    if len(result) == 1:
        return [OutcomeMessage(refusal_text(refused[0], picture), refused=True)]
    counts = f"{label} {len(changed)} of {len(result)}: {state_counts(refused)}"
    return [OutcomeMessage(counts, refused=not changed)]


def refusal_text(row: MoveResult, picture: Picture) -> str:
    """Return why one task was refused, by its title; the reason is the ledger's sentence."""
    return row.reason.replace(f"task {row.task!r}", titled(picture, row.task))


def state_counts(refused: Sequence[MoveResult]) -> str:
    """Return where the refused ones are, the most first: `2 are running, 1 is done`."""
    words = Counter(_STATES.get(row.state, row.state) for row in refused)
    return ", ".join(
        f"{count} {'is' if count == 1 else 'are'} {word}" for word, count in words.most_common()
    )
