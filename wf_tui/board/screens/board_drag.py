"""Cards that are dragged: where they would fall, what that would do, and when they are let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on

from wf_tui.board.actions.handlers.drops import why_not_drop
from wf_tui.board.actions.names import titled
from wf_tui.board.columns.board_column import BoardColumn
from wf_tui.board.columns.column_tabs import ColumnTabs
from wf_tui.board.messages import CardDragged, CardDropped
from wf_tui.board.screens.board_view import BoardView
from wf_tui.picture.entries import EntryKind

if TYPE_CHECKING:
    from textual.geometry import Offset

    from wf_tui.ledger.model.states import TaskState

__all__ = ["BoardDrag"]


@dataclass
class _Drag:
    """A card that is being dragged."""

    task: str
    look: tuple[TaskState, str | None]
    """Its state and kind when it was taken: one that changes while it is held is not dropped."""
    refusal: str = ""
    """Why it cannot be dropped where it is held, as it was said; "" where it can."""


class BoardDrag(BoardView):
    """Says onto what a card was dropped; the application knows what that does to the run.

    Columns, rails and tabs are targets. Within its own column a card cannot be dragged: plan and
    ledger order the cards.
    """

    _drag: _Drag | None = None

    @on(CardDragged)
    def follow_drag(self, message: CardDragged) -> None:
        """Show where a card that is held would fall; at the end, say onto what it fell."""
        row = self.host.picture.row(message.card)
        if self._drag is None or self._drag.task != message.card:
            if message.end:
                return
            self._drag = _Drag(message.card, (row.state, row.kind))
        drag = self._drag
        drop = self._drop_at(message.at, drag)
        for view in self._shown:
            if isinstance(view, BoardColumn):
                view.target(on=drop is not None and view.state is drop.to_state and not message.end)
        if not message.end:
            self._say_refusal(drag, drop)
            return
        self._drag = None
        if (row.state, row.kind) != drag.look:
            name = titled(self.host.picture, message.card)
            self.host.show_toast(f"{name} has changed while it was held")
        elif drop is not None:
            self.post_message(drop)

    def _say_refusal(self, drag: _Drag, drop: CardDropped | None) -> None:
        """Say why the card cannot be dropped where it is held, and no longer than it is there."""
        reason = "" if drop is None else why_not_drop(self.host, drop)
        if reason == drag.refusal:
            return
        if drag.refusal:
            self.host.toasts.pass_key(self.host.clock.monotonic())
        drag.refusal = reason
        if reason:
            self.host.show_toast(reason)

    def _drop_at(self, at: Offset, drag: _Drag) -> CardDropped | None:
        """Return what a drop at this place is; None where there is no target."""
        to, onto = self._target_at(at)
        state = drag.look[0]
        if to is None or to is state:
            return None
        return CardDropped(drag.task, state, to, onto)

    def _target_at(self, at: Offset) -> tuple[TaskState | None, str | None]:
        """Return the column under a place on the screen, by itself or its tab, and the task."""
        tabs = self.query_one(ColumnTabs)
        if tabs.display and tabs.region.contains_point(at):
            return tabs.state_at(at.x - tabs.region.x), None
        for view in self._shown:
            if isinstance(view, BoardColumn) and view.region.contains_point(at):
                entry = None if view.is_rail else view.entry_at(at.y - view.region.y)
                is_card = entry is not None and entry.kind is EntryKind.CARD
                return view.state, entry.name if entry is not None and is_card else None
        return None, None

    def cancel_drag(self) -> bool:
        """Let go of a card that is dragged, and drop it nowhere; return whether there was one."""
        drag, self._drag = self._drag, None
        for view in self._views.values():
            view.let_go()
            if isinstance(view, BoardColumn):
                view.target(on=False)
        return drag is not None
