"""The workers: each seat below its lane, with what it does; a task can be dropped on a seat."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on

from wf_tui.board.actions import refusals
from wf_tui.board.actions.action import Context
from wf_tui.board.actions.handlers.seat_choices import why_unfit
from wf_tui.board.actions.names import titled
from wf_tui.board.actions.registry import bindings
from wf_tui.board.detail.plan import steps_of
from wf_tui.board.messages import TaskDropped
from wf_tui.board.screens.reading_screen import ReadingScreen
from wf_tui.board.seats.lane_lines import LaneFacts
from wf_tui.board.seats.seat_foot import FootFacts, SeatFoot
from wf_tui.board.seats.seat_lines import SeatFacts
from wf_tui.board.seats.seat_list import SeatList
from wf_tui.board.widgets.entry_view import EntryView
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.rules.moves import REASSIGN
from wf_tui.picture.seats.records import Records, read_records
from wf_tui.text import clean, plural
from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textual.widget import Widget

    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.card import Card
    from wf_tui.picture.seats.idle import Idle
    from wf_tui.picture.seats.lane import LaneView
    from wf_tui.picture.seats.seat import SeatView

__all__ = ["WorkersScreen"]


@dataclass(frozen=True)
class _Past:
    """What was read in a thread; the rest is in the picture."""

    records: Records = field(default_factory=Records)
    seat: str = ""
    """The seat whose plan was read."""
    plan: Sequence[tuple[str, str]] = ()
    is_read: bool = False


class WorkersScreen(ReadingScreen):
    """The seats by lane; its keys work on the task of the selected seat, and on its lane."""

    ALLOW_SELECT = False
    context: ClassVar = Context.WORKERS
    BINDINGS: ClassVar = bindings(Context.WORKERS)
    go = "go.workers"
    DEFAULT_CSS = """
    WorkersScreen {
        SeatList { height: 1fr; }
        SeatFoot { height: 3; }
        &.-compact SeatFoot { display: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lanes: list[LaneView] = []
        self._idle: dict[str, Idle] = {}
        self._past = _Past()

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list and its foot."""
        yield SeatList(self.host.glyphs)
        yield SeatFoot(self.host.glyphs)

    @property
    def view(self) -> SeatList:
        """The list."""
        return self.query_one(SeatList)

    def on_mount(self) -> None:
        """Show what there is, and read what was done."""
        self.view.focus()
        self.take_seats()
        self.begin_reading()

    # -- what is selected

    @property
    def seat(self) -> SeatView | None:
        """The selected seat."""
        name = self.view.seat
        seats = (seat for lane in self._lanes for seat in lane.seats)
        return next((seat for seat in seats if seat.name == name), None)

    def selected_task(self) -> str | None:
        """Return the task of the selected seat."""
        card = None if self.seat is None else self._card(self.seat)
        return None if card is None else card.key

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: none, a key is for the selected seat."""
        return ()

    @property
    def lane(self) -> str | None:
        """The lane of the selected seat; "" where it asks no provider."""
        name = self.view.seat
        for lane in self._lanes:
            if any(seat.name == name for seat in lane.seats):
                return "" if lane.is_local else lane.name
        return None

    def _card(self, seat: SeatView) -> Card | None:
        cards = self.host.picture.cards
        return cards[seat.task] if seat.task and seat.task in cards else None

    # -- what is seen

    def show_changes(self, changes: Changes) -> None:
        """Show what changed."""
        if changes.seats or changes.cards or changes.header or changes.reasons:
            self.due = True
            self.take_seats()

    def show_time(self, now: float) -> None:
        """Let the ages grow."""
        self.redraw(now)

    def take_seats(self) -> None:
        """Take lanes and seats from the picture."""
        self._lanes = self.host.picture.lanes
        self._idle = self.host.picture.idle
        self.redraw(self.host.now())

    def redraw(self, now: float) -> None:
        """Draw the list and its foot; only what reads differently is painted."""
        budgets, records = self.host.config.lane_budgets, self._past.records
        shown = []
        for lane in self._lanes:
            facts = LaneFacts(
                lane,
                records.spent.get(lane.name, NO_USAGE),
                budgets.get(lane.name),
                records.limited_at.get(lane.name),
            )
            shown.append((facts, [self._facts_of(seat) for seat in lane.seats]))
        self.view.show(shown, now)
        self._show_foot()
        self.show_frame()

    def _facts_of(self, seat: SeatView) -> SeatFacts:
        idle = self._idle.get(seat.name)
        cards = self.host.picture.cards
        after = cards[idle.next].title if idle is not None and idle.next in cards else ""
        return SeatFacts(seat, self._card(seat), idle, after)

    def _show_foot(self) -> None:
        seat, past = self.seat, self._past
        if seat is None or not past.is_read:
            self.query_one(SeatFoot).show(None)
            return
        plan = past.plan if past.seat == seat.name else ()
        facts = FootFacts(seat, past.records.seats.get(seat.name), plan)
        self.query_one(SeatFoot).show(facts)

    def facts(self) -> tuple[Span, ...]:
        """Return how many seats there are, and what they do."""
        seats = [seat for lane in self._lanes for seat in lane.seats]
        held = [card for seat in seats if (card := self._card(seat)) is not None]
        asks = sum(card.needs_you for card in held)
        waits = len(seats) - len(held)
        spans = [
            Span(plural(len(seats), "seat"), Role.MUTED),
            Span(f" {len(held) - asks} work", Role.TEXT),
        ]
        if asks:
            spans.append(Span(f" {asks} {'asks' if asks == 1 else 'ask'}", Role.NEED_WORD))
        if waits:
            spans.append(Span(f" {waits} {'waits' if waits == 1 else 'wait'}", Role.MUTED))
        return (*spans, Span("", Role.MUTED))

    # -- what was done

    async def read_more(self) -> None:
        """Read the records of the seats, and the plan of the selected one's attempt."""
        host, seat = self.host, self.seat
        task = None if seat is None else self.selected_task()
        name = "" if seat is None else seat.name
        folder = None
        if task is not None:
            epoch = host.picture.row(task).epoch
            folder = host.project.paths.run(host.run_id).attempt(task, epoch)
        ask = partial(_read_past, run=host.run_id, now=host.now(), seat=name, folder=folder)
        self._past = await host.read(ask)
        self.redraw(host.now())

    # -- keys and mouse

    def action_move(self, where: str) -> None:
        """Move the cursor."""
        self.view.move(where)

    @on(EntryView.Selected)
    def show_selected(self) -> None:
        """Show what can be done with the task of the seat, and what the seat has done."""
        self.due = True
        self._show_foot()
        self.show_frame()
        self.read_if_due()

    @on(EntryView.Opened)
    def open_chosen(self) -> None:
        """Open the task of the seat on the board."""
        self.action_open()

    @on(EntryView.MenuAsked)
    def show_menu(self) -> None:
        """Show all that can be done with it."""
        self.host.perform("view.menu")

    def action_back(self) -> None:
        """Let go of a task that is dragged; else go back to the board."""
        if not self.view.let_go():
            super().action_back()

    @on(SeatList.TaskHeld)
    def say_what_a_drop_does(self, message: SeatList.TaskHeld) -> None:
        """Say what letting go here would do, or why it would do nothing."""
        name = titled(self.host.picture, message.task)
        refusal = self.why_no_drop(message.task, message.onto)
        self.host.show_toast(refusal or f"let go to give {name} to {message.onto}")

    def why_no_drop(self, task: str, onto: str) -> str:
        """Return why a seat cannot be given a task, as a sentence; "" where it can."""
        host = self.host
        moves, picture = (REASSIGN.name,), host.picture
        if refusal := refusals.why_not(picture, moves, (task,), host.keys_of):
            return refusal
        seat = next((one for one in picture.seats if clean(one.name) == onto), None)
        why = "" if seat is None else why_unfit(seat, (picture.row(task),))
        return f"{titled(picture, task)}: {onto} {why}" if why else ""

    @on(SeatList.TaskLetGo)
    def give_dropped_task(self, message: SeatList.TaskLetGo) -> None:
        """Give a task to the seat that it was dropped on, unless it has changed meanwhile."""
        card = self.host.picture.cards[message.task]
        if (card.state, card.kind) != message.look:
            name = titled(self.host.picture, message.task)
            self.host.show_toast(f"{name} has changed while it was held")
        elif refusal := self.why_no_drop(message.task, message.onto):
            self.host.show_toast(refusal)
        else:
            self.app.post_message(TaskDropped(message.task, message.onto))


def _read_past(db: Database, *, run: str, now: float, seat: str, folder: Path | None) -> _Past:
    """Read what seats have done, and the plan that one of them follows; called on a thread."""
    plan: list[tuple[str, str]] = []
    if folder is not None:
        found = (log.newest(path, EntryKind.PLAN) for path in log.attempt_logs(folder))
        plan = next((steps_of(record) for record in found if record), [])
    return _Past(read_records(db, run=run, now=now), seat, plan, is_read=True)
