"""What a person has accepted (RULES 3.1): taken from its kept tree, checked, and merged.

What does not pass goes back to the person with the reason, in the same tree. Their work is never
thrown away, never begun anew by a worker, and no failure of it counts.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.merge.merge_tree import leftover_marks
from wf_tui.ledger.model.states import PERSON, BlockedKind, Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.claims import Claim
from wf_tui.scheduler.attempt import Attempt, StoppedError, machine_fault
from wf_tui.scheduler.checks import Fault, left_out
from wf_tui.scheduler.harvesting import Harvested, harvest_attempt, record_harvest
from wf_tui.scheduler.job_inputs import given, make_job
from wf_tui.scheduler.workspace import Kept
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.queries.reads import Pulse
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.integrator import Integrator

__all__ = ["Accepted", "accepted"]

_GONE = "its worktree is gone: retry the task"
_log = logging.getLogger(__name__)


class _GivenBackError(Exception):
    """The work did not pass."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def accepted(
    site: RunContext,
    integrator: Integrator,
    ledger: Ledger,
    pulse: Pulse,
    flying: Collection[tuple[str, int]],
) -> list[Accepted]:
    """Return the claims of persons that nobody sees through: new ones, and a dead scheduler's."""
    found = []
    for opened in pulse.open:
        if opened.worker.startswith(PERSON) and (opened.task, opened.epoch) not in flying:
            *_, before, row = reads.attempts(ledger.db, site.run, opened.task)
            claim = Claim.of(row, reads.task(ledger.db, site.run, opened.task))
            found.append(Accepted(site, integrator, claim, row=row, left=before.commit_id))
    return found


@dataclass(kw_only=True)
class Accepted(Attempt):
    """Sees one person's claim through; at any step it can be taken up again after a crash."""

    row: AttemptRow
    left: str | None
    """The commit of the attempt whose work was held back."""
    began: bool = True

    async def run(self) -> None:
        """See the claim through; the tree stays with the person until the run is over."""
        self.own_since = self.site.clock.monotonic()
        try:
            space = await self.site.thread(self._reopen)
            self.found = await self._take(space)
            if self.claim.task.step != Step.INTEGRATING:
                await self._check(space)
            self.merging = True
            good = self.found.onto(Ending(Outcome.SUCCEEDED))
            result = self.claim.task.result
            await self.integrator.settle(self, space, self.found, good, result)
            await self.site.reach(Point.FINISH_RECORDED)
        except StoppedError:
            await self._end_stopped()
        except _GivenBackError as back:
            await self._give_back(back.fault)
        except LedgerError:
            raise  # the next scheduler takes it up where it was
        except Exception as error:  # noqa: BLE001 - the border of an attempt: it has to have an end
            _log.exception("what was accepted of %r failed", self.claim.task.id)
            await self._fail(self.found.onto(machine_fault(error)))

    @property
    def own_tree(self) -> bool:
        """A person's tree is theirs alone."""
        return True

    def _reopen(self) -> Kept:
        """Open the tree as the person left it; only work that has a commit can be laid anew."""
        row, pool = self.row, self.site.pool
        if not (row.tree and row.base):
            raise _GivenBackError(Fault(BlockedKind.FAILED, "harvest", _GONE))
        tree = pool.reopen(int(row.tree), row.base)
        if not tree.place.is_folder() and not row.commit_id:
            if self.claim.task.detail.get("accepted") != BlockedKind.SCOPE or not self.left:
                raise _GivenBackError(Fault(BlockedKind.FAILED, "harvest", _GONE))
            pool.apply_checkpoint(pool.acquire(row.base, number=tree.number), self.left)
        return Kept(self.site, self.claim, tree)

    async def _take(self, space: Kept) -> Harvested:
        """Harvest the tree, unless that was done before a crash: then it had passed."""
        row, fence = self.row, self.fence
        if row.commit_id:
            return Harvested(base=row.base or "", commit=row.commit_id, ref=row.ref)
        await self.site.reach(Point.HARVEST_BEGUN)
        found = await self.site.thread(harvest_attempt, self.site, space)
        fault = left_out(found) or await self.site.thread(self._marks, found)
        if fault is not None and self._stop is None:
            self.found = found
            raise _GivenBackError(fault)
        await record_harvest(self.site, fence, found)
        return found

    def _marks(self, found: Harvested) -> Fault | None:
        """Refuse files in which the marks of the conflict still stand."""
        paths = self.claim.task.detail.get("paths")
        if not (found.commit and isinstance(paths, list)):
            return None
        left = leftover_marks(self.site.control, found.commit, paths)
        if not left:
            return None
        names = ", ".join(clean(path, limit=200) for path in left[:5])
        text = f"{plural(len(left), 'file')} with conflict markers: {names}"
        return Fault(BlockedKind.CONFLICT, "conflict", text)

    async def _check(self, space: Kept) -> None:
        fence, claim, result = self.fence, self.claim, self.claim.task.result
        has = await self.site.ledger(
            lambda ledger: (
                ledger.step(fence, Step.CHECKING, result=result),
                given(ledger, claim),
            )[1]
        )
        await self.site.reach(Point.CHECK_BEGUN)
        job = await self.site.thread(make_job, self.site, claim, space.tree.path, has)
        around = self._around(job) if claim.task.spec.gate else contextlib.nullcontext()
        async with around as unready:
            fault = unready or await self._judge(job)
        await self.site.reach(Point.CHECK_ENDED)
        if fault is not None:
            raise _GivenBackError(fault)

    async def _give_back(self, fault: Fault) -> None:
        bad = Ending(Outcome.FAILED, fault.cause, fault.text)
        await self._fail(self.found.onto(bad), fault)

    async def _fail(self, ending: Ending, fault: Fault | None = None) -> None:
        fence = self.fence
        detail = {"tail": fault.detail["tail"]} if fault and "tail" in fault.detail else {}
        await self.site.ledger(lambda ledger: ledger.give_back(fence, ending, detail))
