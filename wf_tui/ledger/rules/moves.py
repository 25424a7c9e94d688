"""The table of moves: what a person may do to a task, where it stands when that is possible.

The ledger refuses by this table and the board greys its keys by it; the commands `wf retry`,
`wf hold` ... are made from it, and the actions of the board make its moves. RULES 3.1 has it
in words. `verify` does not read it, on purpose: it has its own, so that each can be wrong alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Concatenate, Final, Generic, ParamSpec

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState
from wf_tui.ledger.queries.rivals import rivals_about, why_not_back, why_not_taken
from wf_tui.ledger.rules import accept, operator_moves
from wf_tui.ledger.rules.attention import snoozes
from wf_tui.ledger.rules.conversation import allowances, messages, questions
from wf_tui.ledger.rules.decisions import nodes
from wf_tui.ledger.rules.reports.usage import budget_used_up
from wf_tui.ledger.rules.runs import wake_run, why_not_wake
from wf_tui.ledger.rules.task_guards import refused, stoppable
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = [
    "ACCEPT",
    "ACCEPT_LEFT",
    "ANSWER",
    "CANCEL",
    "EDIT",
    "FORGET",
    "HELD_BACK",
    "HOLD",
    "MESSAGE",
    "MOVES",
    "PRIORITY",
    "REASSIGN",
    "RELEASE",
    "RETRY",
    "SKIP",
    "SNOOZE",
    "UNHOLD",
    "WAKE",
    "Move",
    "MoveResult",
    "Situation",
    "make",
    "situation_of",
    "why_not",
]

P = ParamSpec("P")


class Situation(Enum):
    """Where a task stands, as far as a move asks; the letters are those of RULES 3.1."""

    PENDING = auto()
    """P, and whatever it waits for is no wait that a person can end."""
    BACKOFF = auto()
    """P, until a time, or until the scheduler sees that the time is over."""
    WORKING = auto()
    """R: an attempt is under way that can be stopped."""
    ASKING = auto()
    """Q: its worker waits for a person's answer, and can be stopped."""
    MERGING = auto()
    """M: its work goes into the branch, which nothing interrupts."""
    BLOCKED = auto()
    """B, without a claim; `Move.kinds` says more."""
    DONE = auto()
    """D, and that is final."""
    SKIPPED = auto()
    """D skipped, and nothing that waited for it was claimed since."""


_STOPPABLE: Final = frozenset({Situation.WORKING, Situation.ASKING})
_WAITING: Final = frozenset({Situation.PENDING, Situation.BACKOFF})
_UNDONE: Final = _WAITING | _STOPPABLE | {Situation.MERGING}
_EVERY_KIND: Final = frozenset(BlockedKind)
_RETRIED: Final = frozenset(kind for kind in BlockedKind if kind.facts.can_retry)
_NEEDS_PERSON: Final = frozenset(kind for kind in BlockedKind if kind.facts.waits_for_person)
HELD_BACK: Final = frozenset(kind for kind in BlockedKind if kind.facts.accepted_at)
"""Work that waits to be accepted; what has failed, a person names as they accept it."""
_ACCEPTED: Final = HELD_BACK | {kind for kind in BlockedKind if kind.facts.can_mend}


def situation_of(task: TaskRow, counted_on: Callable[[TaskRow], bool]) -> Situation:
    """Return where a task stands; the ledger and the board ask it, for each move and task.

    `counted_on` says whether a task that waited for this one was claimed; only asked of a skipped
    one, since the ledger has to search for it.
    """
    if task.state is TaskState.DONE:
        skipped = task.kind == DoneKind.SKIPPED and not counted_on(task)
        return Situation.SKIPPED if skipped else Situation.DONE
    if task.asking:
        return Situation.ASKING
    if task.claimed:
        return Situation.WORKING if stoppable(task) else Situation.MERGING
    if task.state is TaskState.BLOCKED:
        return Situation.BLOCKED
    # One that is due counts as waiting until the scheduler lets it go: a retry that comes a
    # moment late is no mistake of the person who typed it.
    return Situation.PENDING if task.not_before is None else Situation.BACKOFF


