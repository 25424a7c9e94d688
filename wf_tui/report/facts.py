"""What there is to report of a run: its phases, tasks, attempts, costs, and what people decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import dropwhile
from typing import TYPE_CHECKING, Final

from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.events.read import read_event
from wf_tui.ledger.model.events.run_events import (
    Landed,
    PhaseSettled,
    RunCreated,
    RunResumed,
    SchedulerStarted,
    WorkerJoined,
)
from wf_tui.ledger.model.events.task_events import (
    QuestionAsked,
    TaskAdded,
    TaskBlocked,
    TaskUnblocked,
)
from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.model.states import PERSON, BlockedKind, DoneKind, Outcome, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import event_words
from wf_tui.picture.needs_you import needs_you
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wf_tui.ledger.model.rows import AttemptRow, EventRow, TaskRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.model.states import RunState
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.store.database import Database
    from wf_tui.report.commits import Commit

__all__ = ["Decision", "Mark", "ReportedAttempt", "ReportedTask", "RunReport", "read_report"]

_NAME: Final = 80
_TITLE: Final = 200
_TEXT: Final = 400
_GOAL: Final = 2000
_ANSWER: Final = 20_000
_SHORT: Final = 12
"""Characters of an object name."""


class Mark(StrEnum):
    """What a task or an attempt is coloured by; the words beside it say the same."""

    DONE = "done"
    WORKING = "working"
    NEEDS = "needs"
    PARKED = "parked"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True)
class ReportedAttempt:
    """One try of one worker; all text is cleaned. Times are UTC seconds."""

    task: str
    title: str
    number: int
    worker: str
    model: str
    started_at: float
    ended_at: float | None
    """None while it is at work."""
    ended: str
    """How it ended, in words; "at work" until then."""
    mark: Mark
    proof: str
    usage: Usage | None
    """None where nobody said anything of it."""
    changed: str
    """`+12 -3`; "" where that is unknown or nothing."""


@dataclass(frozen=True)
class ReportedTask:
    """One task with its attempts, oldest first; all text is cleaned."""

    id: str
    title: str
    phase: str
    state: str
    """The state with its kind, in words: `done: merged`, `blocked: gate`."""
    mark: Mark
    note: str
    commit: str
    """The merge commit, short; "" where there is none."""
    answer: str
    """What a task that only reads has answered."""
    usage: Usage
    attempts: tuple[ReportedAttempt, ...]

    @property
    def seconds(self) -> float | None:
        """How long its attempts took together; None before one has ended."""
        ended = [one for one in self.attempts if one.ended_at is not None]
        return sum((one.ended_at or 0.0) - one.started_at for one in ended) if ended else None


@dataclass(frozen=True)
class Decision:
    """What a person did to the run, or a worker asked one; the words are cleaned."""

    at: float
    who: str
    task: str
    """The title of the task; "" where it was about the run."""
    words: str


@dataclass(frozen=True)
class RunReport:
    """A run at one moment. Times are UTC seconds; all text is cleaned."""

    id: str
    goal: str
    state: RunState
    created_at: float
    until: float
    """When it ended, or when this was read."""
    branch: str
    base: str
    head: str
    """Object names, whole: what the commits of the run lie between."""
    landed: tuple[str, ...]
    """The branches that it was landed in."""
    usage: Usage
    budget: RunBudget
    phases: tuple[str, ...]
    tasks: tuple[ReportedTask, ...]
    decisions: tuple[Decision, ...]
    result: str
    commits: tuple[Commit, ...] | None = None
    """What is on its branch, oldest first; None where git could not be asked."""

    @property
    def attempts(self) -> list[ReportedAttempt]:
        """All attempts, in the order in which they began."""
        every = [one for task in self.tasks for one in task.attempts]
        return sorted(every, key=lambda one: one.started_at)

    @property
    def elapsed(self) -> float:
        """How long it has taken, or took."""
        return max(0.0, self.until - self.created_at)

    def by_phase(self) -> Iterator[tuple[str, list[ReportedTask], int]]:
        """Yield each phase that has tasks, with these, and how many of them are done."""
        for phase in self.phases:
            tasks = [task for task in self.tasks if task.phase == phase]
            if tasks:
                yield phase, tasks, sum(task.mark is Mark.DONE for task in tasks)

    def count(self, *marks: Mark) -> int:
        """Return how many tasks have one of these marks."""
        return sum(task.mark in marks for task in self.tasks)


def read_report(db: Database, run: str, now: float) -> RunReport:
    """Return what a run did, all of it read in one snapshot; `now` is in UTC seconds."""
    with db.snapshot():
        row = reads.run_row(db, run)
        tasks = reads.tasks(db, run)
        titles = {task.id: clean(task.title or task.id, limit=_TITLE) for task in tasks}
        attempts: dict[str, list[AttemptRow]] = defaultdict(list)
        for attempt in reads.attempts(db, run):
            attempts[attempt.task].append(attempt)
        events = list(reads.events(db, run))
        phases = [clean(phase.name, limit=_NAME) for phase in reads.phases(db, run)]
    return RunReport(
        id=clean(row.id, limit=_NAME),
        goal=clean(row.goal, limit=_GOAL),
        state=row.state,
        created_at=row.created_at,
        until=row.ended_at or now,
        branch=clean(short_branch(row.ref), limit=_NAME),
        base=row.base,
        head=row.head,
        landed=_landed(events),
        usage=row.usage,
        budget=read_budget(row.budget),
        phases=tuple(phases),
        tasks=tuple(_task(task, attempts[task.id]) for task in tasks),
        decisions=tuple(_decisions(events, titles)),
        result=clean(row.result or "", limit=_ANSWER, multiline=True),
    )


def _decisions(events: Iterable[EventRow], titles: Mapping[str, str]) -> Iterator[Decision]:
    """Yield what people did after the run was made, and what workers asked them."""
    made = {RunCreated.event_kind, TaskAdded.event_kind}
    for event in dropwhile(lambda event: event.kind in made, events):
        if event.kind == QuestionAsked.event_kind:
            who = event.worker or ""
        elif event.actor.startswith(PERSON) and not _follows(event):
            who = event.actor.removeprefix(PERSON)
        else:
            continue
        title = titles.get(event.task, "") if event.task else ""
        yield Decision(event.at, clean(who, limit=_NAME), title, event_words(event))


def _follows(event: EventRow) -> bool:
    """Whether a person's event says what the ledger made of their act, and not the act itself."""
    match read_event(event):
        case TaskBlocked(kind=kind):
            return kind is BlockedKind.DEPENDENCY
        case TaskUnblocked(before=before):
            return before is not None and BlockedKind.HOLD not in before
        case RunResumed() | WorkerJoined() | SchedulerStarted() | PhaseSettled():
            return True
    return False


