"""One card: a task as the board shows it, every word of it safe to draw."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import (
    AttemptStarted,
    GateEnded,
    GateStarted,
    TaskProgress,
)
from wf_tui.ledger.model.events.read import event_class, read_event
from wf_tui.ledger.model.events.task_events import (
    QuestionAnswered,
    QuestionAsked,
    TaskClaimed,
    TaskStep,
)
from wf_tui.ledger.model.states import PERSON, DoneKind, Step, TaskState
from wf_tui.picture.attempt_text import gate_name
from wf_tui.picture.critic_rounds import critic_mark
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.rival_text import rival_text
from wf_tui.picture.words.needs_words import Needs, needs_words
from wf_tui.picture.words.other_words import (
    answered_words,
    parked_words,
    waiting_words,
    wrong_words,
)
from wf_tui.picture.words.timed import NOTHING, Timed
from wf_tui.text import clean
from wf_tui.values import field, frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import AttemptRow, EventRow, QuestionRow, TaskRow
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.picture.last_attempt import LastAttempt

__all__ = [
    "WAITS_FOR_MODEL",
    "Around",
    "Card",
    "Evidence",
    "answer_text",
    "evidence_of",
    "make_card",
    "worker_name",
]

WAITS_FOR_MODEL: Final = "waits for the model"
"""How the words begin of a worker that its model does not answer."""
_NAME: Final = 200
_TEXT: Final = 400


@frozen
class Evidence:
    """The last thing that is known of a running attempt, and since when."""

    text: str
    at: float
    epoch: int | None


@frozen
class Around:
    """What is known besides the row of a task; no word of it is cleaned."""

    evidence: Evidence | None = None
    attempt: AttemptRow | None = None
    """The attempt that is open."""
    last: LastAttempt | None = None
    """The attempt that is over, where it is the last one."""
    question: QuestionRow | None = None
    """The first of its questions that is open."""
    answer: str = ""
    """What its last question was answered."""
    snoozed_until: float | None = None
    """Until when a person does not want to hear of it."""
    rows: Mapping[str, TaskRow] = field(default_factory=lambda: MappingProxyType({}))
    """The tasks of its run that its words may name."""

    def kind(self, task: str) -> str:
        """Return what another task is blocked by; "" where it is not."""
        row = self.rows.get(task)
        return row.kind or "" if row is not None and row.state is TaskState.BLOCKED else ""


@frozen
class Card:
    """All that a view shows of a task. Times are UTC seconds; ages are the view's to compute."""

    key: str
    """The id as the ledger has it, not safe to draw; for commands and `Picture`."""
    id: str
    title: str
    state: str
    kind: str
    """The blocked or done kind, or ""."""
    step: str
    reason: str
    """The word for why it is where it is; of a pending task `waiting`, `ready`, `backoff` ..."""
    why: str
    who: str
    since: float
    step_at: float | None
    deadline: float | None
    evidence: str
    evidence_at: float | None
    attempt: int
    tries: int
    max_attempts: int
    phase: str
    role: str
    pinned: str
    scope: tuple[str, ...]
    needs_you: bool
    claimed: bool
    commit: str | None
    plan: tuple[int, int] | None
    """How many steps of its own plan are done, and of how many."""
    model: str
    """The model that works on it, as its program says; "" where nobody knows."""
    questions: int
    """How many of its questions are open."""
    rival: str = ""
    """That it is one of several of which one is merged, or a critic; in a few words."""
    lost: bool = False
    """Whether another one was merged in its place."""
    lane: str = ""
    """The provider's limit that it counts against, or that keeps it from beginning."""
    tokens: int | None = None
    """What all its attempts used; None where nobody has told."""
    cost_microusd: int | None = None
    needs: Needs | None = None
    """What it says where it needs the person."""
    wrong: Timed = NOTHING
    """What is wrong where it could begin, and does not."""
    waits_for: str = ""
    """The task that it needs, and how many more: `consent +1`."""
    parked: Timed = NOTHING
    """Why it is blocked where it needs nobody."""
    answer: str = ""
    """How it was done where it was not simply merged."""
    took: float | None = None
    """Seconds that its last attempt took, once that is over."""
    added: int | None = None
    removed: int | None = None
    ready: bool = True
    """Whether nothing that it needs is missing, whatever keeps it from beginning."""
    limited: bool = False
    """Whether its model does not answer it, by a limit of its provider say."""
    gate: str = ""
    """The command that judges it; its first line."""
    command: str = ""
    """The command that it is; its first line."""
    answered: str = ""
    """What the last question of its attempt was answered, while that goes on."""


