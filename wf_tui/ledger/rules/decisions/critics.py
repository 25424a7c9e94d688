"""Critics (RULES 5, Critic): a task that judges the work of another one before that is merged.

The work of the author waits, blocked as `critic`, from the transaction that adds its critic to the
one in which the critic ends: what becomes of it is decided there, at once and only once. A critic
that a crash interrupts is a task like any other, so there is nothing to be repaired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.task_events import (
    CriticJudged,
    TaskBlocked,
    TaskReleased,
    TaskSkipped,
)
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec, TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import (
    CRITIC,
    BlockedKind,
    Cause,
    DoneKind,
    ReleaseKind,
    Step,
    TaskState,
)
from wf_tui.ledger.model.task_moves import blocked, claimed, finished
from wf_tui.ledger.queries.rivals import awaited_judge
from wf_tui.ledger.rules import going_on
from wf_tui.ledger.rules.claims import claim_event, open_attempt, wake_next
from wf_tui.ledger.rules.conversation.messages import too_late
from wf_tui.ledger.rules.load import add_critic
from wf_tui.ledger.rules.task_guards import fence
from wf_tui.plan.choices import Pick

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail
    from wf_tui.ledger.rules.change import Change

__all__ = ["PROFILE", "ask", "asked_of", "dismiss", "given_up", "judged"]

PROFILE: Final = "wf"
"""The profile of an attempt that merges what a critic has passed: no worker works in it."""
_ROLE: Final = "review"
_ASKED: Final = frozenset({"critic", "commit", "round", "of"})
"""What the detail of work has that a critic has a say in."""
_WAITS: Final = frozenset({BlockedKind.CRITIC, BlockedKind.REVIEW})
"""As what work is blocked that a critic still has a say in."""


def asked_of(tx: Change, author: TaskRow, commit: str) -> dict[str, str | int]:
    """Return who is to judge `commit`, the work of `author`, and in which round.

    For the detail of the author, as it is blocked; `ask` then adds that critic.
    """
    rows = tx.db.execute(
        "SELECT count(*) FROM task WHERE run = :run AND critic_of = :task AND critic_of <> ''",
        {"run": tx.run.id, "task": author.id},
    )
    number = int(rows[0][0] or 0) + 1
    while _is_taken(tx, name := f"{author.id}.critic.{number}"):
        number += 1
    most = author.spec.critic_rounds or 1
    # More than that only where a merge did not work out, after which the last round is asked again.
    turn = min(author.critic_rounds + 1, most)
    return {"critic": name, "commit": commit, "round": turn, "of": most}


def _is_taken(tx: Change, name: str) -> bool:
    """Whether a plan, or a person, has called another task so."""
    found = tx.db.execute(
        "SELECT 1 FROM task WHERE run = :run AND id = :task", {"run": tx.run.id, "task": name}
    )
    return bool(found)


def ask(tx: Change, author: TaskRow) -> TaskRow:
    """Add the critic that the detail of its author names; in the transaction that blocks that."""
    spec, detail = author.spec, author.detail
    critic = NewTask(
        id=str(detail["critic"]),
        title=f"Critic of {author.title}, round {detail['round']} of {detail['of']}",
        spec=Spec(
            prompt=spec.critic,
            structured=True,
            reads=str(detail["commit"]),
            timeout_secs=spec.timeout_secs,
            question_timeout=spec.question_timeout,
            on_timeout=spec.on_timeout,
            tags=spec.tags,
        ),
        role=_ROLE,
        priority=author.priority,
        worker=spec.critic_worker,
        max_attempts=author.max_attempts,
        backoff=author.backoff,
        critic_of=author.id,
    )
    return add_critic(tx, critic, author)


def judged(tx: Change, critic: TaskRow, verdict: str) -> None:
    """Decide on the work of an author, as its critic has answered: merged, sent back, or asked.

    In the transaction in which the critic is done. Nothing comes of it where the author has gone on
    without it. A verdict that is neither `pass` nor `fail` leaves the work to a person.
    """
    author = _waiting(tx, critic)
    if author is None:
        return
    turn, most = int(str(author.detail["round"])), int(str(author.detail["of"]))
    tx.emit(
        CriticJudged(
            critic=critic.id, verdict=verdict, commit=critic.spec.reads, round=turn, of=most
        ),
        author,
    )
    where = f"round {turn} of {most}"
    if verdict == "pass":
        _pass(tx, author, critic)
    elif verdict == "fail" and turn < most:
        _send_back(tx, author, f"sent back by its critic, {where}")
    elif verdict == "fail":
        _to_person(tx, author, f"its critic is not content, {where}: see wf show {author.id}")
    else:
        _to_person(tx, author, f"its critic is unsure, {where}: see wf show {author.id}")


def given_up(tx: Change, critic: TaskRow) -> None:
    """Leave the work to a person whose critic has ended without an answer, as `critic` stands."""
    author = _waiting(tx, critic) if critic.critic_of else None
    if author is not None and author.kind is BlockedKind.CRITIC:
        _to_person(tx, author, f"its critic {critic.id} has not answered: {critic.note}")


def dismiss(tx: Change, author: TaskRow) -> None:
    """Skip the critics of a task that a person takes on without them, within that move.

    Called for each move that takes it from where it is blocked; an undo of the move brings them
    back, too, where none of them was at work.
    """
    if not author.spec.critic or author.state is not TaskState.BLOCKED:
        return
    rows = tx.db.execute(
        select(
            TaskRow,
            "WHERE run = :run AND critic_of = :task AND critic_of <> '' AND state <> :done "
            "ORDER BY ordinal",
        ),
        {"run": tx.run.id, "task": author.id, "done": TaskState.DONE},
    )
    for critic in [decode(TaskRow, row) for row in rows]:
        stops = critic.claimed
        if not stops:
            wake_next(tx, critic)
        skipped = TaskSkipped(kind=DoneKind.SKIPPED, stopped=stops or None, after=author.id)
        tx.emit_move(skipped, critic)
        too_late(tx, critic)
        if stops:
            fence(tx, critic)
        note = f"{author.id} went on without it"
        tx.update_task(critic, finished(critic, DoneKind.SKIPPED, note))


def _waiting(tx: Change, critic: TaskRow) -> TaskRow | None:
    """Return the author whose work this critic has a say in, or None where that has gone on."""
    author = tx.task(critic.critic_of)
    waits = not author.claimed and author.kind in _WAITS
    asked = (author.detail.get("critic"), author.detail.get("commit"))
    return author if waits and asked == (critic.id, critic.spec.reads) else None


def _pass(tx: Change, author: TaskRow, critic: TaskRow) -> None:
    """Merge the work, unless a person wants to see it, too, or it has rivals to be judged."""
    if author.spec.review or author.spec.rival == Pick.BEST:
        # From here on no critic has a say in it.
        rest = {name: value for name, value in author.detail.items() if name not in _ASKED}
        waits = "waits for the choice" if author.spec.rival else "is ready for review"
        judged = {**rest, **awaited_judge(tx.db, author)}
        _to_person(tx, author, f"its critic has passed it, and it {waits}", judged)
    else:
        _claim(tx, author, f"{CRITIC}{critic.id}")


def _claim(tx: Change, author: TaskRow, holder: str) -> TaskRow:
    """Hold a task for its merge alone, in an epoch of its own; the scheduler finds it (RULES 3.1).

    Its attempt has the very commit that was judged. No seat is taken, and nobody works.
    """
    taken = evolve(claimed(author, holder, Step.CHECKING, tx.now, tx.run.lease), detail={})
    tx.emit(claim_event(tx, taken, before=author.kind), taken)
    held = tx.update_task(author, taken)
    opened = open_attempt(tx, held, tx.phase(author.phase), PROFILE)
    left = tx.attempt(author.id, author.epoch)
    tx.write(opened, evolve(opened, base=left.base, commit_id=left.commit_id, ref=left.ref))
    return held


def _send_back(tx: Change, author: TaskRow, note: str) -> None:
    """Let the seat that made the work go on with it; not counted as a failure."""
    tx.emit(
        TaskReleased(kind=ReleaseKind.CRITIC, before=author.kind, cause=Cause.CRITIC, text=note),
        author,
    )
    rounds = author.critic_rounds + 1
    tx.to_pending(author, evolve(going_on.go_on(tx, author), critic_rounds=rounds), note=note)


def _to_person(tx: Change, author: TaskRow, note: str, detail: Detail | None = None) -> None:
    """Keep the work for a person, who accepts it or sends it back."""
    detail = author.detail if detail is None else detail
    tx.emit(
        TaskBlocked(
            kind=BlockedKind.REVIEW,
            before=author.kind,
            cause=Cause.CRITIC,
            text=note,
            detail=detail,
        ),
        author,
    )
    tx.update_task(author, blocked(author, BlockedKind.REVIEW, note, detail))
