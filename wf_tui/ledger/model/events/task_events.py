"""What moves a task, row by row of RULES 3.1, and what a person says or changes of it.

`before` is where the task was: its step, its kind or its state. Of a person's move it stands with
what `undo` needs, in the `MoveRecord` that is emitted along with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.base import EventBase, Shape

if TYPE_CHECKING:
    from wf_tui.ledger.model.states import (
        BlockedKind,
        DoneKind,
        PendingReason,
        ReleaseKind,
        Step,
        TaskState,
        WokenBy,
    )
    from wf_tui.plan.choices import GateOn

__all__ = [
    "AllowanceEnded",
    "AllowanceMade",
    "CommentDropped",
    "CommentKept",
    "CommentsSent",
    "CriticJudged",
    "MessageLate",
    "MessageSent",
    "QuestionAnswered",
    "QuestionAsked",
    "QuestionClosed",
    "QuestionDelivered",
    "TalkEvent",
    "TaskAdded",
    "TaskBlocked",
    "TaskClaimed",
    "TaskDone",
    "TaskEdited",
    "TaskEvent",
    "TaskReassigned",
    "TaskReleased",
    "TaskRetried",
    "TaskSkipped",
    "TaskSnoozed",
    "TaskStep",
    "TaskUnblocked",
    "TaskWoken",
    "Undone",
]


class TaskAdded(EventBase, kind="task_added"):
    """A task came in, with the plan or by hand."""

    title: str
    phase: str
    needs: tuple[str, ...]
    mode: str
    isolation: str
    scope: tuple[str, ...]
    role: str
    max_attempts: int
    review: bool | None = None
    """True where a person wants to see its work before it counts."""
    author: str | None = None
    """The task whose worker added it."""
    gate: bool | None = None
    """True where it has a gate."""
    gate_on: GateOn | None = None
    """Where the gate has to pass, unless that is also on the merge."""
    critic: bool | None = None
    """True where a critic has to pass its work before it is merged."""
    critic_of: str | None = None
    """The task whose work it looks at."""
    commit: str | None = None
    """That work."""


class TaskClaimed(EventBase, kind="task_claimed", proves_life=True):
    """A worker holds it.

    `before` is as what it was blocked where a person has accepted it, or its critic has passed it;
    the claim is theirs then.
    """

    lease_until: float
    tries: int
    scope: tuple[str, ...]
    isolation: str
    mode: str
    before: str | None = None
    choices: Shape | None = None
    """How a person wants what they accepted to be taken."""
    lane: str | None = None
    session: str | None = None
    """The conversation that it goes on with."""


class TaskStep(EventBase, kind="task_step", reaches_dependants=False, proves_life=True):
    """Its attempt came to a later step."""

    step: Step
    before: str | None = None


class TaskBlocked(EventBase, kind="task_blocked"):
    """It is blocked: by its attempt, by a result, by an abort, or by a person."""

    kind: BlockedKind
    before: str | None = None
    cause: str | None = None
    text: str | None = None
    tries: int | None = None
    detail: Shape | None = None
    stopped: bool | None = None
    """Whether a running attempt was taken from it."""
    abort: bool | None = None
    since: float | None = None
    """Since when it is so again, in UTC seconds, where an undo brings that back."""


class TaskUnblocked(EventBase, kind="task_unblocked"):
    """What blocked it is over: a result, a quota, or a hold."""

    kind: PendingReason
    before: str | None = None
    since: float | None = None
    """Since when it is so again, in UTC seconds, where an undo brings that back."""


class TaskReleased(EventBase, kind="task_released"):
    """It is back in the queue without its attempt; `wait` is its back-off in seconds."""

    kind: ReleaseKind | None = None
    before: str | None = None
    cause: str | None = None
    text: str | None = None
    tries: int | None = None
    wait: float | None = None
    stopped: bool | None = None


class TaskRetried(EventBase, kind="task_retried"):
    """A person gave it another chance."""

    stopped: bool | None = None
    sent_back: bool | None = None
    """True where its work was reviewed, and goes back to its worker."""


class TaskReassigned(EventBase, kind="task_reassigned"):
    """A person gave it to a seat or a profile."""

    to: str
    fresh: bool | None = None
    """Whether its next attempt begins at the clean head."""
    stopped: bool | None = None


class TaskDone(EventBase, kind="task_done"):
    """Its attempt finished it; `commit` is its merge, the text how much that changed."""

    kind: DoneKind
    before: str | None = None
    commit: str | None = None
    text: str | None = None
    verdict: str | None = None
    """What its structured answer says: `pass`, `fail` or `unsure`."""


class TaskSkipped(EventBase, kind="task_skipped"):
    """A person counts it as done without its work."""

    kind: DoneKind
    stopped: bool | None = None
    after: str | None = None
    """The task whose critic it was, where a person has taken that on without it."""


class TaskEdited(EventBase, kind="task_edited"):
    """What it asks for was changed: the new values, and those before."""

    fields: Shape
    was: Shape


class CriticJudged(EventBase, kind="critic_judged", changes_row=False):
    """Its critic has answered; what becomes of the task, the event behind this says."""

    critic: str
    """The task that is the critic."""
    verdict: str
    """`pass`, `fail` or `unsure`."""
    commit: str
    """The work that it is about."""
    round: int
    of: int
    """So many rounds there are at the most."""


class QuestionAsked(EventBase, kind="question_asked", reaches_dependants=False, proves_life=True):
    """Its worker asks a person."""

    id: str
    """One name in an attempt."""
    text: str
    kind: str | None = None
    """What it would do if it may: the kind of a tool."""
    options: tuple[Shape, ...] = ()
    expires_at: float | None = None
    detail: Shape | None = None
    """What it is about, in parts: `command`, `reason`, `rule`."""


class QuestionAnswered(EventBase, kind="question_answered", proves_life=True):
    """A person answered, or a rule in their place; its worker, if it still waits, goes on."""

    id: str
    option: str | None = None
    text: str | None = None
    always: str | None = None
    """For what a person allowed it from now on: `task` or `profile`."""
    allowance: int | None = None
    """What answered, where a person had allowed it before."""


class QuestionDelivered(EventBase, kind="question_delivered", changes_row=False):
    """A worker has what was answered: the one that asked, or a later one in its prompt."""

    id: str
    asked_in: int | None = None
    """The epoch that asked, where it is another one."""


class QuestionClosed(EventBase, kind="question_closed", reaches_dependants=False):
    """Nobody waits for an answer any more: `expired`, or `void` since its worker is gone."""

    id: str
    why: str


class MessageSent(EventBase, kind="message_sent", changes_row=False):
    """A person wrote something to its worker."""

    id: int
    text: str


class MessageLate(EventBase, kind="message_late", changes_row=False):
    """It was done before a worker had what a person wrote."""

    id: int


class AllowanceMade(EventBase, kind="allowance_made", changes_row=False):
    """A person allows something for the rest of the run, to this task or to a profile."""

    id: int
    profile: str | None = None
    tool_kind: str = ""
    text: str = ""


class AllowanceEnded(EventBase, kind="allowance_ended", changes_row=False):
    """It is asked for again: a person said so, or the run is over."""

    id: int


class CommentKept(EventBase, kind="comment_kept", changes_row=False):
    """A person wrote something to lines of its work, or wrote it anew; it is a draft."""

    id: int
    path: str
    line: int | None = None
    """The last of them."""
    side: str | None = None
    """`old` where the line is one that the work removes."""
    quote: str | None = None
    """The lines as they are there, all of them."""
    text: str


class CommentDropped(EventBase, kind="comment_dropped", changes_row=False):
    """A person took a draft away."""

    id: int


class CommentsSent(EventBase, kind="comments_sent", changes_row=False):
    """Its drafts went back to its worker, with the work: its next prompt has them."""

    ids: tuple[int, ...]


class TaskSnoozed(EventBase, kind="task_snoozed", reaches_dependants=False):
    """A person does not want to see it for a while, `until` a time or until it changes."""

    kind: BlockedKind
    """As what it is blocked."""
    until: float | None = None


class WorktreeOpened(EventBase, kind="worktree_opened", reaches_dependants=False):
    """What its attempt has made lies in a worktree, the number `tree`, that a person went into."""

    tree: str
    detail: Shape | None = None
    """What its conflict is now, where that was merged anew in the worktree."""


class TaskWoken(EventBase, kind="task_woken", reaches_dependants=False):
    """It is shown again."""

    why: WokenBy


class Undone(EventBase, kind="undone"):
    """A person took an act back, by its number, of a task or of the run.

    `fields` are values that came back: those of an edit, or of the run; `id` is the comment or the
    message. Of a task that moved, `state` and `kind` are what it is again, `since` (UTC seconds).
    """

    undoes: int
    fields: Shape | None = None
    id: int | None = None
    state: TaskState | None = None
    kind: str | None = None
    since: float | None = None


TalkEvent = (
    QuestionAsked
    | QuestionAnswered
    | QuestionDelivered
    | QuestionClosed
    | MessageSent
    | MessageLate
    | AllowanceMade
    | AllowanceEnded
    | CommentKept
    | CommentDropped
    | CommentsSent
)
"""What is said between a person and the worker of a task."""
TaskEvent = (
    TaskAdded
    | TaskClaimed
    | TaskStep
    | TaskBlocked
    | TaskUnblocked
    | TaskReleased
    | TaskRetried
    | TaskReassigned
    | TaskDone
    | TaskSkipped
    | TaskEdited
    | CriticJudged
    | TalkEvent
    | TaskSnoozed
    | TaskWoken
    | WorktreeOpened
    | Undone
)
