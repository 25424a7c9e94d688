"""Acts on tasks: those of the table of moves, after a question where work would be thrown away."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec

from wf_tui import commands
from wf_tui.board.actions.handlers import confirming
from wf_tui.board.actions.names import named
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.inbox.writing import NOTE_DRAFT, written
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import Move, MoveResult

__all__ = ["HOLDS", "hold", "hold_title", "make_move", "prioritise", "retry_with_note"]

Ids = tuple[str, ...]
_P = ParamSpec("_P")
HOLDS: Final = (moves.UNHOLD, moves.HOLD)
"""The moves of `b`; of those that are possible for a task, the first is made."""
STOP_AND_HOLD: Final = "Stop & hold"
_PRIORITIES: Final = (("Next", -100), ("Sooner", -10), ("As planned", 0), ("Later", 10))


def make_move(
    app: ActionHost,
    move: Move[_P],
    ids: Ids,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> None:
    """Make a move of the table; ask first where running work would be thrown away.

    `args` and `kwargs` are those of the move. Whether it is possible is decided in the ledger, for
    each task by itself: the picture may be a moment old.
    """

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.move(app.project, ledger, app.run_id, move, ids, *args, **kwargs)

    running = [task for task in ids if app.picture.cards[task].claimed]
    done = move.told or move.done
    if move.asks_first and running:
        word = "stop & hold" if move is moves.HOLD else move.name
        question = confirming.stops_work(app, word, running, ids)
        app.start_dialog(confirming.ask_before(app, question, act, done))
    else:
        app.do(act, done, offers_undo=move in {moves.CANCEL, moves.SKIP})


def hold(app: ActionHost, ids: Ids) -> None:
    """Let go what is held, stop and hold what runs, hold what waits.

    Tasks for which none of these is possible are held all the same: the ledger then says why not.
    """
    chosen: dict[str, list[str]] = defaultdict(list)
    for task in ids:
        possible = [move for move in HOLDS if app.picture.why_not(move.name, task) is None]
        chosen[possible[0].name if possible else moves.HOLD.name].append(task)
    running = [task for task in ids if app.picture.cards[task].claimed]
    if running and len(chosen) > 1:
        # One question for all of them: what is let go was not agreed to before it, either.
        question = confirming.stops_work(app, STOP_AND_HOLD.lower(), running, ids)
        app.start_dialog(_hold_all(app, question, chosen))
        return
    # One act for each move and not for each task: undo takes back a whole act.
    for name, tasks in chosen.items():
        make_move(app, moves.MOVES[name], tuple(tasks))


async def _hold_all(
    app: ActionHost, question: ConfirmDialog, chosen: Mapping[str, Sequence[str]]
) -> None:
    if not await app.push_screen_wait(question):
        return
    for name, tasks in chosen.items():
        move = moves.MOVES[name]
        app.do(partial(_moved, app, move, tuple(tasks)), move.told or move.done)


def _moved(app: ActionHost, move: Move[[]], ids: Ids, ledger: Ledger) -> list[MoveResult]:
    return commands.move(app.project, ledger, app.run_id, move, ids)


def hold_title(app: ActionHost, ids: Ids) -> str:
    """Return what `b` does to these tasks: the label of its key follows their state."""
    cards = [app.picture.cards[task] for task in ids if task in app.picture.cards]
    if any(card.claimed for card in cards):
        return STOP_AND_HOLD
    held = [app.picture.why_not(moves.UNHOLD.name, card.key) is None for card in cards]
    return "Let go" if held and all(held) else "Hold"


def retry_with_note(app: ActionHost, ids: Ids) -> None:
    """Take a note for the next worker, and give the tasks another chance with it."""

    async def write() -> None:
        title = f"Retry {named(app.picture, ids)} with a note"
        text = await written(app, ids[0], NOTE_DRAFT, title, "The next attempt is told.")
        if text is None:
            return

        def act(ledger: Ledger) -> list[MoveResult]:
            commands.keep_draft(ledger, app.run_id, ids[0], NOTE_DRAFT, "")
            return commands.move_with_note(app.project, ledger, app.run_id, moves.RETRY, ids, text)

        app.do(act, moves.RETRY.done, after=", with your note")

    app.start_dialog(write())


def prioritise(app: ActionHost, ids: Ids) -> None:
    """Ask how soon the tasks are to be taken, and say so to the queue."""

    async def choose() -> None:
        choices = [Choice(str(number), label) for label, number in _PRIORITIES]
        title = f"When is {named(app.picture, ids)} taken?"
        chosen = await app.push_screen_wait(ChoiceDialog(title, choices))
        if chosen is not None:
            make_move(app, moves.PRIORITY, ids, number=int(chosen))

    app.start_dialog(choose())
