"""Acts of the person, one at a time on a thread of their own, and what is told of each."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.board.acting.awaited import Awaited
from wf_tui.board.actions.names import titled
from wf_tui.board.actions.outcomes import outcome_messages
from wf_tui.board.frame.toasts import Offer
from wf_tui.errors import WfError
from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.rules.undo import acts
from wf_tui.project import open_ledger, open_reads, user_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from wf_tui.board.host import ActionHost, ActResult
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.picture.picture import Picture

__all__ = ["Act", "ActRunner"]


@dataclass(frozen=True)
class Act:
    """One command on the ledger, and how it is told."""

    run: Callable[[Ledger], ActResult]
    label: str
    """What was done, in the past: `retried`."""
    after: str = ""
    """What follows the names of the tasks: `: merging`."""
    offers_undo: bool = False
    """Whether it did nothing that cannot be taken back, and a person may have meant another."""
    awaits: tuple[str, ...] = ()
    """Tasks whose merge begins with it, so that its end is told, too."""
    selects: bool = False
    """Whether the card of the task that it makes is selected."""


class ActRunner:
    """Runs acts in the order of asking; all but `_in_thread` on the event loop."""

    def __init__(self, host: ActionHost, log: Callable[[str], None]) -> None:
        self._host, self._log = host, log
        # One thread is what keeps the acts in the order of asking.
        self._thread = ThreadPoolExecutor(1, "actions")
        self._awaited = Awaited()

    def close(self) -> None:
        """Wait for what a person has asked for: an act half done would leave them in doubt."""
        self._thread.shutdown()

    async def drain(self) -> None:
        """Wait until all that was asked for is done: an act is for the run that was open then."""
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: None)

    async def learn(self) -> None:
        """Find out which act was the last one before this board was opened."""

        def in_thread() -> None:
            actor = f"{PERSON}{user_name()}"
            with open_reads(self._host.project) as db:
                self._host.acts_done.know(acts.last_act(db, self._host.run_id, actor))

        with contextlib.suppress(WfError):
            await asyncio.get_running_loop().run_in_executor(self._thread, in_thread)

    async def run(self, act: Act) -> None:
        """Run an act and show what came of it; the act gets a connection of its own."""

        def in_thread() -> ActResult:
            with open_ledger(self._host.project) as ledger:
                result = act.run(ledger)
                if _has_changed(result):
                    self._host.acts_done.know(commands.last_act(ledger, self._host.run_id))
                return result

        loop = asyncio.get_running_loop()
        try:
            result = await loop.run_in_executor(self._thread, in_thread)
        except WfError as error:
            self._host.show_toast(error.message, error.hint, severity="error")
        except Exception as error:  # noqa: BLE001 - the top of the app: one act, not the board
            self._log(traceback.format_exc())
            self._host.show_toast(f"internal error: {error!r}", severity="error")
        else:
            self._tell(act, result)

    def _tell(self, act: Act, result: ActResult) -> None:
        changed = [row.task for row in result if row.changed] if isinstance(result, list) else []
        if act.selects and changed:
            # It has no title yet for the board: it is told when its card is there.
            self._awaited.new_card = changed[0]
            return
        offer = None
        if act.offers_undo and changed and not self._any_claimed(changed):
            offer = self._offer_undo(changed)
        picture = self._host.picture
        if isinstance(result, list) and (others := _other_looks(result, picture)):
            # The picture has them in a moment; a key until then is for what they were before.
            self._host.guard_changed(others)
        for line in outcome_messages(result, act.label, picture, after=act.after):
            self._host.show_toast(line.text, severity=line.severity, offer=offer)
        # Of what it did not change the marks stay: a person may want something else of those.
        picture.marks.difference_update(changed)
        self._awaited.merge(task for task in act.awaits if task in changed)

    def _any_claimed(self, tasks: Sequence[str]) -> bool:
        cards = self._host.picture.cards
        return any(cards[task].claimed for task in tasks if task in cards)

    def _offer_undo(self, tasks: Sequence[str]) -> Offer:
        """Return the offer to take an act back, which stands while that is still possible."""
        done = self._host.acts_done
        act = done.last

        def is_true() -> bool:
            return done.last is act and not self._any_claimed(tasks)

        return Offer(f"{self._host.keys_of('run.undo')} takes it back", is_true=is_true)

    def follow(self, changed: Collection[str]) -> None:
        """Tell what became of earlier acts; called after each change of the picture."""
        host = self._host
        for line in self._awaited.settle(host.picture, changed, host.keys_of):
            host.show_toast(line.text, severity=line.severity)
        new = self._awaited.new_card
        if new and new in host.picture.cards:
            self._awaited.new_card = ""
            host.show_toast(f"added {titled(host.picture, new)}", severity="information")
            host.show_card(new)


def _other_looks(result: Sequence[MoveResult], picture: Picture) -> list[str]:
    """Return the tasks of which an act changed the state or the kind that the picture has."""

    def is_shown(one: MoveResult) -> bool:
        row = picture.row(one.task)
        return (row.state.value, row.kind or "") == (one.state, one.reason)

    moved = [one for one in result if one.changed and one.task in picture.cards]
    return [one.task for one in moved if not is_shown(one)]


def _has_changed(result: ActResult) -> bool:
    """Whether an act changed anything; one that is told by a sentence did."""
    if isinstance(result, list):
        return any(row.changed for row in result)
    return result is not False
