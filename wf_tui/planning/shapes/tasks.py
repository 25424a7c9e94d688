"""What the tasks of all shapes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.plan.models import Plan
from wf_tui.planning.shapes.commented_yaml import Piece
from wf_tui.swarm.items import Item
from wf_tui.swarm.sh_quoting import fill_command
from wf_tui.swarm.template import Template
from wf_tui.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.planning.shapes.shape import ShapeOptions

__all__ = [
    "head",
    "paragraphs",
    "plain_goal",
    "prompt_for",
    "scope_of",
    "shares_scope",
    "title_of",
    "work",
    "worker",
]

_LONGEST_GOAL: Final = 200
_LONGEST_TITLE: Final = 100
_USUAL: Final = 4
_EDIT: Final = (
    "Edit what you like, look at it with `wf plan show FILE`, and run it with `wf run FILE`."
)


def head(shape: str, options: ShapeOptions, at_once: int) -> tuple[str, list[Piece]]:
    """Return the comment above a plan, and its first keys."""
    pieces = [
        Piece({"goal": cut(clean(options.goal), _LONGEST_GOAL)}),
        Piece({"max_concurrent": min(max(at_once, _USUAL), Plan.MOST_CONCURRENT)}),
    ]
    if options.gate.strip():
        pieces.append(
            Piece({"gate": options.gate}, "Has to pass on the work of a task, before it is merged.")
        )
    return f"{shape}\n{_EDIT}\n", pieces


def prompt_for(options: ShapeOptions, item: str, part: str) -> str:
    """Return the prompt of an item: the goal with the item in it, or above it.

    `part` says what the item is, where the goal has no place for it.
    """
    template = Template.parse(options.goal)
    if template.places:
        return template.fill(Item(item))
    return paragraphs(options.goal, f"{part} {item.strip()}")


def plain_goal(options: ShapeOptions) -> str:
    """Return the goal for a task that is about all items."""
    return Template.parse(options.goal).fill(Item("ITEM")).strip()


def paragraphs(*texts: str) -> str:
    """Return a prompt of several parts."""
    return "\n\n".join(text.strip() for text in texts) + "\n"


def work(options: ShapeOptions, item: str, part: str) -> dict[str, object]:
    """Return what a task of an item is told or runs; the items of `runs` are commands."""
    if not options.runs:
        return {"prompt": prompt_for(options, item, part)}
    template = Template.parse(options.goal)
    if template.places:
        return {"run": fill_command(template, Item(item))}
    return {"run": item.strip() + "\n" if "\n" in item.strip() else item.strip()}


def scope_of(options: ShapeOptions, item: str | None = None) -> dict[str, object]:
    """Return what a task may change, for an item or for no one of them."""
    if not options.scope:
        return {}
    scopes = [Template.parse(scope) for scope in options.scope]
    if item is None:
        return {"file_scope": [scope.text for scope in scopes if not scope.places] or ["**"]}
    return {"file_scope": [scope.fill(Item(item)) for scope in scopes]}


def shares_scope(options: ShapeOptions) -> bool:
    """Whether all items may change the same paths, and so wait for each other."""
    return any(not Template.parse(scope).places for scope in options.scope)


def title_of(item: str) -> str:
    """Return what the card of an item says."""
    return cut(clean(item.strip()), _LONGEST_TITLE) or "item"


def worker(profiles: Sequence[str], number: int) -> dict[str, object]:
    """Return who a task is for: one profile after the other, from the end for a negative number."""
    if not profiles:
        return {}
    return {"worker": profiles[number % len(profiles) if number >= 0 else number]}
