"""What an attempt has changed, or how two of them differ, with the comments on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.board.detail.document import Document, choose_attempt
from wf_tui.board.diff.changes import ChangeSet, counts, read_changes, read_patches
from wf_tui.board.diff.read_remarks import read_remarks
from wf_tui.board.text_view.text_line import plain, safe
from wf_tui.board.widgets.line import Role
from wf_tui.git.control.control import open_control
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.detail.document import Source
    from wf_tui.board.diff.remarks import Remark
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow

__all__ = ["DiffDocument", "read_diff"]


@dataclass(frozen=True)
class DiffDocument(Document):
    """The files that differ; `lines` say why where there are none."""

    changes: ChangeSet | None = None
    remarks: Sequence[Remark] = ()
    recipient: str = ""
    """The seat that comments go back to."""
    path: str = ""
    """The file whose patch was asked for alone, as a long diff is read."""
    between: tuple[int, int] | None = None
    """The two attempts that it is the difference of."""


def read_diff(source: Source) -> Document:
    """Return the changes of the chosen attempt, else of the last one that left any.

    Called on a thread of the pane. It raises a WfError where git cannot read the commits of the
    attempt; the pane shows that in the place of the patch.
    """
    with open_reads(source.project) as db, db.snapshot():
        run = reads.run_row(db, source.run)
        task = reads.task(db, source.run, source.task)
        attempts = source.attempts(db)
        remarks = read_remarks(db, source.run, source.task)
    epochs = tuple(attempt.epoch for attempt in attempts)
    if source.between is not None:
        return _difference(source, attempts, task, epochs)
    # While it worked nobody had seen what it left in the end.
    attempts = [one for one in attempts if source.until is None or source.was(one.ended_at)]
    candidates = attempts
    if source.epoch is None:
        # Without a choice: what is at work now has no commit yet, and is of little interest here.
        candidates = [row for row in attempts if row.ref] or attempts
    attempt = choose_attempt(candidates, source.epoch)
    if attempt is None:
        return Document((plain("no attempt yet, so no changes", Role.MUTED),))
    if attempt.base is None or attempt.ref is None:
        left_none = f"attempt {attempt.epoch} has left no changes"
        why = left_none if task.writes else "this task only reads"
        return Document((plain(why, Role.MUTED),), epochs=epochs, epoch=attempt.epoch)
    changes = _changes(source, attempt.base, attempt.ref, task.scope, fold_case=run.fold_case)
    return DiffDocument(
        () if changes.files else (plain("the attempt changed no file", Role.MUTED),),
        note=counts(changes.files),
        epochs=epochs,
        epoch=attempt.epoch,
        changes=changes,
        remarks=remarks,
        recipient=safe(attempt.worker),
        path=source.path,
    )


def _difference(
    source: Source, attempts: Sequence[AttemptRow], task: TaskRow, epochs: tuple[int, ...]
) -> Document:
    """Return how the work of two attempts differs; which of them is older is said by the order."""
    refs = {attempt.epoch: attempt.ref for attempt in attempts}
    first, second = sorted(source.between or ())
    old, new = refs.get(first), refs.get(second)
    if old is None or new is None:
        without = first if old is None else second
        words = f"attempt {without} has left no changes, so there is no difference"
        return Document((plain(words, Role.MUTED),), epochs=epochs, epoch=second)
    changes = _changes(source, old, new, task.scope, fold_case=False)
    same = f"attempts {first} and {second} left the same"
    return DiffDocument(
        () if changes.files else (plain(same, Role.MUTED),),
        note=f"from try {first} to {second}: {counts(changes.files)}",
        epochs=epochs,
        epoch=second,
        changes=changes,
        path=source.path,
        between=(first, second),
    )


def _changes(
    source: Source, base: str, commit: str, scope: Sequence[str], *, fold_case: bool
) -> ChangeSet:
    control = open_control(source.project.paths.run(source.run))
    changes = read_changes(control, base, commit, scope, fold_case=fold_case)
    file = changes.file(source.path) or (changes.files[0] if changes.files else None)
    if changes.patches or file is None:
        return changes
    patches = read_patches(control, changes, [file])
    return ChangeSet(changes.base, changes.commit, changes.files, patches)
