"""The actions that change only what is looked at: moving, opening, filtering, other screens."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Group, Where

__all__ = ["SCREENS", "VIEWS"]


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
    name: str,
    key: str,
    words: tuple[str, str],
    calls: str,
    twin: str = "",
    *,
    where: Where = Where.BOARD,
    group: Group = Group.LOOK,
    footer: bool = False,
) -> Action:
    twins = (twin,) if twin else ()
    return Action(name, (key,), *words, group, where, twins=twins, calls=calls, footer=footer)


VIEWS: Final = (
    _move("left", ("h", "left"), "To the column on the left"),
    _move("down", ("j", "down"), "To the card below"),
    _move("up", ("k", "up"), "To the card above"),
    _move("right", ("l", "right"), "To the column on the right"),
    _move("first", ("g", "home"), "To the first card of the column"),
    _move("last", ("G", "end"), "To the last card of the column"),
    _look(
        "view.open", "enter", ("Open", "Show all of the card"), "screen.open", "wf show TASK",
        footer=True,
    ),
    _look("view.back", "escape", ("Back", "Close the card, then the filter, then the marks"),
          "screen.back"),
    _look("view.mark", "space", ("Mark", "Mark the card; actions then work on all marked ones"),
          "screen.mark", footer=True),
    _look("view.log", "L", ("Log", "What the worker prints"), "screen.tab('log')", "wf logs TASK",
          footer=True),
    _look("view.diff", "d", ("Diff", "What the attempt has changed"), "screen.tab('diff')",
          "wf diff TASK", footer=True),
    _look("view.filter", "/", ("Filter", "Words, state:, worker:, phase:, kind:"),
          "screen.filter", "wf status", footer=True),
    _look("view.blocked", "!", ("Only blocked", "Show only blocked cards, or all again"),
          "screen.quick('blocked')", "wf status"),
    _look("view.mine", "@", ("Only mine", "Show only what waits for you, or all again"),
          "screen.quick('mine')", "wf status"),
    _look("view.running", "#", ("Only running", "Show only cards in progress, or all again"),
          "screen.quick('running')", "wf status"),
)  # fmt: skip
SCREENS: Final = (
    _look("go.board", "1", ("Board", "The four columns"), "app.go('board')", "wf status",
          where=Where.APP),
    _look("go.inbox", "2", ("Inbox", "Only what needs you"), "app.go('inbox')", "wf status",
          where=Where.APP, footer=True),
    _look("go.workers", "4", ("Workers", "The seats and what they hold"), "app.go('workers')",
          "wf workers", where=Where.APP),
    _look("app.palette", "ctrl+p", ("Palette", "Every action and every task by name"),
          "app.command_palette", where=Where.APP, group=Group.APP),
    _look("app.help", "?", ("Help", "The keys of this screen"), "app.help", "wf --help",
          where=Where.APP, group=Group.APP, footer=True),
    _look("app.quit", "q", ("Quit", "Leave the swarm running, or stop it"), "app.quit",
          where=Where.APP, group=Group.APP, footer=True),
)  # fmt: skip
