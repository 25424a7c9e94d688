"""One attempt of a worker, step by step: prepare, run, harvest, check, integrate (RULES 3, 6.3).

It can be stopped at any step before the merge. Its work is harvested and its tree given back,
whatever happens; where the machine does not let that happen, the tree is kept. Where the ledger
fails, or the scheduler ends, it is left as it is: recovery needs it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError, LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.merge.branch_merge import merge_branch
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import SEATLESS, BlockedKind, Cause, Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.claims import Claim
from wf_tui.plan.choices import Pick
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.endings import CANCELLED, machine_fault, no_work, worker_ending
from wf_tui.scheduler.attempts.harvest import NOTHING, Harvested
from wf_tui.scheduler.attempts.workspace import Left
from wf_tui.scheduler.integrator import FinishedWork
from wf_tui.scheduler.lanes.providers import Providers
from wf_tui.scheduler.run_log import current_log
from wf_tui.text import clean, plural
from wf_tui.values import field, frozen
from wf_tui.workers.protocol import Success
from wf_tui.workers.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.git.merge.conflict import Conflict
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.queries.reads import Pulse
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.check import Check
    from wf_tui.scheduler.attempts.endings import Fault
    from wf_tui.scheduler.attempts.harvest import Harvest
    from wf_tui.scheduler.attempts.job import JobInputs
    from wf_tui.scheduler.attempts.prepare import Prepare
    from wf_tui.scheduler.attempts.run_program import RunProgram
    from wf_tui.scheduler.attempts.setup_teardown import SetupTeardown
    from wf_tui.scheduler.attempts.workspace import Workspace
    from wf_tui.scheduler.integrator import Integrator
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job
    from wf_tui.workers.protocol import Outcome as WorkerOutcome

__all__ = ["Attempt", "LeftClaim", "Steps", "find_left"]

_MOST_PATHS: Final = 200


@frozen
class LeftClaim:
    """The claim of a worker that had done its work when its scheduler died."""

    claim: Claim
    row: AttemptRow
    refused: tuple[str, ...]
    """What its harvest did not take, each path with the reason."""


def find_left(
    ledger: Ledger, run: str, pulse: Pulse, running: Collection[tuple[str, int]]
) -> list[LeftClaim]:
    """Return the claims of workers that nobody sees through: recovery has left them open.

    Runs in the transaction that claims, so that a pulse and its claims belong together. `running`
    are the task and epoch of each claim that is being worked on.
    """
    found = []
    for opened in pulse.open:
        if not opened.worker.startswith(SEATLESS) and (opened.task, opened.epoch) not in running:
            row = reads.attempts(ledger.db, run, opened.task)[-1]
            claim = Claim.of(row, reads.task(ledger.db, run, opened.task))
            kinds = [WorkHarvested.event_kind]
            told = reads.task_events_of(ledger.db, run, opened.task, kinds)
            refused = told[-1].data.get("refused") if told else None
            names = tuple(map(str, refused)) if isinstance(refused, list | tuple) else ()
            found.append(LeftClaim(claim, row, names))
    return found


@frozen
class Steps:
    """What the attempts of a run are made of; each step serves all of them."""

    prepare: Prepare
    setup_teardown: SetupTeardown
    run: RunProgram
    harvest: Harvest
    check: Check
    integrator: Integrator
    threads: Threads
    providers: Providers = field(default_factory=Providers)


@dataclass
class Attempt:
    """Sees one claim through, from its tree to its end in the ledger.

    The scheduler makes one for each claim of a worker, and runs it as a task of its loop.
    """

    active: ActiveClaim
    steps: Steps
    begins_with: JobInputs | LeftClaim
    """What the ledger has for it; or what a dead scheduler left of it, when it had its work."""
    harvested: Harvested = NOTHING
    """What it has left so far."""
    workspace: Workspace | None = None
    kept: bool = False
    """Whether its tree is kept for a person."""

    async def run(self) -> None:
        """See the attempt through, then give its tree back.

        Raises only what the scheduler must not outlive, and leaves the tree to recovery then.
        """
        active, record = self.active, self.active.record
        current_log.set(active.log)
        active.vitals.no_program()
        try:
            await self._work()
        except StoppedError:
            # By a person it is not counted; stopped by the heartbeat it is a failure.
            ending = self.harvested.onto(active.stopped or CANCELLED)
            active.log.info("stopped: %s", ending.cause)
            if ending.outcome is Outcome.CANCELLED:
                await record.closed(ending)
            elif ending.cause == Cause.BUDGET:
                await record.blocked(ending, BlockedKind.BUDGET, {})
            else:
                await record.failed(ending)
        except (LedgerError, asyncio.CancelledError):
            raise  # what it has recorded, and left, the next scheduler finds out
        except Exception as error:  # the border of an attempt: it has to have an end
            active.log.exception("the attempt failed")
            active.looked = None  # of an end that did not come
            await record.failed(machine_fault(error))
        # Behind its end in the ledger, which says whether a person needs the tree. A crash between
        # the two leaves a tree to the tidying at the end of the run, never a lost one.
        if self.workspace is not None:
            await self._give_back(self.workspace)

    async def _work(self) -> None:
        """Take the steps, one after the other; of one that was left behind, the last ones."""
        active, steps = self.active, self.steps
        outcome: WorkerOutcome | None = None
        job: Job | None
        with active.timed("prepare"):
            if isinstance(self.begins_with, LeftClaim):
                outcome = Success(active.claim.task.result or "")
                workspace, job = await self._take_up(self.begins_with)
            else:
                workspace, job = await steps.prepare.run(
                    active, self.begins_with, steps.integrator.head, self._enter
                )
        if job is None:
            await self._integrate(workspace, Success(active.claim.task.result or ""))
            return
        if active.claim.task.by_critic:
            await self._merge_passed(workspace, job)
            return
        # The checks are inside: a gate needs what the setup has made, and the teardown takes away.
        around = steps.setup_teardown.around(active, job, own_tree=workspace.own_tree)
        async with around as setup_fault:
            fault = setup_fault
            if fault is None and not self._was_left:
                with active.timed("run"):
                    outcome = await steps.run.run(active, job)
                    steps.providers.heard(active, outcome)
                    await steps.prepare.put_back(active.claim)
                with active.timed("harvest"):
                    self.harvested = await steps.harvest.run(active, workspace)
            if isinstance(outcome, Success) and fault is None:
                fault = await self._judge(outcome, job, workspace)
        if fault is not None:
            await self._hold_back(fault)
        elif isinstance(outcome, Success):
            await self._pass_on(workspace, outcome)
        elif active.stopped is not None:
            raise StoppedError
        elif outcome is not None:
            ending = self.harvested.onto(worker_ending(outcome))
            await steps.providers.end(active, outcome, ending)

    async def _pass_on(self, workspace: Workspace, outcome: Success) -> None:
        """Hand work on that has passed its checks: to its critic, to a person, or to the branch."""
        if self._wants_critic:
            await self._hold(workspace, Cause.CRITIC, "its work goes to its critic")
        elif self._wants_choice:
            await self._hold_for_review(workspace)
        else:
            await self._integrate(workspace, outcome)

    async def _merge_passed(self, workspace: Workspace, job: Job) -> None:
        """Merge what its critic has passed, by the scope that it has now; its gate has passed."""
        active = self.active
        with active.timed("check"):
            check = self.steps.check.run
            fault = await check(active, job, workspace, self.harvested, gate=False)
        if fault is not None:
            await self._hold_back(fault)
        else:
            await self._integrate(workspace, Success(active.claim.task.result or ""))

    async def _judge(self, outcome: Success, job: Job, workspace: Workspace) -> Fault | None:
        """Return what keeps work from being merged whose worker says that it is done."""
        if fault := self._without_work(outcome):
            return fault
        if not self._has_checks:
            return None
        if await self._unresolved() is not None:
            return None  # no gate is asked about marks: the merge ends as a conflict
        active, steps = self.active, self.steps
        with active.timed("check"):
            # Its result is kept from here on: a person may accept it without its worker.
            await active.record.step(Step.CHECKING, result=outcome.result)
            await steps.threads.reach(Point.CHECK_BEGUN)
            fault = await steps.check.answer(active, job, outcome.result)
            if fault is None:
                fault = await steps.check.run(active, job, workspace, self.harvested)
            await steps.threads.reach(Point.CHECK_ENDED)
        return fault

    def _without_work(self, outcome: Success) -> Fault | None:
        """Refuse a success without a trace of work; one that was left behind has passed."""
        kind, found = self.active.claim.kind, self.harvested
        if self._was_left or not KINDS[kind].has_floor:
            return None
        return no_work(
            writes=self.active.claim.task.writes,
            changed=bool(found.commit or found.left or found.unsaved or found.refused),
            tools=self.active.tools,
            answer=outcome.result,
        )

    @property
    def _was_left(self) -> bool:
        """Whether its worker was through when its scheduler died."""
        return isinstance(self.begins_with, LeftClaim)

    def _enter(self, workspace: Workspace) -> None:
        """Note its tree at once: whatever fails from here on, there is one to be given back.

        Called in the thread that prepares, for which the loop waits meanwhile.
        """
        self.workspace = workspace

    async def _take_up(self, left: LeftClaim) -> tuple[Workspace, Job | None]:
        """Lay out again what its scheduler had harvested when it died.

        In another tree: what a gate was doing to the one that it had is no work. There is no job
        for one that was left in its merge, for it had passed its checks.
        """
        active, steps = self.active, self.steps
        active.began = True
        base, commit = left.row.base or "", left.row.commit_id or ""
        workspace = await steps.prepare.lay_out(active, base, commit)
        self._enter(workspace)
        self.harvested = await steps.threads.run(
            steps.harvest.of_commit, workspace.tree, left.row, left.refused
        )
        if active.claim.task.step == Step.INTEGRATING:
            return workspace, None
        inputs = await active.record.checking(active.claim.task.result)
        return workspace, await steps.prepare.job(active, workspace, inputs)

    async def _integrate(self, workspace: Workspace, outcome: Success) -> None:
        """Merge the work, when it is its turn."""
        if workspace.is_snapshot:
            self.active.passes_on = await self.steps.threads.run(workspace.may_pass_on)
        ending = self.harvested.onto(Ending(Outcome.SUCCEEDED, exit_code=0))
        work = FinishedWork(
            base=self.harvested.base,
            commit=self.harvested.commit,
            tree=workspace.tree,
            ending=ending,
            result=outcome.result,
            aside="; ".join(filter(None, [self.harvested.aside, self.active.left_running])),
            unresolved=await self._unresolved(),
            checked=self._has_checks,
        )
        with self.active.timed("integrate"):
            self.kept = await self.steps.integrator.settle(self.active, work)

    async def _unresolved(self) -> Conflict | None:
        """Return what of the merge that its task is about nobody has settled.

        Found anew each time, of the same commits: a scheduler that takes it up finds the same.
        """
        task, commit = self.active.claim.task, self.harvested.commit
        if not (task.spec.merges and commit):
            return None
        control, base = self.steps.harvest.control, self.harvested.base

        def look() -> Conflict | None:
            merge = merge_branch(control, base, task.spec.merges, task.id)
            return merge.open_conflict(control, commit)

        return await self.steps.threads.run(look)

    @property
    def _has_checks(self) -> bool:
        """Whether anything is asked of its work; of a task that only reads the plan has to say so.

        Else its step `checking` is over as it begins, and is recorded with its end.
        """
        task, spec = self.active.claim.task, self.active.claim.task.spec
        asked = spec.gate or spec.deliverables or spec.plans
        return task.writes or bool(asked) or self._wants_choice

    @property
    def _wants_choice(self) -> bool:
        """Whether somebody has to take its work: a person, or whoever chooses the best of several.

        Of rivals one that has changed nothing is no choice.
        """
        spec = self.active.claim.task.spec
        return spec.review or (spec.rival == Pick.BEST and self.harvested.commit is not None)

    @property
    def _wants_critic(self) -> bool:
        """Whether a critic has to look at its work, which that was not passed by before."""
        task = self.active.claim.task
        return bool(task.spec.critic and self.harvested.commit) and not task.by_critic

    async def _hold_for_review(self, workspace: Workspace) -> None:
        """End an attempt whose work a person wants to see before it is merged."""
        spec = self.active.claim.task.spec
        text = "its result is ready for review"
        if spec.plans:
            text = f"its plan waits for you: wf plan new --resume={self.active.claim.run}"
        if self.active.claim.task.writes:
            count = len(self.harvested.entries)
            waits = "is ready for review" if not spec.rival else "waits for the choice"
            text = f"its work {waits}: {plural(count, 'file')} changed"
        await self._hold(workspace, Cause.REVIEW, text)

    async def _hold(self, workspace: Workspace, cause: Cause, text: str) -> None:
        """End an attempt whose work has passed its checks, and waits to be looked at."""
        active, threads = self.active, self.steps.threads
        detail: dict[str, list[str]] = {}
        if active.claim.task.writes:
            detail = {"paths": [entry.path for entry in self.harvested.entries[:_MOST_PATHS]]}
        tree = await threads.run(workspace.review_tree, self.harvested.commit)
        ending = self.harvested.onto(Ending(Outcome.SUCCEEDED, cause, text, exit_code=0))
        number = None if tree is None else str(tree.number)
        active.log.info("held: %s", cause)
        hold = active.record.held_for_review
        if cause is Cause.CRITIC:
            hold = active.record.held_for_critic
        self.kept = await hold(ending, detail, tree=number)

    async def _hold_back(self, fault: Fault) -> None:
        """End an attempt whose work did not pass; a person may accept what is out of scope."""
        self.active.log.info("did not pass: %s", fault.cause)
        code = 0 if self.active.began else None
        ending = Ending(
            Outcome.FAILED, fault.cause, fault.text, exit_code=code, next_seat=fault.next_seat
        )
        record, ending = self.active.record, self.harvested.onto(ending)
        if fault.kind is BlockedKind.SCOPE:
            self.kept = await record.blocked(ending, fault.kind, fault.detail)
        else:
            await record.failed(ending, fault.kind, fault.detail)

    async def _give_back(self, workspace: Workspace) -> None:
        """Leave the tree; the machine's refusal keeps it, and is no failure of the attempt."""
        active, threads, record = self.active, self.steps.threads, self.active.record
        leave = partial(workspace.leave, unsaved=self.harvested.why_kept)
        untouched = not active.began
        if active.session is not None:
            # Until the next look at the ledger says whether that session goes on.
            workspace.hold_back()
        await active.hand_over()
        try:
            await threads.reach(Point.FINISH_RECORDED)
            with active.timed("giving the tree back"):
                left = workspace.leave_to_others()
                if left is None:
                    left = await threads.run(leave, keep=self.kept, untouched=untouched)
            await threads.reach(Point.FINISH_LEFT)
        except (OSError, GitError) as error:
            left = Left(kept=f"it could not be given back: {clean(str(error), limit=400)}")
        if left.changed:
            await record.snapshot_changed(left.changed[:20])
        if left.kept:
            await record.tree_kept(str(workspace.tree.path), left.kept)