def _task(row: TaskRow, attempts: Sequence[AttemptRow]) -> ReportedTask:
    kind = (row.kind or "").replace("_", " ")
    state = row.state.value.replace("_", " ")
    answer = row.result or "" if row.kind is DoneKind.ANSWERED else ""
    return ReportedTask(
        id=clean(row.id, limit=_NAME),
        title=clean(row.title or row.id, limit=_TITLE),
        phase=clean(row.phase, limit=_NAME),
        state=f"{state}: {kind}" if kind else state,
        mark=_mark(row),
        note=clean(row.note, limit=_TEXT),
        commit=(row.commit_id or "")[:_SHORT] if row.state is TaskState.DONE else "",
        answer=clean(answer, limit=_ANSWER, multiline=True),
        usage=row.usage,
        attempts=tuple(
            _attempt(row, attempt, number) for number, attempt in enumerate(attempts, 1)
        ),
    )


def _mark(row: TaskRow) -> Mark:
    if row.state is TaskState.BLOCKED:
        return Mark.NEEDS if needs_you(row) else Mark.PARKED
    if row.state is TaskState.DONE:
        return Mark.DONE
    return Mark.WORKING if row.state is TaskState.IN_PROGRESS else Mark.OPEN


def _attempt(task: TaskRow, row: AttemptRow, number: int) -> ReportedAttempt:
    ended, mark = "at work", Mark.WORKING
    if row.outcome is not None:
        ended = row.outcome.value.replace("_", " ")
        if row.cause and row.outcome is not Outcome.SUCCEEDED:
            ended += f": {clean(row.cause, limit=_NAME).replace('_', ' ')}"
        mark = _ATTEMPT_MARKS.get(row.outcome, Mark.FAILED)
    changed = ""
    if row.added or row.removed:
        changed = f"+{row.added or 0} -{row.removed or 0}"
    return ReportedAttempt(
        task=clean(row.task, limit=_NAME),
        title=clean(task.title or task.id, limit=_TITLE),
        number=number,
        worker=clean(row.worker.removeprefix(PERSON), limit=_NAME),
        model=clean(row.model or "", limit=_NAME),
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended=ended,
        mark=mark,
        proof=clean(row.proof or "", limit=_TEXT),
        usage=row.usage,
        changed=changed,
    )


def _landed(events: Iterable[EventRow]) -> tuple[str, ...]:
    """Return the branches that the run was landed in, each once."""
    kind = Landed.event_kind
    names = [str(event.data.get("branch")) for event in events if event.kind == kind]
    return tuple(clean(name, limit=_NAME) for name in dict.fromkeys(names))


_ATTEMPT_MARKS: Final = {Outcome.SUCCEEDED: Mark.DONE, Outcome.CANCELLED: Mark.PARKED}
