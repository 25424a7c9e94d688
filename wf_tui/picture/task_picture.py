"""Everything of one task: its attempts, their gates, questions, messages and comments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import (
    GateEnded,
    GateStarted,
    LeftKept,
    ProcessesEnded,
)
from wf_tui.ledger.model.events.read import read_event
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import conversation, reads
from wf_tui.ledger.queries.comments import comments
from wf_tui.ledger.queries.critics import critics_of
from wf_tui.ledger.queries.left_refs import left_of_attempt
from wf_tui.ledger.queries.reasons import Reason, Reasons
from wf_tui.ledger.queries.snoozes import snooze_of
from wf_tui.ledger.queries.trees import holds_tree, was_kept
from wf_tui.picture.conversation_json import (
    allowance_json,
    comment_json,
    message_json,
    question_json,
)
from wf_tui.picture.critic_rounds import CriticRound, critic_rounds
from wf_tui.picture.gate_runs import GateRun, gate_runs
from wf_tui.picture.status import plan_json, task_json
from wf_tui.picture.task_environment import task_environment
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wf_tui.ledger.model.rows import (
        AllowanceRow,
        AttemptRow,
        CommentRow,
        EventRow,
        MessageRow,
        QuestionRow,
        RunRow,
        SnoozeRow,
        TaskRow,
    )
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = ["TaskPicture", "read_task"]

_SHOWN_EVENTS: Final = tuple(event.event_kind for event in (GateStarted, GateEnded, ProcessesEnded))


@frozen
class TaskPicture:
    """Everything of one task at one moment, as `wf show` has it; looks at the disk for its tree."""

    run: RunRow
    paths: RunPaths
    task: TaskRow
    reason: Reason
    attempts: Sequence[AttemptRow]
    events: Sequence[EventRow] = ()
    """What its attempts told of their gates, of processes that were left running, and of what they
    left beside their work."""
    kept: Collection[int] = ()
    """The attempts whose trees are kept, since what is in them is saved nowhere else."""
    questions: Sequence[QuestionRow] = ()
    messages: Sequence[MessageRow] = ()
    allowances: Sequence[AllowanceRow] = ()
    """What a person allowed to it, or to a profile that has worked on it."""
    critics: Sequence[CriticRound] = ()
    """Who was asked about its work, the newest last."""
    comments: Sequence[CommentRow] = ()
    """What people said to lines of its work."""
    snooze: SnoozeRow | None = None
    """That it is put off, and until when."""

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf show TASK --json`."""
        environment = task_environment(self.run, self.task)
        working = next((one for one in self.attempts if one.open), None)
        return {
            **task_json(self.task, self.reason, working, self.snooze),
            "prompt": self.task.spec.prompt,
            "env": dict(environment.written),
            "pass_env": environment.passed,
            "shell": self.task.spec.shell,
            "stall_after": self.task.spec.stall_after,
            "attempt_list": [self.attempt_json(attempt) for attempt in self.attempts],
            "gates": [gate.as_json() for gate in self.gates],
            # The list takes the place of the number that `status` has.
            "questions": [question_json(asked) for asked in self.questions],
            "messages": [message_json(message) for message in self.messages],
            "allowances": [allowance_json(allowed) for allowed in self.allowances],
            "comments": [comment_json(one) for one in self.comments],
            "critics": [one.as_json() for one in self.critics],
        }

    @property
    def gates(self) -> tuple[GateRun, ...]:
        """How often its gate was asked, oldest first."""
        return gate_runs(self.events)

    def attempt_json(self, attempt: AttemptRow) -> dict[str, object]:
        """Return one attempt: a contract, keys are only ever added."""
        return {
            "epoch": attempt.epoch,
            "worker": attempt.worker,
            "profile": attempt.profile,
            "outcome": attempt.outcome,
            "cause": attempt.cause,
            "exit_code": attempt.exit_code,
            "signal": attempt.signal,
            "base": attempt.base,
            "ref": attempt.ref,
            "commit": attempt.commit_id,
            "started_at": attempt.started_at,
            "ended_at": attempt.ended_at,
            "worktree": self.worktree(attempt),
            "log": self.log(attempt),
            # A worker may have told of some of it only; what it did not is null, never 0.
            "usage": (attempt.usage or NO_USAGE).figures(),
            "session": attempt.session,
            "model": attempt.model,
            "lane": attempt.lane,
            "tools": attempt.tools,
            "plan": plan_json(attempt),
            "said": attempt.said,
            "proof": attempt.proof,
            "verdict": json.loads(attempt.verdict) if attempt.verdict else None,
            "files": attempt.files,
            "added": attempt.added,
            "removed": attempt.removed,
            "left_running": [event.data() for event in self.left_running(attempt)],
            "ignored": attempt.ignored,
            "left": [event.data() for event in self.left(attempt)],
        }

    def left_running(self, attempt: AttemptRow) -> list[ProcessesEnded]:
        """Return what each program of an attempt left running, so that wf had to end it."""
        told = [read_event(row) for row in self.events if row.epoch == attempt.epoch]
        return [event for event in told if isinstance(event, ProcessesEnded)]

    def left(self, attempt: AttemptRow) -> list[LeftKept]:
        """Return what an attempt left beside its work; `wf accept --left` takes the refs of it."""
        return left_of_attempt(attempt)

    def worktree(self, attempt: AttemptRow) -> str | None:
        """Return the tree that an attempt still has; a closed one's is given to others."""
        # A tree that was given back is another attempt's by now, so its path would mislead.
        kept = attempt.epoch in self.kept or holds_tree(self.task, attempt)
        if attempt.tree is None or not kept:
            return None
        path = self.paths.trees / attempt.tree
        return str(path) if path.is_dir() else None

    def log(self, attempt: AttemptRow) -> str | None:
        """Return where an attempt's log lies, or None where it has not written one.

        Asked of the disk: an attempt that was never prepared has no folder, and who reads the log
        is not to be sent to a file that is not there.
        """
        path = self.paths.attempt(self.task.id, attempt.epoch) / "log.jsonl"
        return str(path) if path.exists() else None


def read_task(db: Database, run: RunRow, name: str, now: float, paths: RunPaths) -> TaskPicture:
    """Read everything of one task; `name` is its id within the run, `now` in UTC seconds.

    `paths` are those of the run, where its trees and logs are looked for.

    Raises UnknownNameError, with the id that was probably meant.
    """
    with db.snapshot():
        task = reads.task(db, run.id, name)
        reason = Reasons.read(db, run, now).of(task)
        events = reads.task_events_of(db, run.id, task.id, _SHOWN_EVENTS)
        attempts = reads.attempts(db, run.id, task.id)
        kept = [one.epoch for one in attempts if one.tree and was_kept(db, one)]
        return TaskPicture(
            *(run, paths, task, reason, attempts, events, kept),
            questions=conversation.questions(db, run.id, task.id),
            messages=conversation.messages(db, run.id, task.id),
            allowances=conversation.allowances(db, run.id, task.id),
            critics=critic_rounds(critics_of(db, run.id, task.id)),
            comments=comments(db, run.id, task.id),
            snooze=snooze_of(db, run.id, task.id, now),
        )
