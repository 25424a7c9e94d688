"""After the death of a scheduler: what was in flight is lost, its work is not (RULES 3.1, G5).

Looks at the ledger, the refs and the trees alone, so doing it twice does no harm.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.stale_locks import break_stale_locks
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.claims import Claim
from wf_tui.scheduler.attempt import CANCELLED, machine_fault
from wf_tui.scheduler.harvesting import NOTHING, Harvested, harvest_attempt, record_harvest
from wf_tui.scheduler.job_inputs import mark
from wf_tui.scheduler.workspace import Workspace
from wf_tui.workers.sweep import sweep_git, sweep_marked

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.integrator import Integrator

__all__ = ["recover"]

LOST: Final = Ending(Outcome.LOST, "lost", "its scheduler died")
_log = logging.getLogger(__name__)


async def recover(site: RunContext, integrator: Integrator) -> int:
    """Make a run that was left behind ready to go on; return how much was in flight."""
    await site.thread(sweep_marked, mark(site.run, ""))
    await site.thread(sweep_git, site.control.git_dir)
    await site.thread(break_stale_locks, site.paths)
    await site.thread(site.pool.empty_trash)
    await site.reach(Point.RECOVERY_SWEPT)
    left = await site.ledger(lambda ledger: _left(ledger, site.run))
    for attempt, task in left:
        await _recover_one(site, integrator, attempt, task)
        await site.reach(Point.RECOVERY_SETTLED)
    await site.reach(Point.RECOVERY_DONE)
    return len(left)


def _left(ledger: Ledger, run: str) -> list[tuple[AttemptRow, TaskRow]]:
    # What a person has accepted is no worker's: the next scheduler takes it up where it was.
    every = reads.attempts(ledger.db, run)
    rows = [attempt for attempt in every if attempt.open and not attempt.by_hand]
    return [(attempt, reads.task(ledger.db, run, attempt.task)) for attempt in rows]


async def _recover_one(
    site: RunContext, integrator: Integrator, attempt: AttemptRow, task: TaskRow
) -> None:
    fence = Fence(site.run, attempt.task, attempt.epoch, attempt.worker)
    try:
        await _settle(site, integrator, fence, attempt, task)
    except LedgerError:
        raise
    except Exception as error:
        _log.exception("attempt %s of %r could not be recovered", attempt.epoch, attempt.task)
        if await _is_in(site, attempt, task):
            raise  # done, and not to be done again: the next scheduler may be able to record it
        ending = machine_fault(error)
        await site.ledger(lambda ledger: ledger.fail(fence, ending))


async def _is_in(site: RunContext, attempt: AttemptRow, task: TaskRow) -> bool:
    """Whether the dead scheduler had merged an attempt."""
    commit = attempt.commit_id if task.step == Step.INTEGRATING else None
    return commit is not None and await site.thread(site.control.contains, commit)


async def _settle(
    site: RunContext, integrator: Integrator, fence: Fence, attempt: AttemptRow, task: TaskRow
) -> None:
    claim = Claim.of(attempt, task)
    found = await _harvest(site, fence, claim, attempt)
    await site.reach(Point.RECOVERY_HARVESTED)
    if attempt.fenced:
        ending = found.onto(CANCELLED)
        await site.ledger(lambda ledger: ledger.close(fence, ending))
    elif task.step == Step.INTEGRATING and attempt.commit_id and attempt.base:
        ending = Ending(Outcome.SUCCEEDED, exit_code=0, ref=attempt.ref)
        commit, base = attempt.commit_id, attempt.base
        tree = site.pool.reopen(int(attempt.tree), base) if attempt.tree else None
        await integrator.merge(fence, claim, base, commit, ending, task.result, tree=tree)
    else:
        ending = found.onto(LOST)
        await site.ledger(lambda ledger: ledger.fail(fence, ending))


async def _harvest(site: RunContext, fence: Fence, claim: Claim, attempt: AttemptRow) -> Harvested:
    """Take what a dead scheduler's attempt left; one without a tree has left nothing."""
    if attempt.commit_id or not attempt.writes or not attempt.tree or not attempt.base:
        return Harvested(commit=attempt.commit_id, ref=attempt.ref)
    tree = site.pool.reopen(int(attempt.tree), attempt.base)
    workspace = Workspace(site, claim, tree)
    if attempt.isolation == "shared":
        site.shared.resume(tree)
    try:
        found = await site.thread(harvest_attempt, site, workspace)
    except Exception:  # noqa: BLE001 - the border of an attempt: one bad tree stops no run
        _log.exception("the work of attempt %s of %r stays in %s", *_place(attempt, tree.path))
        return NOTHING
    finally:
        await site.thread(workspace.leave, merged=False, keep=False, untouched=False)
    await record_harvest(site, fence, found)
    return found


def _place(attempt: AttemptRow, path: object) -> tuple[int, str, object]:
    return attempt.epoch, attempt.task, path