def make_card(row: TaskRow, reason: Reason, around: Around | None = None) -> Card:
    """Return the card of a task; evidence and attempt count only where of the live claim.

    Called by `CardCache` when somebody looks at the card. All text passes `clean` here, so that no
    widget has to think of what a title may do to a terminal.
    """
    around = around or Around()
    last, live = around.last, _live(row, around)
    is_needed = needs_you(row) and around.snoozed_until is None
    is_parked = row.state is TaskState.BLOCKED and not is_needed
    is_pending = row.state is TaskState.PENDING
    return replace(
        _plain_card(row, reason, live, _seen(row, around, live)),
        needs_you=is_needed,
        rival=clean(critic_mark(row) or rival_text(row), limit=_NAME),
        lost=bool(row.spec.rival) and row.kind is DoneKind.SKIPPED,
        lane=clean(_lane(reason, live, last), limit=_NAME),
        tokens=_tokens(row.usage),
        cost_microusd=row.usage.cost_microusd,
        needs=needs_words(row, last, around.question) if is_needed else None,
        wrong=wrong_words(row, reason) if is_pending else NOTHING,
        waits_for=waiting_words(reason) if is_pending else "",
        parked=parked_words(row, around.snoozed_until, around.kind) if is_parked else NOTHING,
        answer=answered_words(row, last) if row.state is TaskState.DONE else "",
        took=last.ended_at - last.started_at if last is not None else None,
        added=last.added if last is not None else None,
        removed=last.removed if last is not None else None,
        ready=not row.unmet,
        gate=_first_line(row.spec.gate),
        command=_first_line(row.spec.command),
        answered=clean(around.answer, limit=_NAME),
    )


def _plain_card(
    row: TaskRow, reason: Reason, live: AttemptRow | None, seen: Evidence | None
) -> Card:
    """Return a card with what its row, the attempt that runs and its evidence tell."""
    waits = f"{WAITS_FOR_MODEL}: "
    return Card(
        key=row.id,
        id=clean(row.id, limit=_NAME),
        title=clean(row.title, limit=_NAME).strip() or clean(row.id, limit=_NAME),
        state=row.state.value,
        kind=row.kind or "",
        step=row.step or "",
        reason=reason.kind,
        why=clean(reason.text, limit=_TEXT),
        who=clean(worker_name(row), limit=_NAME),
        since=row.since,
        step_at=row.step_at,
        deadline=row.step_deadline,
        evidence=clean(seen.text.removeprefix(waits), limit=_TEXT) if seen else "",
        evidence_at=seen.at if seen else None,
        attempt=row.attempts,
        tries=row.tries,
        max_attempts=row.max_attempts,
        phase=clean(row.phase, limit=_NAME),
        role=clean(row.role, limit=_NAME),
        pinned=clean(row.pinned, limit=_NAME),
        scope=tuple(clean(path, limit=_NAME) for path in row.scope),
        needs_you=False,
        claimed=row.claimed,
        commit=row.commit_id,
        plan=_plan(live),
        model=clean(live.model or "", limit=_NAME) if live else "",
        questions=row.questions,
        limited=seen is not None and seen.text.startswith(WAITS_FOR_MODEL),
    )


def _live(row: TaskRow, around: Around) -> AttemptRow | None:
    """Return the attempt of the live claim: one of an earlier epoch may still be being stopped."""
    attempt = around.attempt
    return attempt if attempt is not None and row.claimed and attempt.epoch == row.epoch else None


def _seen(row: TaskRow, around: Around, live: AttemptRow | None) -> Evidence | None:
    """Return what is known last of the live claim."""
    if live is not None and live.said and row.step == Step.RUNNING:
        # The worker's own words, with their age: newer events of it may tell figures only.
        return Evidence(live.said, live.said_at or row.since, row.epoch)
    evidence = around.evidence
    return evidence if evidence and row.claimed and evidence.epoch == row.epoch else None


def _first_line(command: str | None) -> str:
    return clean((command or "").strip().partition("\n")[0], limit=_NAME)


def _tokens(usage: Usage) -> int | None:
    known = usage.input_tokens is not None or usage.output_tokens is not None
    return usage.tokens if known else None


def _lane(reason: Reason, live: AttemptRow | None, last: LastAttempt | None) -> str:
    """Return the lane of the attempt that runs; of a pending task that which keeps it."""
    if live is not None:
        return live.lane or ""
    named = reason.detail.get("lane")
    if isinstance(named, str):
        return named
    return last.lane if last is not None else ""


def _plan(attempt: AttemptRow | None) -> tuple[int, int] | None:
    if attempt is None or attempt.plan_done is None or not attempt.plan_total:
        return None
    return attempt.plan_done, attempt.plan_total


def worker_name(row: TaskRow) -> str:
    """Return who works on it, or did last; a person without the mark that tells one from a seat."""
    return (row.worker or row.last_worker or "").removeprefix(PERSON)


def answer_text(row: EventRow, asked: QuestionRow | None) -> str:
    """Return what a question was answered, by its `question_answered`: words, else an option.

    An option has its name where the question is known that it is of.
    """
    option = row.data.get("option")
    names = {one.id: one.name for one in asked.options} if asked is not None else {}
    return str(row.data.get("text") or names.get(str(option), option) or "no")


def evidence_of(row: EventRow) -> Evidence | None:
    """Return what an event proves of the attempt it is about, or None where it proves nothing.

    Which events are a proof of life is a fact of their classes. A kind that this version does not
    know proves nothing, as a newer wf may have written it about something else.
    """
    known = event_class(row.kind)
    if known is None or not known.proves_life:
        return None
    match read_event(row):
        case TaskProgress(text=text, tool=tool):
            word = text or tool or "alive"
        case TaskStep(step=step):
            word = step
        case TaskClaimed():
            word = "claimed"
        case AttemptStarted():
            word = "running"
        case GateStarted(on=on):
            word = gate_name(on)
        case GateEnded(on=on):
            word = f"{gate_name(on)} has ended"
        case QuestionAsked():
            word = "asked"
        case QuestionAnswered():
            word = "answered"
        case _:
            word = "alive"
    return Evidence(word, row.at, row.epoch)
