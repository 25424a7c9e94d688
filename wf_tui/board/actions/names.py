"""How tasks are named to a person: by their titles, as the cards are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.picture.picture import Picture

__all__ = ["named", "title_of", "titled"]

_LONGEST: Final = 48
"""Cells of a title within a sentence."""


def title_of(picture: Picture, task: str) -> str:
    """Return the title of a task as its card has it, its id where it has none."""
    card = picture.cards.get(task)
    title = card.title.strip() if card is not None else ""
    return clean(title or task, limit=_LONGEST)


def titled(picture: Picture, task: str) -> str:
    """Return the title in quotes, for a sentence."""
    return f"“{title_of(picture, task)}”"


def named(picture: Picture, tasks: Sequence[str]) -> str:
    """Return one task by its title, several by their number."""
    return titled(picture, tasks[0]) if len(tasks) == 1 else plural(len(tasks), "task")
