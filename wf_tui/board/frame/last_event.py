"""What happened last in a run, as the status line tells it where there is nothing to warn of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import Exported, WorktreeKept, WorktreeRemoved
from wf_tui.picture.event_text import event_words, worth_watching
from wf_tui.text import cut

if TYPE_CHECKING:
    from wf_tui.picture.batch import Batch
    from wf_tui.picture.picture import Picture

__all__ = ["newest_event"]

_TITLE: Final = 50
_ASIDE: Final = frozenset(
    {Exported.event_kind, WorktreeKept.event_kind, WorktreeRemoved.event_kind}
)
"""What follows from what was told of a task: that it is merged, or stopped, says more."""


def newest_event(batch: Batch, picture: Picture) -> str:
    """Return the newest event of a batch that is worth watching, in words; "" where none is.

    The batch has been applied. One that is all of a run tells no events: its last ones are old.
    """
    if batch.whole:
        return ""
    for row in reversed(batch.events):
        if worth_watching(row) and row.kind not in _ASIDE:
            words = event_words(row)
            if row.task not in picture.cards:
                return words
            card = picture.cards[str(row.task)]
            return f"\u201c{cut(card.title or card.id, _TITLE)}\u201d {words}"
    return ""
