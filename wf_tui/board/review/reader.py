"""All that a review needs to know of a task: its work, what was said of it, what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.changes import ChangeSet, read_changes, read_patches
from wf_tui.board.diff.read_remarks import read_remarks
from wf_tui.board.text_view.text_line import safe
from wf_tui.git.control.control import open_control
from wf_tui.ledger.model.states import PERSON, BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.comments import comments
from wf_tui.ledger.queries.drafts import seen
from wf_tui.project import open_reads, user_name
from wf_tui.text import dollars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.board.diff.remarks import Remark
    from wf_tui.ledger.model.rows import AttemptRow, CommentRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["Review", "read_file", "read_review"]

_NEWEST: Final = 50
"""Events that are looked through for who decided."""
_REMARKS: Final = frozenset({"comment_kept", "comment_dropped"})


@dataclass(frozen=True)
class Review:
    """The work of a task as a person judges it; texts are safe to draw, paths are not."""

    task: str
    state: str
    kind: str
    epoch: int
    """The epoch of the task: another one is another decision."""
    attempt: int | None = None
    """Which attempt left the work; None where none has."""
    seat: str = ""
    model: str = ""
    cost: str = ""
    gate: str = ""
    """What the gate said of it; "" where it has none."""
    changes: ChangeSet | None = None
    since: ChangeSet | None = None
    """What differs from the work that comments were last sent back for."""
    since_attempt: int | None = None
    remarks: Sequence[Remark] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    """The content of each file that this person has seen, by its path."""
    scope: tuple[str, ...] = ()
    said: str = ""
    prompt: str = ""
    head: str = ""
    """The commit of the run's branch."""
    decided_by: str = ""
    """Who acted on the task last."""

    @property
    def drafts(self) -> int:
        """How many comments of this person would go back."""
        return sum(one.draft and not one.is_new for one in self.remarks)

    @property
    def half_written(self) -> int:
        """How many comments of this person are half written, and do not go back."""
        return sum(one.begun is not None for one in self.remarks)

    @property
    def outside(self) -> int:
        """How many files its scope does not cover."""
        return sum(file.outside for file in self.changes.files) if self.changes else 0


def read_review(project: Project, run: str, task: str) -> Review:
    """Return what there is to review; called on a thread.

    Raises a `WfError` where the task is not there, or git cannot read its commits.
    """
    with open_reads(project) as db, db.snapshot():
        row = reads.run_row(db, run)
        found = reads.task(db, run, task)
        attempts = reads.attempts(db, run, task)
        remarks = read_remarks(db, run, task)
        rounds = comments(db, run, task)
        known = seen(db, run, task, f"{PERSON}{user_name()}")
        who = _decided_by(db, run, task)
    work = next((one for one in reversed(attempts) if one.ref and one.base), None)
    review = Review(
        task=task,
        state=found.state.value,
        kind=found.kind or "",
        epoch=found.epoch,
        gate=_gate(found),
        remarks=remarks,
        seen=known,
        scope=tuple(map(safe, found.scope)),
        prompt=found.spec.prompt or found.spec.command or "",
        head=row.head,
        decided_by=who,
    )
    if work is None or work.base is None or work.ref is None:
        return review
    control = open_control(project.paths.run(run))
    changes = read_changes(control, work.base, work.ref, found.scope, fold_case=row.fold_case)
    before = _round_before(rounds, attempts, work)
    since = None
    if before is not None and before.ref is not None:
        since = read_changes(control, before.ref, work.ref, found.scope, fold_case=row.fold_case)
    cost = work.usage.cost_microusd if work.usage else None
    return replace(
        review,
        attempt=work.epoch,
        seat=safe(work.worker),
        model=safe(work.model or ""),
        cost="" if cost is None else dollars(cost),
        changes=changes,
        since=since,
        since_attempt=before.epoch if before is not None else None,
        said=safe(" ".join((work.said or "").split())),
    )


def read_file(project: Project, run: str, changes: ChangeSet, path: str) -> ChangeSet:
    """Return a long diff with the patch of one more file; called on a thread."""
    file = changes.file(path)
    if file is None:
        return changes
    patches = read_patches(open_control(project.paths.run(run)), changes, [file])
    return replace(changes, patches={**changes.patches, **patches})


def _gate(task: TaskRow) -> str:
    if not task.spec.gate:
        return ""
    if task.kind == BlockedKind.GATE:
        return "gate failed"
    return "gate passed" if task.kind == BlockedKind.REVIEW else ""


def _round_before(
    rounds: Sequence[CommentRow], attempts: Sequence[AttemptRow], work: AttemptRow
) -> AttemptRow | None:
    """Return the attempt whose work comments were sent back for last, before this one."""
    sent = {one.epoch for one in rounds if one.state == "sent" and one.epoch < work.epoch}
    if not sent:
        return None
    return next((one for one in attempts if one.epoch == max(sent) and one.ref), None)


def _decided_by(db: Database, run: str, task: str) -> str:
    """Return the person who acted on the task last; "" for nobody."""
    events = reads.task_events(db, run, task, _NEWEST)
    people = (one.actor for one in reversed(events) if one.kind not in _REMARKS)
    return next((safe(who.removeprefix(PERSON)) for who in people if who.startswith(PERSON)), "")
