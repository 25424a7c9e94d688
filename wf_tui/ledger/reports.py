"""What an attempt reports while it lives: its steps, words, questions, and what it used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.deferred_writes import deferring
from wf_tui.ledger.fenced import FencedLedger
from wf_tui.ledger.model.events.attempt_events import (
    AttemptStarted,
    Integrated,
    LeftKept,
    TaskProgress,
    WorkHarvested,
)
from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.model.rows import QuestionRow, RunRow, TaskRow, evolve
from wf_tui.ledger.model.rows.options import NO_DETAIL
from wf_tui.ledger.rules import attempts
from wf_tui.ledger.rules.conversation import messages, questions
from wf_tui.ledger.rules.reports import progress, usage
from wf_tui.ledger.rules.reports.gates import record_gate

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wf_tui.ledger.fenced import Fence
    from wf_tui.ledger.model.events.attempt_events import AttemptEvent
    from wf_tui.ledger.model.rows.options import Option, QuestionDetail
    from wf_tui.ledger.model.states import Step
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.store.database import Values

__all__ = ["AttemptReports"]


_RENEW: Final = (
    "UPDATE task SET lease_until = :until "
    "WHERE run = :run AND id = :task AND epoch = :epoch AND worker = :worker"
)
_ALIVE: Final = (
    "UPDATE worker SET heartbeat_at = :now WHERE run = :run AND name = :worker AND epoch = :epoch"
)


@dataclass
class AttemptReports(FencedLedger):
    """Each method returns whether the claim was still the live one, where it says no other."""

    def step(
        self,
        fence: Fence,
        step: Step,
        deadline: float | None = None,
        *,
        result: str | None = None,
    ) -> bool:
        """Go on to the next step, until `deadline` (UTC seconds); keep a `result` from then on."""
        return self._fenced(
            fence, lambda tx, task: attempts.next_step(tx, task, step, deadline, result)
        )

    def prepared(self, fence: Fence, *, base: str, tree: str) -> bool:
        """Record where an attempt will work; before its program, so that no work is ever lost."""

        def record(tx: Change, task: TaskRow) -> None:
            attempt = tx.attempt(task.id, task.epoch)
            tx.write(attempt, evolve(attempt, base=base, tree=tree))

        return self._fenced(fence, record)

    def started(self, fence: Fence, *, pid: int | None) -> bool:
        """Record that an attempt's program runs."""

        def record(tx: Change, task: TaskRow) -> None:
            attempt = tx.attempt(task.id, task.epoch)
            tx.write(attempt, evolve(attempt, pid=pid))
            tx.emit(AttemptStarted(pid=pid, base=attempt.base, tree=attempt.tree), task)

        return self._fenced(fence, record)

    def heartbeat(self, run: str, alive: Sequence[Fence]) -> None:
        """Renew the leases of all attempts that gave evidence of life; one statement.

        No `Change`, and no event: nothing moves by it. A claim that is the live one no longer is
        left out by the condition, which is the fence here.
        """
        if not alive:
            return
        with deferring(self.db, run) as db:
            of_run = db.row(RunRow, run)
            if of_run is None:
                return
            now = self.now()
            times: Values = {"run": run, "now": now, "until": now + of_run.lease}
            renewed = [{**fence.__dict__, **times} for fence in alive]
            db.execute_late("task", _RENEW, renewed)
            db.execute_late("worker", _ALIVE, renewed)

    def progress(self, fence: Fence, text: str) -> bool:
        """Record a sample of what a worker does."""
        return self.tell(fence, TaskProgress(text=text))

    def tell(self, fence: Fence, event: AttemptEvent) -> bool:
        """Record what a live attempt says of itself and moves nothing, as the end of its gate."""

        def rule(tx: Change, task: TaskRow) -> None:
            record_gate(tx, task, event)
            tx.emit(event, task)

        return self._fenced(fence, rule)

    def harvested(self, fence: Fence, found: WorkHarvested, *left: LeftKept) -> None:
        """Record what an attempt left behind; also of an attempt that is fenced."""
        with self._change(fence.run) as tx:
            attempts.harvested(tx, tx.attempt(fence.task, fence.epoch), found, left)

    def intend(self, fence: Fence, old: str, new: str) -> bool:
        """Record that the integration branch is about to move, from `old` to `new`."""

        def rule(tx: Change, task: TaskRow) -> None:
            attempt = tx.attempt(task.id, task.epoch)
            tx.write(attempt, evolve(attempt, intent_old=old, intent_new=new))

        return self._fenced(fence, rule)

    def integrated(self, fence: Fence, old: str, new: str, base: str | None = None) -> None:
        """Record that the integration branch has moved; true whoever holds the claim now."""
        with self._change(fence.run) as tx:
            event = Integrated(old=old, new=new, base=base)
            tx.emit(event, tx.task(fence.task), (fence.worker, fence.epoch))
            tx.update_run(evolve(tx.run, head=new))

    # -- persons

    def ask(
        self,
        fence: Fence,
        name: str,
        text: str,
        *,
        kind: str = "",
        options: Sequence[Option] = (),
        expires_at: float | None = None,
        detail: QuestionDetail = NO_DETAIL,
    ) -> QuestionRow | None:
        """Ask a person; the claim is kept. None where it is not the live one any more.

        `name` is the worker's id of the question, `kind` that of the tool that wants to be allowed,
        `detail` what it is about, in parts.
        What comes back may be answered already, by what a person allowed before, or void, where the
        run stops. Raises `RefusedError` for a name that was used, or while work is being merged.
        """
        asked: list[QuestionRow] = []

        def rule(tx: Change, task: TaskRow) -> None:
            asked.append(
                questions.ask(
                    tx,
                    task,
                    name,
                    text,
                    kind=kind,
                    options=options,
                    expires_at=expires_at,
                    detail=detail,
                )
            )

        return asked[0] if self._fenced(fence, rule) else None

    def question_expired(self, fence: Fence, name: str, *, reject: bool = False) -> bool:
        """Give up waiting for an answer: the worker is stopped, or told no and goes on."""
        return self._fenced(fence, lambda tx, task: questions.expire(tx, task, name, reject=reject))

    def delivered(self, fence: Fence, name: str) -> bool:
        """Record that the program has the answer to a question."""
        return self._fenced(fence, lambda tx, task: questions.deliver(tx, task, name))

    def message_delivered(self, fence: Fence, ids: Collection[int], *, heard: bool = True) -> bool:
        """Record that the program has what people wrote; `heard` is its own word for it."""
        return self._fenced(fence, lambda tx, task: messages.deliver(tx, task, ids, heard=heard))

    # -- what it says of itself

    def session_started(
        self, fence: Fence, session: str, model: str | None = None, preset: str | None = None
    ) -> bool:
        """Record what a program calls its conversation, and with which model it works."""
        return self._fenced(
            fence, lambda tx, task: progress.session_started(tx, task, session, model, preset)
        )

    def said(
        self,
        fence: Fence,
        text: str,
        *,
        tool: str | None = None,
        tools: int | None = None,
        plan_done: int | None = None,
        plan_total: int | None = None,
    ) -> bool:
        """Record a worker's last words, or the tool that it uses; twice a second at most.

        `tools` is how many it has begun; of a plan both figures are given, or none.
        """
        plan = None
        if plan_done is not None and plan_total is not None:
            plan = (plan_done, plan_total)
        return self._fenced(
            fence,
            lambda tx, task: progress.said(tx, task, text, tool=tool, tools=tools, plan=plan),
        )

    def verdict(self, fence: Fence, verdict: Mapping[str, object]) -> bool:
        """Keep how a program judged itself; the end of its attempt tells it."""

        def record(tx: Change, task: TaskRow) -> None:
            attempt = tx.attempt(task.id, task.epoch)
            tx.write(attempt, evolve(attempt, verdict=compact_json(verdict)))

        return self._fenced(fence, record)

    def used(self, fence: Fence, step: Usage) -> str:
        """Add what an attempt used since its last report; also of one that is fenced, or closed.

        Returns which limit of its task is used up now, "" where none is; then the scheduler stops
        the attempt and blocks the task for its budget.
        """
        with self._change(fence.run) as tx:
            task = tx.task(fence.task)
            attempt = tx.attempt(fence.task, fence.epoch)
            return usage.budget_used_up(usage.used(tx, task, attempt, step))
