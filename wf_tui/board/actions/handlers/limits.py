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

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database

__all__ = ["budget", "pause_lane"]

Ids = tuple[str, ...]


def pause_lane(app: ActionHost, _ids: Ids) -> None:
    """Ask which lane; one that is open is paused, any other is opened, for all runs."""

    def read(db: Database) -> dict[str, str]:
        known = lane_reads.lanes(db, app.run_id)
        shut = {name: lane.state for name, lane in known.items() if lane.state.shut(app.now())}
        names = sorted({*lane_reads.seat_lanes(db, app.run_id), *shut})
        return {
            name: explained(shut[name], app.clock.now()) if name in shut else "" for name in names
        }

    async def choose() -> None:
        lanes = await app.read(read)
        if not lanes:
            app.show_toast("no seat of this run counts against a limit of a provider")
            return
        choices = [
            Choice(name, name, f"{why}: open it" if why else "open: pause it")
            for name, why in lanes.items()
        ]
        chosen = await app.push_screen_wait(ChoiceDialog("Pause or open a lane", choices))
        if chosen is None:
            return
        paused = not lanes[chosen]

        def act(ledger: Ledger) -> str:
            commands.change_lane(app.project, ledger, chosen, paused=paused)
            what = "paused: nothing new starts in it" if paused else "open"
            return f"lane {chosen} is {what}"

        app.do(act, "")

    app.start_dialog(choose())


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