@dataclass(frozen=True)
class Move(Generic[P]):
    """One move: when it is possible, what it does, and what it is called.

    `P` are the arguments that its rule takes besides the task, all given by name; whoever makes the
    move has to give them, and the type checker sees to it.
    """

    name: str
    """Also the word of its command: `wf retry`."""
    done: str
    """What the task was then, for the sentences: `retried`."""
    rule: Callable[Concatenate[Change, TaskRow, P], TaskRow]
    """Makes the move, on a task for which it is possible."""
    on: frozenset[Situation]
    """Where it is possible, besides B."""
    kinds: frozenset[BlockedKind] = frozenset()
    """Of what kind a blocked task without a claim may be."""
    check: Callable[Concatenate[Change, TaskRow, P], None] | None = None
    """Refuses arguments that do not fit, before anything is changed."""
    wakes: bool = False
    """Whether it gives the run something to do: a stalled or ended one goes on, with a scheduler,
    and one that is being aborted refuses it. Stopping an attempt alone wakes no run."""
    undoable: bool = True
    """Whether `undo` brings the task back as it was; only where no attempt was stopped."""
    dependants_first: bool = False
    """Whether of several tasks those come first that need the others, as in an abort."""
    asks_first: bool = False
    """Whether a person is asked before a running attempt is stopped."""
    told: str = ""
    """What the board says was done, where that is not `done`."""
    help: str = ""
    """What `wf NAME --help` says; empty where the command is not one for any number of tasks."""
    usage: str = "TASK..."
    """The arguments of the command."""

    def allows(self, situation: Situation, kind: str | None) -> bool:
        """Whether it is possible there, for a task that is blocked or done in this way."""
        return situation in self.on or (situation is Situation.BLOCKED and kind in self.kinds)

    @property
    def blocked_kinds(self) -> frozenset[BlockedKind]:
        """The kinds of blocked tasks, with or without a claim, for which it may be possible."""
        asking = {BlockedKind.QUESTION} if Situation.ASKING in self.on else set()
        return self.kinds | asking

    @property
    def command(self) -> str:
        """The command that makes it, as a person types it."""
        return f"wf {self.name} {self.usage}"


@frozen
class MoveResult:
    """What came of a move on one task; the reason is the refusal, or the kind that the task has."""

    task: str
    changed: bool
    state: str
    reason: str

    @classmethod
    def of(cls, task: TaskRow) -> MoveResult:
        """Return that a task was changed, to what it is now."""
        return cls(task.id, changed=True, state=task.state.value, reason=task.kind or "")

    @classmethod
    def refused(cls, task: TaskRow, error: RefusedError) -> MoveResult:
        """Return that a task stays as it is, and why."""
        return cls(task.id, changed=False, state=task.state.value, reason=error.message)


RETRY: Final = Move(
    "retry",
    "retried",
    operator_moves.retry,
    frozenset({Situation.ASKING, Situation.BACKOFF, Situation.SKIPPED}),
    _RETRIED,
    wakes=True,
    help="Give blocked tasks another chance, with their tries reset; end a back-off.",
)
REASSIGN: Final = Move(
    "reassign",
    "reassigned",
    operator_moves.reassign,
    _WAITING | _STOPPABLE,
    _RETRIED,
    check=operator_moves.check_worker,
    wakes=True,
    help="Give tasks to a named worker; running attempts are stopped, their work is kept.",
    usage="TASK... --to WORKER",
)
CANCEL: Final = Move(
    "cancel",
    "cancelled",
    operator_moves.cancel,
    _WAITING | _STOPPABLE,
    _EVERY_KIND - {BlockedKind.CANCELLED},
    dependants_first=True,
    asks_first=True,
    help="Give tasks up, and with them what needs their results; running attempts are stopped.",
)
RELEASE: Final = Move(
    "release",
    "released",
    operator_moves.release,
    _STOPPABLE,
    wakes=True,
    asks_first=True,
    help="Stop the running attempts of tasks and put the tasks back into the queue.",
)
HOLD: Final = Move(
    "hold",
    "held",
    operator_moves.hold,
    _WAITING | _STOPPABLE,
    frozenset({BlockedKind.DEPENDENCY}),
    asks_first=True,
    help="Keep tasks from running until they are unheld; running attempts are stopped.",
)
UNHOLD: Final = Move(
    "unhold",
    "released from a hold",
    operator_moves.unhold,
    frozenset(),
    frozenset({BlockedKind.HOLD}),
    wakes=True,
    told="taken off hold",
    help="Take tasks off hold.",
)
SKIP: Final = Move(
    "skip",
    "skipped",
    operator_moves.skip,
    _WAITING | _STOPPABLE,
    _EVERY_KIND,
    wakes=True,
    asks_first=True,
    help="Count tasks as done without their work; what needs their results continues without them.",
)
EDIT: Final = Move(
    "edit",
    "edited",
    operator_moves.edit,
    _UNDONE,
    _EVERY_KIND,
    usage=(
        "TASK --title TEXT --prompt TEXT --sh CMD --gate CMD --scope P --role R "
        "--max-attempts N --timeout S"
    ),
)
ACCEPT: Final = Move(
    "accept",
    "accepted",
    accept.accept,
    frozenset(),
    _ACCEPTED,
    check=accept.check_accepted,
    wakes=True,
    undoable=False,
    help=(
        "Take the work of tasks that wait for your review, are blocked by their scope or by a "
        "conflict you have resolved, or have failed.\n\nWhat is in the worktree now is taken, "
        "through the checks that it has not passed (wf shell TASK opens it); of a "
        "conflict, --ours and --theirs take the version of a side, for one task."
    ),
    usage="TASK... --ours PATH --theirs PATH",
)
ACCEPT_LEFT: Final = Move(
    ACCEPT.name,
    ACCEPT.done,
    accept.accept,
    frozenset(),
    frozenset({BlockedKind.SCOPE, BlockedKind.FAILED}),
    check=accept.check_left,
    wakes=True,
    undoable=False,
)
"""`wf accept --left`: the same, of what an attempt left beside its harvest. It is not in `MOVES`:
its command and its name are those of `ACCEPT`, but it takes other kinds."""
PRIORITY: Final = Move(
    "priority",
    "moved in the queue",
    operator_moves.priority,
    _UNDONE,
    _EVERY_KIND,
    usage="TASK N",
)
ANSWER: Final = Move(
    "answer",
    "answered",
    questions.answer,
    frozenset({Situation.ASKING}),
    frozenset({BlockedKind.QUESTION}),
    check=questions.check_answer,
    wakes=True,
    undoable=False,
    usage="TASK WORD",
)
FORGET: Final = Move(
    ANSWER.name,
    "asked for again",
    allowances.forget,
    frozenset(Situation),
    _EVERY_KIND,
    undoable=False,
)
"""`wf answer --forget`, the other side of an answer for always: not in `MOVES`, since it answers
nothing."""
MESSAGE: Final = Move(
    "message",
    "written to",
    messages.message,
    _UNDONE,
    _EVERY_KIND,
    check=messages.check_length,
    usage="TASK TEXT",
)

