"""The actions that change only what is looked at: moving, opening, filtering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import Action, Group, Where

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = ["VIEWS", "view_bindings"]


def _move(word: str, keys: tuple[str, ...], text: str) -> Action:
    return Action(
        f"view.{word}",
        keys,
        word.capitalize(),
        text,
        Group.MOVE,
        Where.BOARD,
        calls=f"screen.move('{word}')",
    )


def _look(
    word: str, key: str, title: str, text: str, calls: str, twin: str = "", *, footer: bool = False
) -> Action:
    return Action(
        f"view.{word}",
        (key,),
        title,
        text,
        Group.LOOK,
        Where.BOARD,
        twins=(twin,) if twin else (),
        calls=f"screen.{calls}",
        footer=footer,
    )


VIEWS: Final = (
    _move("left", ("h", "left"), "To the column on the left"),
    _move("down", ("j", "down"), "To the card below"),
    _move("up", ("k", "up"), "To the card above"),
    _move("right", ("l", "right"), "To the column on the right"),
    _move("first", ("g", "home"), "To the first card of the column"),
    _move("last", ("G", "end"), "To the last card of the column"),
    _look("open", "enter", "Open", "Show all of the card", "open", "wf show TASK", footer=True),
    _look("back", "escape", "Back", "Close the card, then the filter, then the marks", "back"),
    _look(
        "mark",
        "space",
        "Mark",
        "Mark the card; actions then work on all marked ones",
        "mark",
        footer=True,
    ),
    _look("log", "L", "Log", "What the worker prints", "tab('log')", "wf logs TASK", footer=True),
    _look(
        "diff",
        "d",
        "Diff",
        "What the attempt has changed",
        "tab('diff')",
        "wf diff TASK",
        footer=True,
    ),
    _look(
        "filter",
        "/",
        "Filter",
        "Words, state:, worker:, phase:, kind:",
        "filter",
        "wf status",
        footer=True,
    ),
    _look(
        "blocked",
        "!",
        "Only blocked",
        "Show only blocked cards, or all again",
        "quick('blocked')",
        "wf status",
    ),
    _look(
        "mine",
        "@",
        "Only mine",
        "Show only what waits for you, or all again",
        "quick('mine')",
        "wf status",
    ),
    _look(
        "running",
        "#",
        "Only running",
        "Show only cards in progress, or all again",
        "quick('running')",
        "wf status",
    ),
)


def view_bindings(*words: str) -> list[BindingType]:
    """Return the bindings of `VIEWS`, or of some of them; a screen has the actions they call.

    `words` are the ids without `view.`, as in `view_bindings("down", "up")`.

    Screens take their bindings from here and not from the registry, which imports the screens.
    """
    wanted = {f"view.{word}" for word in words}
    return [action.binding for action in VIEWS if not words or action.id in wanted]
