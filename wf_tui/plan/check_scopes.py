"""The rules for write scopes: each one good, and no two that meet in the shared workspace."""

from collections.abc import Iterator, Sequence
from itertools import islice

from wf_tui.plan import scopes
from wf_tui.plan.document import Document, Path
from wf_tui.plan.models import Isolation, Phase, Task
from wf_tui.plan.report import Problem, quoted

__all__ = ["overlapping_scopes", "refused_scopes", "scope_faults"]

MOST_PAIRS = 1_000
"""How many overlaps are named of one phase: a thousand writers of one file have half a million."""


def scope_faults(
    document: Document, path: Path, phase: Phase, *, fold_case: bool
) -> Iterator[Problem]:
    """Yield the faults of the scopes in the phase at `path`; called by `check` for each phase.

    Writers in worktrees of their own cannot damage each other, so only those who share one
    workspace need scopes that stay apart. `fold_case` takes `A` and `a` for the same name.
    """
    tasks = [((*path, "tasks", index), task) for index, task in enumerate(phase.tasks)]
    for place, task in tasks:
        yield from refused_scopes(document, place, task)
    if not phase.parallel:  # then no two of its tasks run at once
        return
    writers = [
        (place, task)
        for place, task in tasks
        if task.writes and task.effective_isolation is Isolation.SHARED
    ]
    for place, task in writers:
        if not task.file_scope:
            yield document.problem(
                "missing_parallel_write_scope",
                (*place, "file_scope"),
                f"the task {quoted(task.id)} writes in the shared workspace of a parallel phase,"
                " anywhere",
                "list what it may change in `file_scope`, or leave out `isolation` to give it a"
                " worktree",
                task=task.id,
            )
    yield from overlapping_scopes(document, writers, fold_case=fold_case)


def refused_scopes(document: Document, path: Path, task: Task) -> Iterator[Problem]:
    """Yield a fault for each scope of one task that `scopes.problem` refuses."""
    for index, scope in enumerate(task.file_scope):
        if fault := scopes.problem(scope):
            yield document.problem(
                "invalid_file_scope",
                (*path, "file_scope", index),
                f"the scope {quoted(scope)} of task {quoted(task.id)} {fault}",
                "name a file or folder by its path from the top of the repository",
                task=task.id,
                scope=scope,
            )


def overlapping_scopes(
    document: Document, writers: Sequence[tuple[Path, Task]], *, fold_case: bool
) -> Iterator[Problem]:
    """Yield a fault for every two of these tasks that may write the same file.

    It stands at the scope of the second, and names the first two scopes of them that meet.
    """
    # A refused scope has a fault already; what it would meet is nobody's question.
    good = [[it for it in task.file_scope if not scopes.problem(it)] for _, task in writers]
    pairs = scopes.overlapping_pairs(good, fold_case=fold_case)
    for left, right in islice(pairs, MOST_PAIRS):
        (_, first), (path, second) = writers[left], writers[right]
        met = scopes.first_overlap(good[left], good[right], fold_case=fold_case) or ("", "")
        yield document.problem(
            "overlapping_parallel_write_scope",
            (*path, "file_scope"),
            f"the tasks {quoted(first.id)} ({quoted(met[0])}) and {quoted(second.id)}"
            f" ({quoted(met[1])}) may write the same files of the shared workspace",
            "set their scopes apart, leave out `isolation`, or make the phase sequential",
            left=first.id,
            right=second.id,
        )
