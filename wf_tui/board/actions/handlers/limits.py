"""What keeps a run from going on at full speed, at a person's word: lanes, and its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.ledger.model.run_budget import changed_budget, read_budget
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.queries.lane_reads import explained
from wf_tui.picture.budget_text import budget_lines
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database

__all__ = ["budget", "pause_lane"]

Ids = tuple[str, ...]


def pause_lane(app: ActionHost, _ids: Ids) -> None:
    """Pause the lane of the selected seat, for all runs, or open it; ask which where none is."""
    chosen = app.selected_lane
    if chosen == "":
        app.show_toast("this seat asks no provider, so there is no lane to pause")
        return

    def read(db: Database) -> dict[str, str]:
        known = lane_reads.lanes(db, app.run_id)
        shut = {name: lane.state for name, lane in known.items() if lane.state.shut(app.now())}
        names = sorted({*lane_reads.seat_lanes(db, app.run_id), *shut})
        return {
            name: explained(shut[name], app.clock.now()) if name in shut else "" for name in names
        }

    async def choose() -> None:
        lanes = await app.read(read)
        if chosen is not None and chosen in lanes:
            _change(app, chosen, paused=not lanes[chosen])
        elif not lanes:
            app.show_toast("no seat of this run counts against a limit of a provider")
        else:
            await ask(lanes)

    async def ask(lanes: dict[str, str]) -> None:
        choices = [
            Choice(name, name, f"{why}: open it" if why else "open: pause it")
            for name, why in lanes.items()
        ]
        name = await app.push_screen_wait(ChoiceDialog("Pause or open a lane", choices))
        if name is not None:
            _change(app, name, paused=not lanes[name])

    app.start_dialog(choose())


def _change(app: ActionHost, name: str, *, paused: bool) -> None:
    """Pause a lane, or open it."""

    def act(ledger: Ledger) -> str:
        commands.change_lane(app.project, ledger, name, paused=paused)
        what = "paused: nothing new starts in it, P opens it" if paused else "open"
        return f"lane {clean(name)} is {what}"

    app.do(act, "")


def budget(app: ActionHost, _ids: Ids) -> None:
    """Ask what the run may cost, and say so to it."""

    async def ask() -> None:
        row = await app.read(lambda db: reads.run_row(db, app.run_id))
        note = "25usd, +5usd, 2000000tok, or none"
        title = next(iter(budget_lines(row, None)), "no budget yet")
        amount = await app.push_screen_wait(LineDialog(title, note))
        if not amount:
            return

        def act(ledger: Ledger) -> str:
            before = read_budget(reads.run_row(ledger.db, app.run_id).budget)
            commands.set_budget(app.project, ledger, app.run_id, changed_budget(before, amount))
            return next(iter(budget_lines(reads.run_row(ledger.db, app.run_id), None)), "no budget")

        app.do(act, "")

    app.start_dialog(ask())
