"""What a prompt is made of: the task, what people said, and what others wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import CommentRow, TaskRow
    from wf_tui.ledger.queries.conversation import PersonSaid

__all__ = [
    "CriticWords",
    "EarlierAttempt",
    "JudgedWork",
    "NeededResult",
    "PromptFacts",
]


@frozen
class NeededResult:
    """What became of a task whose result this one needs."""

    id: str
    status: str | None
    """How it is done; None where it is not."""
    result: str | None
    """Its answer, whole; None of one that was skipped."""
    commit: str | None = None
    """Its merge on the branch of the run."""
    summary: str | None = None
    verdict: str | None = None
    """`pass`, `fail` or `unsure`, of a task that was asked for one."""
    epoch: int = 0
    """The attempt that it is of."""
    base: str | None = None
    work: str | None = None
    """The commit of its own work, on `base`."""
    files: tuple[str, ...] = ()
    """What it changed, a line each: `src/a.py +3 -1`."""
    missing: str = ""
    """Why it is not there, of one that may be missing; "" where it is."""
    can_be_picked: bool = False
    """Whether it is a rival that a judge may name: its work waits, and is in no branch."""
    patch: str = ""
    """The changes of such a rival."""
    patch_cut: bool = False
    """Whether they are longer than what is here."""


@frozen
class EarlierAttempt:
    """How an attempt before this one ended."""

    epoch: int
    worker: str
    outcome: str
    cause: str | None
    text: str
    """The sentence on its end."""
    said: str = ""
    """The last words of its worker."""
    tail: str = ""
    """The end of what its program, or the gate that it failed, has printed."""
    base: str | None = None
    work: str | None = None
    files: tuple[str, ...] = ()
    in_tree: bool = False
    """Whether its changes are in the worktree that the next attempt starts with."""


@frozen
class CriticWords:
    """What a critic has said of the work of a task."""

    id: str
    """The task that is the critic."""
    verdict: str
    """`pass`, `fail` or `unsure`."""
    text: str


@frozen
class JudgedWork:
    """The work that a critic is asked about."""

    author: TaskRow
    """The task that has made it."""
    commit: str
    base: str | None
    epoch: int
    """The attempt that it is of."""
    answer: str
    """What its worker said at the end."""
    files: tuple[str, ...] = ()
    """What it changes, a line each."""
    patch: str = ""
    gate: str = ""
    """The end of what its gate has printed, which it has passed."""
    cut: bool = False
    """Whether the patch is longer than what is here."""


@frozen
class PromptFacts:
    """All that the prompt of one attempt is made of."""

    task: TaskRow
    needed: tuple[NeededResult, ...] = ()
    earlier: tuple[EarlierAttempt, ...] = ()
    """The newest last; of a resumed session only the one that it goes on from."""
    said: tuple[PersonSaid, ...] = ()
    """The oldest first; of a resumed session only what it has not been told."""
    comments: tuple[CommentRow, ...] = ()
    """What people said to lines of the work as they sent it back, by path and line; of a resumed
    session only what it has not been told."""
    conflict: tuple[str, ...] = ()
    """The paths that did not merge the last time."""
    changed_since: tuple[str, ...] = ()
    """What others have changed since the session that goes on began, a line for each file."""
    resumed: bool = False
    """Whether the worker knows the task already, from the session that it goes on with."""
    critics: tuple[CriticWords, ...] = ()
    """What critics have said of it, or of the work that it is to judge, the newest last."""
    judged: JudgedWork | None = None
    """What it is to judge, where it is a critic."""
    judges: bool = False
    """Whether its answer is to name one of the needed tasks, as the judge of their phase."""
    can_ask: bool = False
    """Whether its worker can ask a person while it works."""
