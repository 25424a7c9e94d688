"""The four columns, all of each and what the filter lets through, kept in step card by card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.card import COLUMNS, column_order
from wf_tui.picture.card_cache import TIMED, CardCache, Reach
from wf_tui.picture.columns import Column
from wf_tui.picture.filter import Filter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.picture.card import Order

__all__ = ["Arrangement"]


class Arrangement:
    """Where each card is. Without a filter, `shown` is the same object as `every`.

    `move` relies on that: a card is then moved once, not twice.
    """

    def __init__(self, cache: CardCache) -> None:
        self._cache = cache
        self.filter = Filter()
        self.every = _sorted_columns(())
        self.shown = self.every
        self._changed_columns: set[str] = set()
        self._timed: set[str] = set()
        """Cards that the filter looked at while their reason was one that passes by itself."""

    def pop_changed_columns(self) -> frozenset[str]:
        """Return the columns that are shown with other cards or in another order than before.

        Asking clears the answer: whoever asks draws them.
        """
        changed, self._changed_columns = frozenset(self._changed_columns), set()
        return changed

    def is_shown(self, row: TaskRow | None) -> bool:
        """Whether a card is shown.

        Asked of the columns and not of the filter, so it has to be asked with the row that they
        have: before `CardCache.update` takes the new one, or after `move`.
        """
        return row is not None and self.shown[row.state.value].contains(column_order(row))

    def set_filter(self, to: Filter) -> None:
        """Show only what a filter lets through; costs a walk over all cards.

        For a filter by words or kind it also costs the reason of each pending card.
        """
        self.filter = to
        self._timed.clear()
        self.sort()

    def sort(self) -> None:
        """Sort all columns at once: after a new filter, and after a batch that changed many.

        All columns count as changed then, also those that look as they did.
        """
        rows = self._cache.rows.values()
        # One object for both without a filter: 10,000 cards are then sorted and moved once.
        self.every = self.shown = _sorted_columns(rows)
        if self.filter.active:
            self.shown = _sorted_columns(row for row in rows if self._lets_through(row))
        self._changed_columns |= set(COLUMNS)

    def move(self, old: TaskRow | None, new: TaskRow, *, shown: bool) -> None:
        """Move a card to where it belongs now.

        `old` is its row before, None for a new task; `shown` is whether it was shown before, which
        cannot be asked any more once the filter has judged the new row.
        """
        # Asked once: it notes reasons that pass by themselves, and may have to compute one.
        show = self._lets_through(new)
        same = old is not None and (old.state, column_order(old)) == (new.state, column_order(new))
        if not same:
            _move_in(self.every, old, new)
        # While they are one object the line above has moved the card in both.
        if self.shown is not self.every and not (same and shown == show):
            _move_in(self.shown, old if shown else None, new if show else None)
        if not (same and shown == show):
            self._changed_columns |= {new.state.value} if show else set()
            self._changed_columns |= {old.state.value} if old is not None and shown else set()

    def reconsider(self, reach: Reach) -> None:
        """Look again at cards whose reason may have changed, if the filter asks for reasons.

        `reach` says whose may have; with NONE only those are looked at whose reason passes as time
        goes by. Called at each tick and after each batch.
        """
        if not self.filter.by_reason:
            return
        rows, pending = self._cache.rows, self.every[TaskState.PENDING.value]
        # Lists of their own, since moving a card changes both of the sources.
        if reach is Reach.NONE:
            uncertain = list(self._timed)
        elif reach is Reach.UNBLOCKED:
            uncertain = [name for name in pending if not rows[name].unmet]
        else:
            uncertain = list(pending)
        for name in uncertain:
            row = rows[name]
            shown = self.is_shown(row)
            if shown != self._lets_through(row):
                self.move(row, row, shown=shown)

    def _lets_through(self, row: TaskRow) -> bool:
        if not self.filter.active:
            return True
        # Noted anew below, if the filter gets as far as its reason this time.
        self._timed.discard(row.id)

        def reason() -> Reason:
            found = self._cache.reason(row.id)
            if found.kind in TIMED:
                self._timed.add(row.id)
            return found

        return self.filter.matches(row, reason)


def _move_in(columns: dict[str, Column], old: TaskRow | None, new: TaskRow | None) -> None:
    if old is not None:
        columns[old.state.value].remove(column_order(old))
    if new is not None:
        columns[new.state.value].add(column_order(new))


def _sorted_columns(rows: Iterable[TaskRow]) -> dict[str, Column]:
    orders: dict[str, list[Order]] = {state: [] for state in COLUMNS}
    for row in rows:
        orders[row.state.value].append(column_order(row))
    return {state: Column(many) for state, many in orders.items()}
