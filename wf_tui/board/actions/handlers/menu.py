"""What the menu of `.` lists: what can be done with the task here, then what cannot, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.handlers.conversation import hears
from wf_tui.board.actions.names import named, title_of, titled
from wf_tui.board.dialogs.menu_dialog import MenuLine
from wf_tui.ledger.rules.moves import MOVES
from wf_tui.picture.age import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.board.actions.action import Action
    from wf_tui.board.host import ActionHost

__all__ = ["menu_lines", "menu_title"]

_SHORT: Final = {
    "view.open": "log, diff, prompt, attempts",
    "task.retry": "with its tries reset",
    "task.retry_note": "the next attempt is told what you write",
    "task.reassign": "a worker of your choice",
    "task.edit": "title, prompt, scope, limits",
    "task.copy": "id, path, branch",
    "task.shell": "your shell in its worktree",
    "task.editor": "your editor in its worktree",
    "task.review": "its work on the whole screen",
    "task.snooze": "for a while, or until it changes",
}


def menu_title(app: ActionHost, tasks: Sequence[str]) -> str:
    """Return what the menu is about."""
    if not tasks:
        return "This run"
    return title_of(app.picture, tasks[0]) if len(tasks) == 1 else named(app.picture, tasks)


def menu_lines(app: ActionHost, actions: Iterable[Action], tasks: Sequence[str]) -> list[MenuLine]:
    """Return a line for each action, the possible ones first; `tasks` are what they work on."""
    lines = []
    for action in actions:
        why_not = app.why_not(action.id)
        note = _reason(app, why_not, tasks) if why_not else _note(app, action, tasks)
        key = app.keys_for(action.id)[0].key if action.keys else ""
        title = action.title_for(app, tuple(tasks)) if tasks else action.title
        lines.append(MenuLine(action.id, key, title.lower(), note, possible=not why_not))
    # Stable: within each half they keep the order of the registry.
    return sorted(lines, key=lambda line: not line.possible)


def _note(app: ActionHost, action: Action, tasks: Sequence[str]) -> str:
    """Return what an action would do to these tasks, in a few words."""
    if len(tasks) == 1:
        card = app.picture.cards[tasks[0]]
        asks = any(MOVES[name].asks_first for name in action.moves if name in MOVES)
        if asks and card.claimed:
            return f"asks first: {duration(app.clock.now() - card.since)} of work, which is kept"
        if action.id == "task.answer" and card.needs is not None:
            return card.needs.sentence
        if action.id == "task.message":
            at_once = hears(app.picture, tasks[0])
            return "reaches it at once" if at_once else "waits for its next attempt"
    return _SHORT.get(action.id) or action.help[:1].lower() + action.help[1:]


def _reason(app: ActionHost, why_not: str, tasks: Sequence[str]) -> str:
    """Return why not: what helps, where that is known, without what all of these lines say."""
    if not tasks:
        return why_not
    words = why_not.removeprefix(f"{titled(app.picture, tasks[0])} ")
    where, _, helps = words.partition("; ")
    return helps if helps and where.startswith("is ") else words