SNOOZE: Final = Move(
    "snooze",
    "snoozed",
    snoozes.snooze,
    frozenset({Situation.ASKING}),
    _NEEDS_PERSON,
    usage="TASK 1h|change|off",
)
WAKE: Final = Move(
    SNOOZE.name,
    "shown again",
    snoozes.wake,
    frozenset({Situation.ASKING}),
    _NEEDS_PERSON,
)
"""`wf snooze TASK off`, the other side of a snooze: not in `MOVES`, as its command is the same."""

MOVES: Final[Mapping[str, Move[...]]] = {
    move.name: move
    for move in (
        RETRY,
        REASSIGN,
        CANCEL,
        RELEASE,
        HOLD,
        UNHOLD,
        SKIP,
        EDIT,
        ACCEPT,
        PRIORITY,
        ANSWER,
        MESSAGE,
        SNOOZE,
    )
}
"""All moves, by their names."""


def why_not(
    move: Move[...],
    task: TaskRow,
    run: RunRow,
    situation: Situation,
    rivals: Sequence[TaskRow] = (),
) -> RefusedError | None:
    """Return why a move is not possible now, or None where it is; `rivals` are all of its phase."""
    # First: that it is done, and no more, would not say why.
    if move is RETRY and (lost := why_not_back(task, rivals, move.done)):
        return lost
    if not move.allows(situation, task.kind):
        return refused(task, move.done)
    if move in {ACCEPT, ACCEPT_LEFT} and (taken := why_not_taken(task, rivals)):
        return taken
    if move is ACCEPT and (nothing := accept.why_not_accepted(task)):
        return nothing
    if move in {RETRY, REASSIGN} and task.kind == BlockedKind.BUDGET:
        used = budget_used_up(task)
        if used:
            return RefusedError(
                f"task {task.id!r} cannot be {move.done}: it {used}; raise that first, with wf edit"
            )
    if move.wakes and not task.claimed:
        return why_not_wake(run)
    return None


def make(
    tx: Change, move: Move[P], tasks: Sequence[str], *args: P.args, **kwargs: P.kwargs
) -> list[MoveResult]:
    """Make a move on several tasks; one that is refused does not keep the others.

    A task that does not exist, or an argument that fits none, refuses all (`UsageError`). A rule
    refuses before it changes anything, so nothing has to be taken back.
    """
    found = [tx.task(name) for name in dict.fromkeys(tasks)]
    if move.dependants_first:
        # Told the other way round, each of a chain would name a new root to all behind it.
        found.sort(key=lambda task: (task.chain, -task.ordinal))
    results = {task.id: _make_one(tx, move, task.id, *args, **kwargs) for task in found}
    return [results[name] for name in tasks]


def _make_one(
    tx: Change, move: Move[P], name: str, *args: P.args, **kwargs: P.kwargs
) -> MoveResult:
    task = tx.task(name)  # read again: the move of one before it may have changed it
    situation = situation_of(
        task,
        lambda one: bool(operator_moves.claimed_dependant(tx, one)) or nodes.has_decided(tx, one),
    )
    refusal = why_not(move, task, tx.run, situation, rivals_about(tx.db, task))
    try:
        # Arguments that fit no task are an error of the whole move, also where this one is refused.
        if move.check is not None:
            move.check(tx, task, *args, **kwargs)
        if refusal is not None:
            return MoveResult.refused(task, refusal)
        if move.wakes and not task.claimed:
            wake_run(tx)
        # Of this move's events alone: what it does to the run can be undone by nobody.
        tx.undoable = move.undoable
        return MoveResult.of(move.rule(tx, task, *args, **kwargs))
    except RefusedError as error:
        return MoveResult.refused(task, refusal or error)
