"""What the answer box shows of a task: its questions, and what a person has begun to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.queries import drafts, reads
from wf_tui.ledger.queries.conversation import answerable, questions
from wf_tui.ledger.rules.undo.acts import ActKind, last_act
from wf_tui.project import user_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Decided", "Item", "read_decided", "read_item"]

_WORDS: Final[Mapping[ActKind, str]] = {
    ActKind.ANSWER: "answered",
    ActKind.ACCEPT: "accepted",
    ActKind.RETRY: "retried",
    ActKind.SEND_BACK: "sent back",
    ActKind.REASSIGN: "reassigned",
    ActKind.SKIP: "skipped",
    ActKind.CANCEL: "cancelled",
}
"""The acts by which a person ends what needs them."""
_LOOKED_AT: Final = 40
"""Acts that are looked at, from the last one: what was long ago is in the log of events."""


@dataclass(frozen=True)
class Item:
    """A task as the ledger has it; no word of it is cleaned."""

    task: str
    open: tuple[QuestionRow, ...] = ()
    """The questions that can be answered, the oldest first."""
    every: tuple[QuestionRow, ...] = ()
    draft: str = ""
    """What this person has begun to write to the first of them."""

    def now(self, asked: QuestionRow) -> QuestionRow:
        """Return what has become of a question."""
        name = (asked.epoch, asked.id)
        return next((one for one in self.every if (one.epoch, one.id) == name), asked)


@dataclass(frozen=True)
class Decided:
    """Something that a person has decided."""

    task: str
    word: str
    at: float


def read_item(db: Database, run: str, task: str) -> Item:
    """Return what the box shows of a task; off the event loop."""
    with db.snapshot():
        row = reads.task(db, run, task)
        found = tuple(answerable(db, row))
        draft = ""
        if found:
            draft = drafts.draft(db, run, task, found[0].id, f"{PERSON}{user_name()}")
        return Item(task, found, tuple(questions(db, run, task)), draft)


def read_decided(db: Database, run: str) -> list[Decided]:
    """Return what this person decided in a run and did not take back, the last first."""
    found: dict[str, Decided] = {}
    before: int | None = None
    for _ in range(_LOOKED_AT):
        act = last_act(db, run, f"{PERSON}{user_name()}", before)
        if act is None:
            break
        before = act.number
        for task in act.tasks if act.kind in _WORDS else ():
            found.setdefault(task, Decided(task, _WORDS[act.kind], act.at))
    return list(found.values())
