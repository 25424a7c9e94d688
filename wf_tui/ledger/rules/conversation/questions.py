"""A worker asks, a person answers (RULES 3.1, rows question, answer, question time-out).

A task may have several open questions, all of its live attempt: it is in Q from the first to the
last. An answer is `answered` here, and `delivered` when the program has it; what died in between
has approved nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.model.events.task_events import (
    QuestionAnswered,
    QuestionAsked,
    QuestionClosed,
    QuestionDelivered,
    TaskBlocked,
    TaskReleased,
)
from wf_tui.ledger.model.rows import QuestionRow, decode, evolve, select
from wf_tui.ledger.model.rows.options import (
    ALLOW_ALWAYS,
    ALLOW_ONCE,
    REJECT_ALWAYS,
    REJECT_ONCE,
)
from wf_tui.ledger.model.states import (
    BlockedKind,
    Intent,
    QuestionState,
    ReleaseKind,
    Step,
    TaskState,
)
from wf_tui.ledger.model.task_moves import unclaimed
from wf_tui.ledger.queries.conversation import answerable
from wf_tui.ledger.rules import going_on
from wf_tui.ledger.rules.conversation import allowances
from wf_tui.ledger.rules.conversation.messages import message
from wf_tui.ledger.rules.task_guards import fence, in_progress, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.model.rows.options import Option, QuestionDetail
    from wf_tui.ledger.rules.change import Change

__all__ = ["TIMEOUT", "answer", "ask", "check_answer", "deliver", "expire", "tell_next"]

TIMEOUT: Final = "timeout"
"""The actor of an answer that nobody gave in time."""
_EXTENTS: Final = (allowances.TASK, allowances.PROFILE)


def ask(
    tx: Change,
    task: TaskRow,
    name: str,
    text: str,
    *,
    kind: str,
    options: Sequence[Option],
    expires_at: float | None,
    detail: QuestionDetail,
) -> QuestionRow:
    """Let a worker ask a person; it keeps its claim and its time limit stands still.

    `name` is the worker's own id for it, once in an attempt. What was allowed before is answered at
    once, and the row says so. Of a run that drains nobody would be waited for: its task goes back
    to the queue. Raises `RefusedError` where its work is being merged, or for an id that was used.
    """
    if not (in_progress(task) or task.asking):
        raise refused(task, "asked about")
    if _named(tx, task, name):
        raise RefusedError(f"task {task.id!r} has asked {name!r} before")
    asked = QuestionRow(
        run=tx.run.id,
        task=task.id,
        epoch=task.epoch,
        id=name,
        ordinal=_next_ordinal(tx, task),
        asked_at=tx.now,
        text=text,
        kind=kind,
        options=tuple(options),
        state=QuestionState.OPEN,
        expires_at=expires_at,
        detail=detail.fields(),
    )
    tx.insert(asked)
    event = QuestionAsked(
        id=name,
        text=text,
        kind=kind or None,
        options=tuple(option.fields() for option in options),
        expires_at=expires_at,
        detail=asked.detail or None,
    )
    tx.emit(event, task)
    allowed = _answer_by_allowance(tx, task, asked)
    if allowed is not None:
        return allowed
    asking = evolve(
        task,
        state=TaskState.BLOCKED,
        kind=BlockedKind.QUESTION,
        note=task.note if task.asking else text,
        detail={},
        questions=task.questions + 1,
    )
    asking = tx.update_task(task, asking)
    if tx.run.intent is not Intent.GO:
        put_back(tx, asking)
    return _row(tx, asked)


def put_back(tx: Change, task: TaskRow) -> TaskRow:
    """Take a task from its worker, since its run stops; it is not counted."""
    tx.emit(TaskReleased(kind=ReleaseKind.STOP, before=task.step or task.kind), task)
    fence(tx, task)
    return tx.to_pending(task, going_on.go_on(tx, task))


def _answer_by_allowance(tx: Change, task: TaskRow, asked: QuestionRow) -> QuestionRow | None:
    """Answer what a person allowed before, where the worker takes a yes for this one time."""
    once = asked.once(ALLOW_ONCE)
    found = allowances.allowance_for(tx, task, asked.kind, asked.text) if once else None
    if once is None or found is None:
        return None
    by = f"allowance {found.id}"
    answered = evolve(asked, state=QuestionState.ANSWERED, option=once.id, answered_by=by)
    tx.emit(QuestionAnswered(id=asked.id, option=once.id, allowance=found.id), task)
    return tx.write(asked, answered)


# -- a person


def check_answer(
    tx: Change,
    task: TaskRow,
    *,
    question: str | None = None,
    option: str | None = None,
    text: str | None = None,
    always: str | None = None,
) -> None:
    """Refuse an answer that fits no question of the task (`UsageError`).

    Where it asks nothing, that is the refusal of the move, unless a question is named that it never
    asked.
    """
    if always is not None and always not in _EXTENTS:
        raise UnknownNameError("extent", always, _EXTENTS)
    if question is not None and not _named(tx, task, question, any_epoch=True):
        known = [row.id for row in answerable(tx.db, task)]
        raise UnknownNameError("question", question, known)
    asked = _asked(tx, task, question)
    if asked is None:
        return
    if text is None and (asked.options or option is not None):
        _choice(asked, option, always)
    elif always is not None:
        raise UsageError("only an option that allows can be chosen for always")


def answer(
    tx: Change,
    task: TaskRow,
    *,
    question: str | None = None,
    option: str | None = None,
    text: str | None = None,
    always: str | None = None,
) -> TaskRow:
    """Answer a question, the oldest if none is named: its worker goes on, or the next one is told.

    The rule of the move `ANSWER`. `option` is the id of one of its options; `text` is a person's
    own words, which reject where a permission is asked for, and go to the worker as a message.
    With `always` (`task`, `profile`) the same is allowed from now on.
    """
    asked = _asked(tx, task, question)
    if asked is None:
        return _answer_unknown(tx, task, question, text)
    if text is not None:
        chosen = _rejection(asked) if asked.permission else None
    else:
        chosen, always = _choice(asked, option, always)
    told = text if chosen is None else None
    task = _answered(tx, task, asked, chosen, told, always=always)
    return task if text is None or chosen is None else message(tx, task, text=text)


def _answer_unknown(tx: Change, task: TaskRow, question: str | None, text: str | None) -> TaskRow:
    """Answer where no question is open: one that is over is refused; an old ledger has no row."""
    if question is not None or task.claimed:
        which = "" if question is None else f" {question!r}"
        raise RefusedError(f"task {task.id!r} has no open question{which}")
    tx.emit_act(QuestionAnswered(id="", text=text), task)
    if text is not None:
        message(tx, task, text=text)
    return tx.to_pending(task)


def _choice(
    asked: QuestionRow, option: str | None, always: str | None
) -> tuple[Option | None, str | None]:
    """Return the option that is sent, and for what it is allowed from now on.

    Never one for always, even where a person chose that: it is allowed to the task then.
    """
    chosen = next((one for one in asked.options if one.id == option), None)
    if chosen is None:
        names = ", ".join(f"{one.id} ({one.name})" for one in asked.options)
        which = "which option?" if option is None else f"there is no option {option!r}"
        raise UsageError(f"{which} of question {asked.id!r}", names or "it takes any text")
    if always is not None and not chosen.allows:
        raise UsageError("only an option that allows can be chosen for always")
    if always is not None and not asked.kind:
        # Of a choice, and of what no rule may allow, a worker does not say a kind.
        raise UsageError(f"question {asked.id!r} can be answered for this once alone")
    if chosen.kind == REJECT_ALWAYS:
        return asked.once(REJECT_ONCE) or chosen, None
    if chosen.kind == ALLOW_ALWAYS and asked.kind:
        always = always or allowances.TASK
    once = asked.once(ALLOW_ONCE) if chosen.allows else chosen
    if once is None:
        raise UsageError(
            f"question {asked.id!r} can be allowed for always alone, which no run is to decide",
            "reject it, or give it a text with --text",
        )
    return (chosen if chosen.kind == ALLOW_ONCE else once), always


def _rejection(asked: QuestionRow) -> Option | None:
    rejects = [option for option in asked.options if option.rejects]
    return asked.once(REJECT_ONCE) or next(iter(rejects), None)


def _answered(
    tx: Change,
    task: TaskRow,
    asked: QuestionRow,
    chosen: Option | None,
    text: str | None,
    *,
    always: str | None = None,
) -> TaskRow:
    """Write down an answer, and let the task go on where it was the last open question."""
    option = chosen.id if chosen else None
    new = evolve(
        asked, state=QuestionState.ANSWERED, option=option, answer=text, answered_by=tx.actor
    )
    tx.write(asked, new)
    tx.emit_act(QuestionAnswered(id=asked.id, option=option, text=text, always=always), task)
    if always is not None:
        allowances.allow(tx, task, asked, always)
    if task.claimed:
        return _go_on(tx, task)
    return tx.to_pending(task, going_on.go_on(tx, task))


def _go_on(tx: Change, task: TaskRow) -> TaskRow:
    """Bring a task back to work where no other question is open."""
    left = task.questions - 1
    if left > 0:
        oldest = answerable(tx.db, task)[0]
        return tx.update_task(task, evolve(task, questions=left, note=oldest.text))
    deadline = task.step_deadline
    if deadline is not None:
        # The time that the question took is no time of the worker: it waited since `since`.
        deadline += tx.now - task.since
    running = evolve(
        task,
        state=TaskState.IN_PROGRESS,
        kind=None,
        note="",
        step=Step.RUNNING,
        step_deadline=deadline,
        # It gave no sign of life while it waited.
        lease_until=tx.now + tx.run.lease,
        questions=0,
    )
    return tx.update_task(task, running)


# -- what becomes of them


def expire(tx: Change, task: TaskRow, name: str, *, reject: bool) -> TaskRow:
    """End the wait for an answer that nobody gave in time.

    With `reject` the worker is told no, by the actor `timeout`, and goes on; else it is stopped,
    and the task stays blocked by its question, which may be answered still.
    """
    asked = _asked(tx, task, name) if task.asking else None
    if asked is None:
        raise refused(task, "given up on")
    if reject:
        tx.actor = TIMEOUT
        return _answered(tx, task, asked, _rejection(asked), None)
    tx.write(asked, evolve(asked, state=QuestionState.EXPIRED))
    tx.emit(QuestionClosed(id=asked.id, why=QuestionState.EXPIRED), task)
    kind = BlockedKind.QUESTION
    tx.emit(TaskBlocked(kind=kind, before=kind, stopped=True), task)
    # It makes void what else is open: nobody waits for that any more.
    fence(tx, task)
    return tx.update_task(task, evolve(unclaimed(task), note=asked.text))


def deliver(tx: Change, task: TaskRow, name: str) -> None:
    """Note that the program of the live attempt has the answer."""
    for asked in _named(tx, task, name):
        if asked.state is QuestionState.ANSWERED:
            _delivered(tx, task, asked)


def tell_next(tx: Change, task: TaskRow) -> None:
    """Note that the prompt of a new attempt has what earlier ones did not live to hear.

    Called by a claim, with the row as claimed.
    """
    rows = tx.db.execute(
        select(
            QuestionRow,
            "WHERE run = :run AND task = :task AND state = :answered AND epoch < :epoch "
            "ORDER BY ordinal",
        ),
        {
            "run": tx.run.id,
            "task": task.id,
            "epoch": task.epoch,
            "answered": QuestionState.ANSWERED,
        },
    )
    for asked in (decode(QuestionRow, row) for row in rows):
        _delivered(tx, task, asked)


def _delivered(tx: Change, task: TaskRow, asked: QuestionRow) -> None:
    tx.write(asked, evolve(asked, state=QuestionState.DELIVERED, delivered_epoch=task.epoch))
    earlier = asked.epoch if asked.epoch != task.epoch else None
    tx.emit(QuestionDelivered(id=asked.id, asked_in=earlier), task)


# -- which one


def _asked(tx: Change, task: TaskRow, name: str | None) -> QuestionRow | None:
    """Return the question that an answer is for: the one of this name, or the oldest."""
    rows = answerable(tx.db, task)
    return next((row for row in rows if name is None or row.id == name), None)


def _named(tx: Change, task: TaskRow, name: str, *, any_epoch: bool = False) -> list[QuestionRow]:
    rows = tx.db.execute(
        select(
            QuestionRow,
            "WHERE run = :run AND task = :task AND id = :name AND (epoch = :epoch OR :any_epoch)",
        ),
        {
            "run": tx.run.id,
            "task": task.id,
            "name": name,
            "epoch": task.epoch,
            "any_epoch": int(any_epoch),
        },
    )
    return [decode(QuestionRow, row) for row in rows]


def _row(tx: Change, asked: QuestionRow) -> QuestionRow:
    """Return a question as it is now."""
    rows = tx.db.execute(
        select(QuestionRow, "WHERE run = :run AND task = :task AND epoch = :epoch AND id = :id"),
        {"run": asked.run, "task": asked.task, "epoch": asked.epoch, "id": asked.id},
    )
    return decode(QuestionRow, rows[0])


def _next_ordinal(tx: Change, task: TaskRow) -> int:
    rows = tx.db.execute(
        "SELECT max(ordinal) FROM question WHERE run = :run AND task = :task",
        {"run": tx.run.id, "task": task.id},
    )
    return int(rows[0][0] or 0) + 1
