"""What needs a person in a run, the oldest first, each with the commands that end it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import conversation, reads
from wf_tui.ledger.queries.critics import critics_of
from wf_tui.picture.conversation_json import open_question_json
from wf_tui.picture.critic_rounds import critic_rounds
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.remedies import answer_commands
from wf_tui.picture.status_text import remedy
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.ledger.model.rows import QuestionRow, SnoozeRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.status import Status

__all__ = ["InboxItem", "read_inbox"]

_NAME: Final = 200


@dataclass(frozen=True)
class InboxItem:
    """A task that waits for a person."""

    run: str
    task: TaskRow
    sentence: str
    """Why it is where it is."""
    proof: str | None
    """The line of its last attempt that matters."""
    questions: Sequence[QuestionRow] = field(default_factory=tuple)
    commands: Sequence[str] = ()
    """What ends it, what is done most first; of names in it each is quoted for a shell."""
    snooze: SnoozeRow | None = None
    """That it was put off, and until when."""

    @property
    def order(self) -> tuple[bool, float, int]:
        """Where it stands: what is put off comes last, each the oldest first."""
        return self.snooze is not None, self.task.since, self.task.ordinal

    def as_json(self, repo: str | None) -> dict[str, object]:
        """Return its object in `wf inbox --json`: a contract, keys are only ever added."""
        task = self.task
        return {
            "repo": repo,
            "run": self.run,
            "task": task.id,
            "title": task.title,
            "kind": task.kind,
            "sentence": self.sentence,
            "proof": self.proof,
            "since": task.since,
            "epoch": task.epoch,
            "snoozed": self.snooze is not None,
            "snoozed_until": self.snooze.until if self.snooze is not None else None,
            "questions": [open_question_json(asked) for asked in self.questions],
            "commands": list(self.commands),
        }


def read_inbox(db: Database, status: Status) -> list[InboxItem]:
    """Return what waits for a person in a run whose status was read; what is put off last."""
    with db.snapshot():
        return sorted(_items(db, status), key=lambda item: item.order)


def _items(db: Database, status: Status) -> Iterator[InboxItem]:
    for task in status.tasks:
        if not needs_you(task):
            continue
        asked = conversation.answerable(db, task)
        ways = [way for one in asked[:1] for way in answer_commands(task.id, one)]
        last = reads.attempts(db, task.run, task.id)[-1:]
        yield InboxItem(
            run=status.run.id,
            task=task,
            sentence=status.reasons[task.id].text,
            proof=_said_by_critic(db, task) or next((attempt.proof for attempt in last), None),
            questions=asked,
            commands=ways or _ways_out(task),
            snooze=status.snoozes.get(task.id),
        )


def _ways_out(task: TaskRow) -> list[str]:
    """Return the commands that end it: of a review, the one that shows the work comes first."""
    ways = [way for way in (remedy(task),) if way]
    if task.kind is BlockedKind.REVIEW and task.attempts:
        ways.insert(0, f"wf review {clean(shlex.quote(task.id), limit=_NAME)}")
    return ways


def _said_by_critic(db: Database, task: TaskRow) -> str:
    """Return what the last critic of a work that waits for a person has said of it."""
    if task.kind is not BlockedKind.REVIEW or not task.spec.critic:
        return ""
    said = critic_rounds(critics_of(db, task.run, task.id)[-1:])
    return next((one.sentence for one in said), "")
