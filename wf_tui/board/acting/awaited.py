"""What a person waits for after an act: the end of a merge that was begun, a card that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.actions.names import titled
from wf_tui.board.actions.outcomes import OutcomeMessage
from wf_tui.ledger.model.states import BlockedKind, TaskState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from wf_tui.picture.card import Card
    from wf_tui.picture.picture import Picture

__all__ = ["Awaited"]


class Awaited:
    """Keeps what was begun until the picture shows how it ended; on the event loop only."""

    def __init__(self) -> None:
        self._merges: dict[str, bool] = {}
        """Accepted tasks, and whether they have been seen on their way."""
        self.new_card: str = ""
        """The task that is to be selected as soon as its card is there; "" for none."""

    def merge(self, tasks: Iterable[str]) -> None:
        """Await what becomes of accepted work."""
        self._merges |= dict.fromkeys(tasks, False)

    def settle(
        self, picture: Picture, changed: Collection[str], keys_of: Callable[[str], str]
    ) -> Iterator[OutcomeMessage]:
        """Yield what became of tasks that have just changed; each once."""
        for task in [task for task in self._merges if task in changed]:
            card = picture.card(task)
            if card.state == TaskState.BLOCKED and self._merges.pop(task):
                yield OutcomeMessage(_held_back(picture, card, keys_of), refused=True)
            elif card.state == TaskState.DONE:
                del self._merges[task]
                yield OutcomeMessage(f"{titled(picture, task)} is merged")
            elif task in self._merges:
                self._merges[task] = True


def _held_back(picture: Picture, card: Card, keys_of: Callable[[str], str]) -> str:
    """Return why accepted work is blocked again, and what helps."""
    title, needs = titled(picture, card.key), card.needs
    words = needs.sentence if needs is not None else card.why
    if card.kind == BlockedKind.CONFLICT:
        return (
            f"{title} does not merge any more {words}: {keys_of('task.shell')} shows the new marks"
        )
    word = needs.word if needs is not None else card.kind
    return f"{title} is blocked again: {word} {words}"
