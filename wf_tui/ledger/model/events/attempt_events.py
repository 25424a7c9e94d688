"""What an attempt does and leaves: its program, its work, its merge and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.base import EventBase, Shape
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.states import Outcome
    from wf_tui.plan.choices import GateOn

__all__ = [
    "AttemptEnded",
    "AttemptEvent",
    "AttemptStarted",
    "ConflictFound",
    "GateEnded",
    "GateStarted",
    "Integrated",
    "LeftKept",
    "MessageDelivered",
    "ProcessesEnded",
    "ResultRejected",
    "TaskProgress",
    "UsageTold",
    "WorkHarvested",
]


_LONGEST_NAME: Final = 60
"""Characters of a command line that are shown."""


class AttemptStarted(EventBase, kind="attempt_started", changes_row=False, proves_life=True):
    """Its program runs, in this tree, on this commit."""

    pid: int | None = None
    base: str | None = None
    tree: str | None = None


class TaskProgress(EventBase, kind="task_progress", changes_row=False, proves_life=True):
    """A sample of what its worker does: the last line of a command, or an agent's last words."""

    text: str = ""
    tool: str | None = None
    """The tool that it uses just now, which the text then says more of."""
    tools: int | None = None
    """How many tool calls it has begun."""
    plan: Shape | None = None
    """How far its plan is: `done`, `of`."""
    session: str | None = None
    """Told once, as its program has a conversation that another attempt can go on with."""
    model: str | None = None


class UsageTold(EventBase, kind="usage", reaches_dependants=False):
    """It used this since the last one; `unknown` is 1 where it ended without any figures."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    requests: int | None = None
    cost_microusd: int | None = None
    unknown: int | None = None


class MessageDelivered(EventBase, kind="message_delivered", changes_row=False):
    """It has what people wrote to its task: in its prompt, or while it runs."""

    count: int
    ids: tuple[int, ...] = ()
    heard: bool | None = None
    """True where its program said so."""


class WorkHarvested(EventBase, kind="harvested", changes_row=False):
    """What was in its tree is saved; told also of an attempt that was fenced."""

    ref: str | None = None
    commit: str | None = None
    files: int | None = None
    added: int | None = None
    """Lines; with `removed`, None where that was not counted."""
    removed: int | None = None
    ignored: int | None = None
    """How many names git ignores, a folder that is ignored as a whole being one."""
    ignored_names: tuple[str, ...] | None = None
    """The first of them."""
    refused: tuple[str, ...] | None = None
    """Paths that are not taken, each with the reason."""
    note: str | None = None
    """What a person should know of how it was found: only the disk could be asked."""
    error: str | None = None
    snapshot_changed: tuple[str, ...] | None = None
    """Paths of a snapshot, which is read-only, that are not as they were."""


class GateStarted(EventBase, kind="gate_started", changes_row=False, proves_life=True):
    """Its gate begins: on the work as it is, or on the merge of it that the branch is to get.

    `commit` is what the gate is asked about, `head` the commit that this is made on.
    """

    on: GateOn
    head: str | None = None
    commit: str | None = None


class GateEnded(EventBase, kind="gate_ended", changes_row=False, proves_life=True):
    """Its gate has ended; without an exit status it was ended, or could not be run.

    A `text` says why it did not pass.
    """

    on: GateOn
    head: str | None = None
    commit: str | None = None
    exit_code: int | None = None
    text: str | None = None


class ProcessesEnded(EventBase, kind="processes_ended", changes_row=False):
    """A program of it left processes running, which were ended; the first few are named.

    `program` is the task's own, or the `gate`, `setup` or `teardown`.
    """

    count: int
    processes: tuple[str, ...]
    program: str

    def sentence(self) -> str:
        """Return what a person reads of it; the names are cleaned."""
        were = "process was" if self.count == 1 else "processes were"
        text = f"{self.count} {were} still running and {were.split()[1]} ended"
        if not self.processes:
            return text
        names = ", ".join(clean(name, limit=_LONGEST_NAME) for name in self.processes)
        more = self.count - len(self.processes)
        return f"{text}: {names}" + (f" and {more} more" if more > 0 else "")


class LeftKept(EventBase, kind="left_kept", changes_row=False):
    """What its git directory held beside its work has a ref of its own; told with the harvest."""

    ref: str
    kind: str
    """What named it there: branch, tag, stash, worktree, head, ref or reflog."""
    name: str
    commit: str
    files: int
    """How many files it changes."""


class ConflictFound(EventBase, kind="conflict_found"):
    """Its work does not merge; `again` where that had happened to its task before."""

    paths: tuple[str, ...]
    text: str
    again: bool


class Integrated(EventBase, kind="integrated"):
    """The integration branch was moved to its merge; true whoever holds the claim by now.

    `base` is what its work started from: where that is not `old`, it was merged with others.
    """

    old: str
    new: str
    base: str | None = None


class AttemptEnded(EventBase, kind="attempt_ended"):
    """It is closed, and its seat and scope are free; `fenced` where it had been stopped."""

    outcome: Outcome
    cause: str | None = None
    text: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    ref: str | None = None
    fenced: bool | None = None
    proof: str | None = None
    """The line of its end that matters."""
    said: str | None = None
    """What its worker said last."""
    files: int | None = None
    """How many files its work changes; with `added` and `removed`, None where nobody knows."""
    added: int | None = None
    """Lines."""
    removed: int | None = None
    verdict: Shape | None = None
    """How its program judged itself."""


class ResultRejected(EventBase, kind="result_rejected"):
    """It reported when its claim was the live one no longer."""

    outcome: Outcome
    text: str


AttemptEvent = (
    AttemptStarted
    | TaskProgress
    | UsageTold
    | MessageDelivered
    | WorkHarvested
    | GateStarted
    | GateEnded
    | ProcessesEnded
    | LeftKept
    | ConflictFound
    | Integrated
    | AttemptEnded
    | ResultRejected
)
