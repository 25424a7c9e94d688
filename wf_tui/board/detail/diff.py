"""What an attempt has changed: the files with their counts, then the patch, bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.document import Document, choose_attempt, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.git.control.control import open_control
from wf_tui.git.control.diffs import FileChange, diff, file_changes
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wf_tui.board.detail.document import Source
    from wf_tui.git.control.control import Control

__all__ = ["counts", "read_diff"]

MOST_LINES: Final = 2000
"""Lines of a patch that are shown."""
_MOST_FILES: Final = 200
_ROLES: Final = {"+": Role.ADDED, "-": Role.REMOVED, "@": Role.HUNK, " ": Role.TEXT}


def read_diff(source: Source) -> Document:
    """Return the changes of the chosen attempt, else of the last one that left any.

    Called on a thread of the pane. It raises a WfError where git cannot read the commits of the
    attempt; the pane shows that in the place of the patch.
    """
    with open_reads(source.project) as db:
        task = reads.task(db, source.run, source.task)
        attempts = reads.attempts(db, source.run, source.task)
    epochs = tuple(attempt.epoch for attempt in attempts)
    candidates = attempts
    if source.epoch is None:
        # Without a choice: what is at work now has no commit yet, and is of little interest here.
        candidates = [row for row in attempts if row.ref] or attempts
    attempt = choose_attempt(candidates, source.epoch)
    if attempt is None:
        return Document((Span("no attempt yet, so no changes", Role.QUIET),))
    if attempt.base is None or attempt.ref is None:
        left_none = f"attempt {attempt.epoch} has left no changes"
        why = left_none if task.writes else "this task only reads"
        return Document((Span(why, Role.QUIET),), epochs=epochs, epoch=attempt.epoch)
    control = open_control(source.project.paths.run(source.run))
    changes = file_changes(control, attempt.base, attempt.ref)
    lines = (
        *file_lines(changes),
        *patch_lines(control, attempt.base, attempt.ref, changes, source.task),
    )
    return Document(lines, note=counts(changes), epochs=epochs, epoch=attempt.epoch)


def counts(changes: Sequence[FileChange]) -> str:
    """Return the sum: `2 files +12 -3`."""
    if not changes:
        return "no changes"
    added = sum(change.added or 0 for change in changes)
    removed = sum(change.removed or 0 for change in changes)
    return f"{plural(len(changes), 'file')} +{added} -{removed}"


def file_lines(changes: Sequence[FileChange]) -> Iterator[Span]:
    """Yield a line for each file with its counts; the first of them, and how many there are more.

    git gives no counts for a binary file.
    """
    if not changes:
        yield Span("the attempt changed no file", Role.QUIET)
    for change in changes[:_MOST_FILES]:
        size = "binary" if change.added is None else f"+{change.added} -{change.removed}"
        was = f"  (was {change.was})" if change.was != change.path else ""
        yield Span(safe(f"{size:>12}  {change.path}{was}"))
    if len(changes) > _MOST_FILES:
        yield Span(f"… {plural(len(changes) - _MOST_FILES, 'file')} more", Role.QUIET)


def patch_lines(
    control: Control, old: str, new: str, changes: Sequence[FileChange], task: str
) -> Iterator[Span]:
    """Yield the patch of the first files; one that alone is too long is only named."""
    files = choose_files(changes)
    is_cut = len(files) < len(changes)
    if files:
        # Both names of a file that was renamed, else git shows it as a new one.
        paths = [path for change in files for path in {change.was, change.path}]
        text = diff(control, old, new, paths=paths).decode("utf-8", "surrogateescape")
        lines = text.removesuffix("\n").split("\n")
        yield Span("")
        yield from with_roles(lines[:MOST_LINES])
        is_cut = is_cut or len(lines) > MOST_LINES
    if is_cut:
        yield Span(safe(f"… not all is shown; all of it: wf diff {task}"), Role.QUIET)


def choose_files(changes: Sequence[FileChange]) -> list[FileChange]:
    """Choose the files that fill what is shown, so that git need not print a huge patch."""
    files: list[FileChange] = []
    lines = 0
    for change in changes:
        # Passed over, and not the end: one huge lock file must not hide the code after it.
        if change.lines > 10 * MOST_LINES:
            continue
        if lines >= MOST_LINES or len(files) >= _MOST_FILES:
            break
        files.append(change)
        lines += change.lines
    return files


def with_roles(lines: Iterable[str]) -> Iterator[Span]:
    """Yield the lines of a patch; above its first `@@` a file has only a header."""
    header = True
    for line in lines:
        if line.startswith("diff --git "):
            header = True
            role = Role.LABEL
        else:
            header = header and not line.startswith("@@")
            role = Role.QUIET if header else _ROLES.get(line[:1], Role.QUIET)
        yield Span(safe(line.removesuffix("\r")), role)
