"""What the start screen says: where one is, the lines of its menu, and how a run is begun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.content import Content

from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.board.actions.action import Action
    from wf_tui.board.start.agents import Readiness
    from wf_tui.board.start.beginning import Beginning
    from wf_tui.board.start.surroundings import Fact, Surroundings
    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["how_line", "menu_line", "place_line", "shown_path"]

_Piece = tuple[str, str]
_MUTED: Final = "$wf-muted"
_GOOD: Final = "$text-success"
_BAD: Final = "$text-warning"
_TITLE: Final = 12
_PATH: Final = 32
_ASKS: Final = {"never": "nothing", "commands": "commands", "all": "everything"}


def place_line(
    place: Path | None, around: Surroundings, glyphs: GlyphSet, *, in_repository: bool
) -> Content:
    """Return the first line: the folder, its branch, and how much is not committed."""
    if place is None or not in_repository:
        return Content.assemble(("wf", "bold $primary"), ("  in no git repository", _MUTED))
    branch = f" {around.branch}" if around.branch else ""
    return Content.assemble(
        ("wf", "bold $primary"),
        (" in ", _MUTED),
        (shown_path(place, glyphs.more), "bold"),
        (branch, _MUTED),
    )


def shown_path(place: Path, more: str) -> str:
    """Return a folder as people write it, safe to draw; `more` begins a long one."""
    home = Path.home()
    path = f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)
    path = clean(path, limit=4096)
    return path if len(path) <= _PATH else f"{more}{path[1 - _PATH :]}"


def menu_line(
    action: Action,
    key: str,
    files: Sequence[str],
    around: Surroundings,
    glyphs: GlyphSet,
    *,
    takes_prompts: bool,
) -> Content:
    """Return a line of the menu: its key, its name, and what it would begin with.

    `takes_prompts` says whether a task can be one: else it is a command.
    """
    pieces: list[_Piece] = [(action.help, _MUTED)]
    if action.id == "start.plan" and files:
        pieces = [(clean(files[0]), _MUTED), *_facts(around.plan, glyphs)]
        if files[1:]:
            pieces.append((f" and {plural(len(files) - 1, 'more plan')}", _MUTED))
    elif action.id == "start.task" and not takes_prompts:
        pieces = [("a command, one tree, a diff to review", _MUTED)]
    elif action.id == "start.runs" and around.runs:
        pieces = [(around.runs, _MUTED)]
    elif action.id == "start.doctor" and around.doctor:
        pieces = [(text.lstrip(), style) for text, style in _facts(around.doctor, glyphs)[:1]]
        pieces += _facts(around.doctor[1:], glyphs)
    return Content.assemble((key, "bold $primary"), f"  {action.title:<{_TITLE}} ", *pieces)


def _facts(facts: Iterable[Fact], glyphs: GlyphSet) -> list[_Piece]:
    pieces: list[_Piece] = []
    for fact in facts:
        if fact.good is None:
            pieces.append((f" {fact.text}", _MUTED))
        else:
            sign = glyphs.done if fact.good else glyphs.cancelled
            pieces.append((f" {sign} {fact.text}", _GOOD if fact.good else _BAD))
    return pieces


def how_line(begin: Beginning, ready: Readiness, keys: Sequence[str]) -> Content:
    """Return who plans, how many tasks at once, what it may cost, and what is asked before.

    `keys` change the first three, as they are shown.
    """
    pieces: list[_Piece] = []
    values = (
        ("planner", clean(begin.planner, limit=24) or "none"),
        ("seats", "planned" if begin.jobs is None else str(begin.jobs)),
        ("budget", clean(begin.budget, limit=24) or "planned"),
    )
    for (name, value), key in zip(values, keys, strict=True):
        pieces += [(f"{name} ", _MUTED), (value, "bold"), (f" {key}  ", _MUTED)]
    if ready.asks:
        pieces += [("ask before ", _MUTED), (_ASKS.get(ready.asks, ready.asks), "bold")]
    return Content.assemble(*pieces)
