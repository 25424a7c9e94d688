"""The lines of an entry: of a card, of several similar tasks, of a ghost, of a header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.card_lines import CardDrawing, CardSize, KeyHint, card_lines
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.board.widgets.list_lines import ghost_line, similar_lines
from wf_tui.picture.orders import SIMILAR
from wf_tui.picture.words.advice import ON_SIMILAR, advice_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card
    from wf_tui.picture.picture import Picture

__all__ = ["Scene", "ghost_lines", "lines_of_similar", "task_lines", "titled_cards"]

_TITLES: Final = 5
"""Titles of similar tasks that stand on their card."""
_HIDDEN: Final = "hidden by the filter"
_PARTED: Final = "similar tasks no longer stand here as one"


@dataclass(frozen=True)
class Scene:
    """What all views of the board draw from at a moment."""

    picture: Picture
    now: float
    """UTC seconds."""
    keys_of: Callable[[str], str]
    """The keys of an action, by its id."""
    fresh: Collection[str] = ()
    """The tasks that have just changed."""
    size: CardSize = CardSize.COMFORTABLE
    costs: bool = False
    """Whether tokens and dollars are on all cards."""
    figures: bool = True
    """Whether any task has a model, tokens or a cost to show."""
    jobs: int = 1
    """How many tasks run at once; blank lines between them only where so many fit."""

    def drawing(self, width: int, glyphs: GlyphSet) -> CardDrawing:
        """Return how all cards of a view are drawn."""
        return CardDrawing(glyphs, width, self.size, self.costs, self.figures)


def task_lines(scene: Scene, task: str, drawing: CardDrawing, *, selected: bool) -> Sequence[Line]:
    """Return the lines of a card; on the selected one stand the keys that help."""
    card = scene.picture.cards[task]
    keys = _ways_out(scene, card) if selected else ()
    fresh = task in scene.fresh
    return card_lines(card, drawing, scene.now, selected=selected, keys=keys, fresh=fresh)


def lines_of_similar(
    scene: Scene, name: str, drawing: CardDrawing, *, selected: bool
) -> Sequence[Line]:
    """Return the lines of a card that stands for several tasks."""
    tasks = scene.picture.similar(name)
    cards = titled_cards(scene.picture, name)
    ways = _ways_out(scene, cards[0]) if selected and cards else ()
    keys = [hint for hint in ways if hint.action in ON_SIMILAR]
    return similar_lines(cards, len(tasks), drawing, selected=selected, keys=keys)


def titled_cards(picture: Picture, name: str) -> tuple[Card, ...]:
    """Return the first of several similar tasks: those whose titles stand on their card."""
    return tuple(picture.cards[task] for task in picture.similar(name)[:_TITLES])


def ghost_lines(scene: Scene, task: str, drawing: CardDrawing) -> Sequence[Line]:
    """Return the line that stands where a selected task, or a card of several, has left."""
    picture = scene.picture
    if task.startswith(SIMILAR):
        words = Span(f"{drawing.glyphs.becomes} {_PARTED}", Role.MUTED)
        return (drawing.glyphs.drawn(Line((words,))),)
    card = picture.cards[task]
    if picture.spot(task) is None:
        return (ghost_line(card, _HIDDEN, drawing, scene.now),)
    answered = f"answered “{card.answered}”" if card.answered else ""
    how = ", ".join(filter(None, (card.who, answered)))
    return (ghost_line(card, how, drawing, scene.now),)


def _ways_out(scene: Scene, card: Card) -> tuple[KeyHint, ...]:
    """Return the keys that end what the task is in; what has no key, as in the past, is no hint."""
    return tuple(
        KeyHint(keys, one.word, one.action)
        for one in advice_for(card)
        if (keys := scene.keys_of(one.action))
    )
