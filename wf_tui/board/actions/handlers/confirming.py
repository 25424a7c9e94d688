"""Questions before work is thrown away, or before many tasks change at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.names import title_of, titled
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog, Stake
from wf_tui.ledger.rules.moves import MOVES
from wf_tui.picture.age import duration
from wf_tui.text import line_counts, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wf_tui.board.actions.action import Action
    from wf_tui.board.host import ActionHost, ActResult
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.picture.card import Card

__all__ = ["MOST_UNASKED", "ask_before", "asked_for", "names_them", "stops_work"]

_NAMED: Final = 3
"""Tasks that a question names; the others it counts."""
MOST_UNASKED: Final = 10
"""Marked tasks that an act may change without a question."""
_GIVES_UP: Final = frozenset({"task.cancel", "task.skip"})
_OWN_DIALOG: Final = frozenset({"task.reassign", "task.retry_note", "task.priority"})
"""Actions whose dialog says of how many tasks it is."""


async def ask_before(
    app: ActionHost, question: ConfirmDialog, act: Callable[[Ledger], ActResult], label: str
) -> None:
    """Do an act once the person has agreed."""
    if await app.push_screen_wait(question):
        app.do(act, label)


def stops_work(
    app: ActionHost, word: str, running: Sequence[str], ids: Sequence[str]
) -> ConfirmDialog:
    """Return the question before running work is stopped; it names what is thrown away."""
    now = app.clock.now()
    cards = [app.picture.cards[task] for task in running]
    stakes = [_stake(app, card, now) for card in cards[:_NAMED]]
    if len(cards) > _NAMED:
        stakes.append(Stake(f"and {len(cards) - _NAMED} more"))
    title = f"{word.capitalize()} {plural(len(running), 'running task')}?"
    if len(ids) > len(running):
        title = f"{word.capitalize()} {_many(app, ids)}? {len(running)} running"
    kept = f"as attempt {cards[0].attempt}" if len(cards) == 1 else "as attempts"
    note = f"{'Its' if len(cards) == 1 else 'Their'} work so far is kept {kept}, and not merged."
    return ConfirmDialog(title, f"{word} {_them(ids)}", stakes, note)


def asked_for(
    app: ActionHost, action: Action, ids: Sequence[str], *, clicked: bool, unseen: bool
) -> ConfirmDialog | None:
    """Return the question before an act that stops nothing, or None where it needs none.

    Asked is before more tasks change than one can look over, before some change that are not in
    view (`unseen`), and after a click that may have meant what stands beside it (`clicked`).
    """
    unsure = (clicked and action.id in _GIVES_UP) or unseen or len(ids) > MOST_UNASKED
    if not unsure or action.id in _OWN_DIALOG or stops_any(app, action, ids):
        return None
    return names_them(app, action.title_for(app, tuple(ids)), ids)


def names_them(app: ActionHost, word: str, ids: Sequence[str]) -> ConfirmDialog:
    """Return the question whether to do something; it says with how many, and the first titles."""
    titles = [Stake(title_of(app.picture, task)) for task in ids[:_NAMED]] if len(ids) > 1 else []
    if len(ids) > _NAMED:
        titles.append(Stake(f"and {len(ids) - _NAMED} more"))
    what = titled(app.picture, ids[0]) if len(ids) == 1 else _many(app, ids)
    title = f"{word[:1].upper()}{word[1:]} {what}?"
    return ConfirmDialog(title, f"{word.lower()} {_them(ids)}", titles)


def stops_any(app: ActionHost, action: Action, ids: Sequence[str]) -> bool:
    """Whether an action stops running work, so that its own question names what that is."""
    asks = any(MOVES[name].asks_first for name in action.moves if name in MOVES)
    return asks and any(app.picture.cards[task].claimed for task in ids)


def _many(app: ActionHost, ids: Sequence[str]) -> str:
    marked = "marked " if set(ids) <= app.picture.marks else ""
    return plural(len(ids), f"{marked}task")


def _them(ids: Sequence[str]) -> str:
    return "it" if len(ids) == 1 else "them"


def _stake(app: ActionHost, card: Card, now: float) -> Stake:
    figures = duration(now - card.since)
    if card.added is not None or card.removed is not None:
        figures += f" · {line_counts(card.added or 0, card.removed)}"
    return Stake(title_of(app.picture, card.key), figures)
