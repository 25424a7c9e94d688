"""What it means to drag a card to another column, or onto a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.actions.handlers import confirming, reassigning, task_acts
from wf_tui.board.actions.names import titled
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
    from wf_tui.board.host import ActionHost
    from wf_tui.board.messages import CardDropped

__all__ = ["drop_card", "drop_question", "why_not_drop"]


def drop_question(
    app: ActionHost, drop: CardDropped, ids: tuple[str, ...], *, unseen: bool
) -> ConfirmDialog | None:
    """Return what to ask before marked cards are dropped, or None where nothing is to be asked.

    `unseen` is whether some of them are not in view. What stops running work has its own question.
    """
    stops = drop.to_state is not TaskState.IN_PROGRESS and any(
        app.picture.cards[task].claimed for task in ids
    )
    if stops or not (unseen or len(ids) > confirming.MOST_UNASKED):
        return None
    return confirming.names_them(app, "drop", ids)


def drop_card(app: ActionHost, drop: CardDropped, ids: tuple[str, ...]) -> None:
    """Do what the drop asks for, on the dragged card or on all marked ones: `ids`.

    The application calls it on the event loop. The states are those of the columns; a card that
    changed while it was held is not dropped.
    """
    card = app.picture.cards[drop.card]
    if card.state != drop.from_state:
        app.show_toast(f"{titled(app.picture, drop.card)} has changed while it was held")
        return
    match drop.from_state, drop.to_state:
        case TaskState.BLOCKED, TaskState.PENDING:
            held = card.kind == BlockedKind.HOLD
            task_acts.make_move(app, moves.UNHOLD if held else moves.RETRY, ids)
        case TaskState.PENDING, TaskState.BLOCKED:
            task_acts.make_move(app, moves.HOLD, ids)
        case TaskState.IN_PROGRESS, TaskState.PENDING:
            task_acts.make_move(app, moves.RELEASE, ids)
        case _, TaskState.IN_PROGRESS:
            # A card of a seat stands for the seat; beside all cards no worker is named.
            onto = app.picture.cards.get(drop.onto) if drop.onto is not None else None
            if onto is None or not onto.who:
                reassigning.reassign(app, ids)
            else:
                reassigning.reassign_to(app, ids, onto.who)
        case before, after:
            names = [state.value.replace("_", " ") for state in (before, after)]
            app.show_toast(f"a card cannot be moved by hand from {names[0]} to {names[1]}")


def why_not_drop(app: ActionHost, drop: CardDropped) -> str:
    """Return why nothing would come of a drop, or ""; said while the card is held over a target."""
    match drop.from_state, drop.to_state:
        case (
            (TaskState.BLOCKED, TaskState.PENDING)
            | (TaskState.PENDING, TaskState.BLOCKED)
            | (TaskState.IN_PROGRESS, TaskState.PENDING)
        ):
            held = app.picture.cards[drop.card].kind == BlockedKind.HOLD
            move = moves.HOLD if drop.to_state is TaskState.BLOCKED else moves.RELEASE
            if drop.from_state is TaskState.BLOCKED:
                move = moves.UNHOLD if held else moves.RETRY
            return app.picture.why_not(move.name, drop.card) or ""
        case _, TaskState.IN_PROGRESS:
            return ""
        case before, after:
            names = [state.value.replace("_", " ") for state in (before, after)]
            return f"a card cannot be moved by hand from {names[0]} to {names[1]}"
