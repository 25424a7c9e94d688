"""The actions that change only what is looked at: moving, opening, folding, filtering, marking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import EVERY_SCREEN, RUN_VIEWS, Action, Context, Group, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost

__all__ = ["VIEWS"]

_BOARD: Final = frozenset({Context.BOARD})
_LISTS: Final = _BOARD | {Context.INBOX}
_TREES: Final = _LISTS | {Context.GRAPH, Context.RUNS, Context.PLAN}
_TEXTS: Final = _LISTS | {Context.REVIEW}
_TABS: Final = _LISTS | {Context.TIMELINE}
_MOVES: Final = EVERY_SCREEN - {Context.START}
_SIDEWAYS: Final = _MOVES - {Context.TIMELINE}


def _move(
    word: str, keys: tuple[str, ...], text: str, contexts: frozenset[Context] = _MOVES
) -> Action:
    return Action(
        f"view.{word}",
        keys,
        word.replace("_", " ").capitalize(),
        text,
        Group.MOVE,
        Target.VIEW,
        contexts,
        calls=f"screen.move('{word}')",
    )


def _look(
    word: str,
    key: str,
    title: str,
    text: str,
    calls: str,
    contexts: frozenset[Context],
    twin: str = "",
    *,
    footer: bool = False,
    title_now: Callable[[ActionHost, tuple[str, ...]], str] | None = None,
) -> Action:
    return Action(
        f"view.{word}",
        (key,),
        title,
        text,
        Group.LOOK,
        Target.VIEW,
        contexts,
        twins=(twin,) if twin else (),
        calls=calls,
        footer=footer,
        title_now=title_now,
    )


def _waits_title(app: ActionHost, _ids: tuple[str, ...]) -> str:
    """Return what `<` shows: in the graph no file."""
    return "Waits for" if app.context == Context.GRAPH else "Previous file"


def _holds_title(app: ActionHost, _ids: tuple[str, ...]) -> str:
    """Return what `>` shows."""
    return "Holds up" if app.context == Context.GRAPH else "Next file"


_FILES: Final = {"file_previous": _waits_title, "file_next": _holds_title}


_MOVING: Final = (
    _move("left", ("h", "left"), "To the column, side or layer on the left", _SIDEWAYS),
    _move("down", ("j", "down"), "To the card below, or what there is"),
    _move("up", ("k", "up"), "To what is above"),
    _move("right", ("l", "right"), "To the column, side or layer on the right", _SIDEWAYS),
    _move("first", ("g", "home"), "To the first", _MOVES - {Context.LAND}),
    _move("last", ("G", "end"), "To the last"),
    _move("page_up", ("pageup",), "A page up"),
    _move("page_down", ("pagedown",), "A page down"),
    Action(
        "view.next_need",
        ("N",),
        "Next",
        "To the next that needs you; opens folds, drops a filter that hides it",
        Group.MOVE,
        Target.VIEW,
        RUN_VIEWS | {Context.RUNS},
        twins=("wf inbox",),
        calls="screen.next_need",
        footer=True,
    ),
)
_LOOKING: Final = (
    _look(
        *("open", "enter", "Open", "Show all of it", "screen.open"),
        RUN_VIEWS | {Context.RUNS, Context.REVIEW, Context.PLAN},
        "wf show TASK",
        footer=True,
    ),
    _look(
        *("back", "escape", "Back", "Close the pane, then the filter, then the marks"),
        *("screen.back", EVERY_SCREEN),
    ),
    _look(
        *("pane", "tab", "Other side", "To the other side: list or pane, files or diff"),
        *("screen.other_side", _TEXTS | {Context.PLAN}),
    ),
    _look(
        *("next_card", "J", "Next card", "The next card, with its pane open"),
        *("screen.next_card", _LISTS),
    ),
    _look(
        *("previous_card", "K", "Previous card", "The card before, with its pane open"),
        *("screen.previous_card", _LISTS),
    ),
    *(
        _look(
            *(f"{what}_{way}", key, f"{way.capitalize()} {what}", f"The {way} {text}"),
            *(f"screen.{what}('{way}')", contexts),
            title_now=_FILES.get(f"{what}_{way}"),
        )
        for what, keys, text, contexts in (
            ("attempt", "[]", "attempt; while looking back, event", _LISTS | {Context.TIMELINE}),
            ("hunk", "{}", "hunk or hit; while looking back, change", _TEXTS),
            ("file", "<>", "file; in the graph, wait or dependant", _TEXTS | {Context.GRAPH}),
        )
        for way, key in zip(("previous", "next"), keys, strict=True)
    ),
    replace(
        _look(
            *("list", "v", "List", "Board or list", "screen.list", _BOARD, "wf status"),
            footer=True,
        ),
        title_now=lambda app, _: "Board" if app.in_list else "List",
        widest="Board",
    ),
    _look(
        *("fold", "z", "Fold", "Fold or open the group under the cursor"),
        *("screen.fold", _TREES),
    ),
    _look(*("fold_all", "Z", "Fold all", "Fold or open all groups", "screen.fold_all", _TREES)),
    _look(
        *("filter", "/", "Filter"),
        "Words, state: worker: phase: kind: lane: model: age:; in log and diff, find",
        *("screen.filter", _TEXTS | {Context.RUNS}, "wf status --filter"),
        title_now=lambda app, _: "Find" if app.context == Context.REVIEW else "",
        footer=True,
    ),
    _look(
        *("blocked", "!", "Only blocked", "Show only blocked cards, or all again"),
        *("screen.quick('blocked')", _BOARD, "wf status"),
    ),
    _look(
        *("mine", "@", "Only mine", "Show only what waits for you, or all again"),
        *("screen.quick('mine')", _BOARD, "wf status"),
    ),
    _look(
        *("running", "#", "Only running", "Show only cards in progress, or all again"),
        *("screen.quick('running')", _BOARD, "wf status"),
    ),
    _look(
        *("cost", "$", "Cost", "Cost and tokens on all cards, or not", "screen.cost"),
        RUN_VIEWS,
    ),
    _look(
        *("mark", "space", "Mark", "Mark it; task keys then work on all marked ones"),
        *("screen.mark", _LISTS),
        footer=True,
    ),
    _look(
        *("mark_range", "V", "Mark to here", "Mark from the last mark to here"),
        *("screen.mark_range", _TEXTS),
    ),
    _look(
        *("mark_all", "*", "Mark all", "Mark all of this column or group, or none again"),
        *("screen.mark_all", _LISTS),
    ),
    _look(
        *("log", "L", "Log", "What the worker prints", "screen.tab('log')", _TABS),
        "wf logs TASK",
    ),
    _look(
        *("diff", "d", "Diff", "What the attempt has changed", "screen.tab('diff')", _TABS),
        "wf diff TASK",
    ),
    _look(
        *("follow", "F", "Follow", "Follow the log; leave the past for what is live"),
        *("screen.follow", _LISTS | {Context.TIMELINE}),
    ),
    _look(
        *("history", "t", "Time travel", "The board as it was at a moment", "screen.history"),
        *(RUN_VIEWS, "wf status --at"),
    ),
    _look(
        *("menu", ".", "More", "All that can be done here, and why the rest cannot"),
        *("app.menu", EVERY_SCREEN),
        footer=True,
    ),
)
VIEWS: Final = (*_MOVING, *_LOOKING)
"""In the order of footer and help."""
