"""What an attempt tells the ledger: a dozen calls by name, each under the fence of its claim.

This is all that an attempt and the merging of its work know of the ledger. Each call is one
transaction on the writer's thread, and is answered after its commit; the writer may put it into one
commit with others. Where a call returns a bool, it says whether the claim was still the live one.
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.fault_injection import Point
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.rows.options import Option, QuestionDetail
from wf_tui.ledger.model.states import BlockedKind, DoneKind, LimitKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.scheduler.attempts.job import read_results
from wf_tui.scheduler.run_log import RunLog
from wf_tui.structured import read_structured
from wf_tui.values import frozen

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence

    from wf_tui.fault_injection import Faults
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.events.attempt_events import AttemptEvent, LeftKept
    from wf_tui.ledger.model.found_conflict import FoundConflict
    from wf_tui.ledger.model.rows import Detail, QuestionRow, TaskRow
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.attempts.job import JobInputs
    from wf_tui.scheduler.session.last_words import LastWords
    from wf_tui.scheduler.session.proof import ProofReader
    from wf_tui.workers.line.grammar import Question

__all__ = ["ClaimRecord"]


def _detail(question: Question) -> QuestionDetail:
    """Return what a question is about; what its worker did not say is empty."""
    return QuestionDetail(question.command or "", question.reason or "", question.rule or "")


@frozen
class ClaimRecord:
    """Writes for one claim; called on the event loop.

    The factory makes one for each claim, recovery one for each attempt of a dead scheduler. What a
    method hands to the writer runs on the writer's thread: it may use the ledger and nothing that
    belongs to the loop. Any call may raise a `LedgerError`, which ends the scheduler (RULES 5.1).
    """

    claim: Claim
    writer: Writer
    faults: Faults
    """Fault tests strike inside some of the transactions, on the writer's thread."""
    proofs: ProofReader
    """Adds to each ending the line of its output that tells why."""

    @functools.cached_property
    def fence(self) -> Fence:
        """What each write carries: it counts only while this claim is the live one (RULES 4.4, G2).

        A task that was taken back has forgotten its worker, one that was claimed again has a higher
        epoch.
        """
        return Fence.of(self.claim)

    @functools.cached_property
    def log(self) -> RunLog:
        """What logs with the run, the task and the epoch on each line."""
        return RunLog(self.claim.run, self.claim.task.id, self.claim.epoch)

    # -- on its way

    async def checking(self, result: str | None, deadline: float | None = None) -> JobInputs:
        """Begin to check work without its worker; return what its gate may need.

        For what a person has accepted, and for a merge. `result` is what the worker had made of it.
        It is kept, for there is no worker to ask again. `deadline` is in UTC seconds.
        """

        def record(ledger: Ledger) -> JobInputs:
            ledger.step(self.fence, Step.CHECKING, deadline, result=result)
            return read_results(ledger, self.claim)

        return await self.writer.submit(record)

    async def step(
        self, step: Step, deadline: float | None = None, *, result: str | None = None
    ) -> bool:
        """Go on to a step, to be over by `deadline` (UTC seconds); keep a result from then on.

        Returns False where the claim is no longer the live one. The deadline is for people to see;
        the heartbeat and the limit of git commands go by the monotonic clock.
        """
        return await self.writer.submit(
            lambda ledger: ledger.step(self.fence, step, deadline, result=result)
        )

    async def prepared(self, *, base: str, tree: int) -> bool:
        """Record the worktree and its commit, before anything can be written there.

        `base` is the commit it was filled from, `tree` its number in the pool. Without this line
        recovery would not know which tree to harvest. False where the claim is not the live one.
        """
        return await self.writer.submit(
            lambda ledger: ledger.prepared(self.fence, base=base, tree=str(tree))
        )

    def started(self, pid: int, deadline: float | None, snapshot: Tree | None = None) -> None:
        """Record that the program runs; nobody waits for the answer, least of all the program.

        `deadline` is its time limit in UTC seconds; the shim keeps it, by its own clock. `snapshot`
        is what it reads, where that was not recorded before.
        """

        def record(ledger: Ledger) -> bool:
            self.faults.reach(Point.RUN_STARTED)
            if snapshot is not None:
                ledger.prepared(self.fence, base=snapshot.base, tree=str(snapshot.number))
            live = ledger.started(self.fence, pid=pid)
            # One that was taken back meanwhile has no step any more.
            return live and ledger.step(self.fence, Step.RUNNING, deadline)

        self._post(record)

    async def progress(self, text: str) -> bool:
        """Record a sample of what its program says, or a note on it."""
        return await self.writer.submit(lambda ledger: ledger.progress(self.fence, text))

    async def tell(self, event: AttemptEvent) -> bool:
        """Record what it says of itself and moves nothing, as the start and the end of a gate."""
        return await self.writer.submit(lambda ledger: ledger.tell(self.fence, event))

    def note(self, text: str) -> None:
        """Note what the scheduler itself does for it, or does not; nobody waits for the answer."""
        self._post(lambda ledger: ledger.progress(self.fence, text))

    async def harvested(self, event: WorkHarvested, left: Sequence[LeftKept] = ()) -> None:
        """Record what it left; never refused, also of an attempt that was stopped.

        Called when the ref of the work exists: what the ledger names can be found (RULES 6.2).
        """

        def record(ledger: Ledger) -> None:
            self.faults.reach(Point.HARVEST_REF)
            ledger.harvested(self.fence, event, *left)

        await self.writer.submit(record)

    async def snapshot_changed(self, paths: tuple[str, ...]) -> None:
        """Record which files a task that only reads has changed; they are not its work."""
        event = WorkHarvested(files=0, snapshot_changed=paths)
        await self.writer.submit(lambda ledger: ledger.harvested(self.fence, event))

    async def tree_kept(self, path: str, reason: str) -> None:
        """Record that its worktree is not given back, and why.

        Not under the fence: it comes after the end of the attempt, when there is no claim.
        """
        await self.writer.submit(lambda ledger: ledger.tree_gone(self.fence.run, path, kept=reason))

    # -- what its worker says on the line

    async def session_started(self, session: str, model: str | None, preset: str | None) -> None:
        """Record the session of its agent, by which another attempt can go on with it."""
        await self.writer.submit(
            lambda ledger: ledger.session_started(self.fence, session, model, preset)
        )

    async def said(self, words: LastWords, tools: int) -> None:
        """Record a sample of its last words, and how many tools it has begun to use."""
        await self.writer.submit(
            lambda ledger: ledger.said(
                self.fence,
                words.text,
                tool=words.tool or None,
                tools=tools,
                plan_done=words.plan_done,
                plan_total=words.plan_total,
            )
        )

    async def used(self, step: Usage) -> str:
        """Add what it used; return which limit of its task is used up, in words, "" for none."""
        return await self.writer.submit(lambda ledger: ledger.used(self.fence, step))

    async def verdict(self, verdict: Mapping[str, object]) -> None:
        """Keep how its program judged itself."""
        await self.writer.submit(lambda ledger: ledger.verdict(self.fence, verdict))

    async def ask(self, question: Question, expires_at: float | None) -> QuestionRow | None:
        """Ask a person, until `expires_at` (UTC seconds); None where nobody can be asked.

        What was allowed before comes back answered.
        """
        options = [Option(one.id, one.name, one.kind or "") for one in question.options]

        def record(ledger: Ledger) -> QuestionRow | None:
            with contextlib.suppress(RefusedError):  # its id was used, or its work is merged
                return ledger.ask(
                    self.fence,
                    question.id,
                    question.text,
                    kind=question.kind or "",
                    options=options,
                    expires_at=expires_at,
                    detail=_detail(question),
                )
            return None

        return await self.writer.submit(record)

    async def question_expired(self, name: str, *, reject: bool) -> bool:
        """Give up waiting for an answer; return False where it came in this moment."""

        def record(ledger: Ledger) -> bool:
            with contextlib.suppress(RefusedError):
                return ledger.question_expired(self.fence, name, reject=reject)
            return False

        return await self.writer.submit(record)

    async def delivered(self, name: str) -> None:
        """Record that its program can read the answer to a question."""
        await self.writer.submit(lambda ledger: ledger.delivered(self.fence, name))

    async def message_heard(self, number: int) -> None:
        """Record that its program has taken a message."""
        await self.writer.submit(lambda ledger: ledger.message_delivered(self.fence, [number]))

    # -- its end

    async def done(
        self,
        kind: DoneKind,
        ending: Ending,
        result: str | None,
        note: str = "",
        *,
        checked: bool = True,
        posted: Callable[[], object] = lambda: None,
    ) -> None:
        """End the task, where there is nothing to merge; `note` is for people.

        What comes after the claim is no longer the live one is kept as a rejected result. A
        structured answer is read here: a critic and a judge decide by it. One that was not
        `checked`, for there is nothing to check, passes that step in the same transaction.
        `posted` is called when the writer has it: what is asked of that from then on sees the end.
        """
        ending = await self.proofs.add(ending)
        judgement = None
        if self.claim.task.spec.structured and kind is DoneKind.ANSWERED:
            said = read_structured(result or "")
            judgement = Judgement(said.verdict, said.pick)

        def record(ledger: Ledger) -> None:
            if not checked:
                ledger.step(self.fence, Step.CHECKING, result=result)
            ledger.done(self.fence, kind, ending, result, note, judgement)

        answer = self.writer.post(record)
        posted()
        await answer

    async def failed(
        self,
        ending: Ending,
        kind: BlockedKind = BlockedKind.FAILED,
        detail: Detail | None = None,
    ) -> None:
        """Count a failure; `kind` is what the task is blocked as when its tries are used up.

        The ledger decides whether there is another try, and after which back-off (RULES 3.1).
        """
        ending = await self.proofs.add(ending, detail)
        await self.writer.submit(
            lambda ledger: ledger.fail(self.fence, ending, kind=kind, detail=detail)
        )

    async def interrupted(self, ending: Ending) -> None:
        """Put the task back for its session, since its host is gone; not counted the first time."""
        ending = await self.proofs.add(ending)
        await self.writer.submit(lambda ledger: ledger.interrupted(self.fence, ending))

    async def limited(
        self,
        ending: Ending,
        kind: LimitKind,
        lane: str,
        until: float | None,
        patience: float | None,
    ) -> None:
        """Put the task off because of its provider, uncounted, or block it (RULES 5, Lanes).

        `until` is when the lane opens by itself; `patience` are the seconds after which a person
        has to see a task that has been put off again and again.
        """
        ending = await self.proofs.add(ending)
        await self.writer.submit(
            lambda ledger: ledger.limited(self.fence, ending, kind, lane, until, patience)
        )

    async def blocked(self, ending: Ending, kind: BlockedKind, detail: Detail) -> bool:
        """Block the task at once, without another try; return whether it is blocked now.

        For what a retry would only repeat, as work outside its scope. The caller keeps the tree
        for a person then; False says that nobody will ask for it.
        """
        ending = await self.proofs.add(ending, detail)
        return await self.writer.submit(
            lambda ledger: ledger.block(self.fence, ending, kind, detail)
        )

    async def held_for_review(self, ending: Ending, detail: Detail, *, tree: str | None) -> bool:
        """Keep the work for a person, in the worktree `tree` where it has one of its own.

        The attempt is closed as a success, its seat and its scope are free. Returns whether the
        task waits for the person now, so that the tree has to stay.
        """
        ending = await self.proofs.add(ending, detail)
        return await self.writer.submit(
            lambda ledger: ledger.hold_for_review(self.fence, ending, detail, tree=tree)
        )

    async def held_for_critic(self, ending: Ending, detail: Detail, *, tree: str | None) -> bool:
        """Keep the work, the commit of `ending`, for its critic; as `held_for_review` otherwise."""
        ending = await self.proofs.add(ending, detail)
        return await self.writer.submit(
            lambda ledger: ledger.hold_for_critic(self.fence, ending, detail, tree=tree)
        )

    async def merge_gate_failed(self, ending: Ending, detail: Detail, *, tree: str) -> None:
        """Record that its gate failed on the merge, which lies in the worktree `tree`.

        Whether it is tried once more or waits for a person is the ledger's decision.
        """
        ending = await self.proofs.add(ending, detail)
        await self.writer.submit(
            lambda ledger: ledger.merge_gate_failed(self.fence, ending, detail, tree)
        )

    async def given_back(self, ending: Ending, detail: Detail) -> None:
        """Return to a person what they had accepted and did not pass; no failure is counted.

        `detail` is added to what the task is blocked with, as the end of the gate's output.
        """
        ending = await self.proofs.add(ending, detail)
        await self.writer.submit(lambda ledger: ledger.give_back(self.fence, ending, detail))

    async def closed(self, ending: Ending) -> None:
        """Close an attempt that a person stopped; never refused."""
        ending = await self.proofs.add(ending)
        await self.writer.submit(lambda ledger: ledger.close(self.fence, ending))

    async def rejected(self, ending: Ending) -> None:
        """Keep a result that came too late, and close the attempt."""
        ending = await self.proofs.add(ending)
        await self.writer.submit(lambda ledger: ledger.reject(self.fence, ending))

    # -- its merge

    async def intended(self, old: str, new: str) -> None:
        """Record that the branch of the run is about to move from `old` to `new`, both commits.

        Awaited by the thread that merges, before it moves the branch (RULES 6.3): a crash between
        the two then leaves something that recovery can compare with.
        """
        await self.writer.submit(lambda ledger: ledger.intend(self.fence, old, new))

    async def merged(
        self,
        old: str | None,
        new: str,
        ending: Ending,
        result: str | None,
        note: str,
        *,
        base: str,
    ) -> None:
        """Record that the branch has moved to `new` and the task is done, in one transaction.

        `old` is None where it was moved before a crash: it went on from where the ledger had last
        seen it. `note` says how much was changed, as `+3 -1`; `base` is where its work began.
        """
        ending = await self.proofs.add(ending)

        def record(ledger: Ledger) -> None:
            self.faults.reach(Point.INTEGRATE_MOVED)
            # With the end of the task in one transaction: between two of them a crash would leave
            # a task to be done again whose work the branch has.
            before = reads.run_row(ledger.db, self.fence.run).head if old is None else old
            ledger.integrated(self.fence, before, new, base or None)
            ledger.done(self.fence, DoneKind.MERGED, ending, result, note)

        await self.writer.submit(record)

    async def conflict(
        self,
        ending: Ending,
        paths: tuple[str, ...],
        text: str,
        *,
        head: str,
        found: FoundConflict,
        tree: str | None,
    ) -> None:
        """Record what it does not merge with (`head`), and which tree holds the merge (`found`).

        `paths` are the files in conflict, `text` the sentence for a person, `tree` the number of
        the worktree that is kept. Whether it is tried once more is the ledger's decision.
        """
        ending = await self.proofs.add(ending)
        await self.writer.submit(
            lambda ledger: ledger.conflict(
                self.fence, ending, paths, text, head=head, more=found.detail, tree=tree
            )
        )

    async def task(self) -> TaskRow:
        """Return the task as it is now."""
        return await self.writer.submit(
            lambda ledger: reads.task(ledger.db, self.fence.run, self.fence.task)
        )

    # -- the writer

    def _post(self, rule: Callable[[Ledger], bool]) -> None:
        """Write without waiting for the answer; where that fails it is logged, and no more."""

        def log_failure(done: asyncio.Future[bool]) -> None:
            if not done.cancelled() and (error := done.exception()) is not None:
                self.log.error("the ledger did not take a report of an attempt: %s", error)

        self.writer.post(rule).add_done_callback(log_failure)
