"""A person's own program, a shell or an editor, in the worktree of a task (RULES 6.7)."""

from __future__ import annotations

import shlex
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.errors import EnvironmentalError, RefusedError
from wf_tui.ledger import reads
from wf_tui.ledger.trees import ACCEPTED, holds_tree, was_kept
from wf_tui.ledger.words import TaskState
from wf_tui.paths import RunPaths
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.ledger.database import Database
    from wf_tui.ledger.rows import AttemptRow, TaskRow

__all__ = ["KeptTree", "editor", "enter", "kept_tree", "notice", "shell"]

_NAMED: Final = 5
_FOREIGN_GIT: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
"""They would make git in the worktree speak of another repository."""
_SHARED_SIGNALS: Final = (signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True)
class KeptTree:
    """A worktree that a person may go into."""

    run: str
    task: str
    path: Path
    kind: str
    """What the task is blocked by, or ""."""
    paths: tuple[str, ...]
    """The files that its block is about: those that do not merge, or lie outside its scope."""
    worker: str
    """Who works in it now, or ""."""

    @property
    def to_accept(self) -> bool:
        """Whether what is in it can be accepted."""
        return self.kind in ACCEPTED


def kept_tree(db: Database, run: str, name: str) -> KeptTree:
    """Return where the work of a task lies; raises `RefusedError` where it has no worktree now."""
    with db.snapshot():
        row, task = reads.run_row(db, run), reads.task(db, run, name)
        attempts = [one for one in reads.attempts(db, run, task.id) if one.tree]
        last = attempts[-1] if attempts else None
        held = last is not None and (holds_tree(task, last) or was_kept(db, last))
    path = RunPaths(Path(row.dir)).trees / str(last.tree if last else None)
    if last is None or not held or path.is_symlink() or not path.is_dir():
        raise _no_tree(task, last)
    kind, worker = task.kind or "", last.worker if last.open else ""
    return KeptTree(row.id, task.id, path, kind, _paths(task), worker)


def _paths(task: TaskRow) -> tuple[str, ...]:
    paths = task.detail.get("paths") if task.kind in ACCEPTED else None
    return tuple(paths) if isinstance(paths, list | tuple) else ()


def _no_tree(task: TaskRow, last: AttemptRow | None) -> RefusedError:
    name = clean(shlex.quote(task.id))
    saved = f"what it changed: wf diff {name}"
    if last is None:
        saved = f"see why: wf show {name}"
    elif task.state is TaskState.BLOCKED:
        saved += f"; another try: wf retry {name}"
    return RefusedError(f"task {task.id!r} has no worktree now", saved)


def notice(kept: KeptTree) -> str:
    """Return the line that a person reads before the program starts."""
    named = ", ".join(clean(path) for path in kept.paths[:_NAMED])
    named += f" and {len(kept.paths) - _NAMED} more" if len(kept.paths) > _NAMED else ""
    about = {"conflict": "conflict in", "scope": "outside its scope:"}.get(kept.kind, "")
    parts = [f"in {clean(str(kept.path), limit=1000)}", f"{about} {named}" if named else ""]
    if kept.worker:
        worker = clean(kept.worker.removeprefix("user:"))
        parts.append(f"{worker} works in it now: look, but change nothing")
    elif kept.to_accept:
        parts.append(f"exit, then: wf accept {clean(shlex.quote(kept.task))}")
    return "; ".join(part for part in parts if part)


def shell(environ: Mapping[str, str]) -> list[str]:
    """Return the person's shell; nothing but its name is taken from anywhere."""
    return [environ.get("SHELL") or "/bin/sh"]


def editor(environ: Mapping[str, str], kept: KeptTree) -> list[str]:
    """Return the person's editor, with the files that the block is about, or else the folder.

    A name that begins like an option, or a link that leads out of the worktree, opens nothing else.
    """
    asked = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(asked)
    except ValueError as error:
        raise EnvironmentalError(f"cannot read $EDITOR, {asked!r}: {error}") from None
    files = [f"./{path}" for path in kept.paths if _is_inside(kept.path, path)]
    return [*(words or ["vi"]), *(files or ["."])]


def _is_inside(tree: Path, path: str) -> bool:
    file = tree / path
    return file.is_file() and file.resolve().is_relative_to(tree.resolve())


def enter(kept: KeptTree, command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run a person's program in a worktree until it ends; how it ends is its own affair.

    Raises `EnvironmentalError` where it cannot be started.
    """
    mine = {name: value for name, value in environ.items() if name not in _FOREIGN_GIT}
    own = {"WF_RUN": kept.run, "WF_TASK": kept.task, "PWD": str(kept.path)}
    try:
        with _not_for_us(), subprocess.Popen(command, cwd=kept.path, env={**mine, **own}) as it:
            it.wait()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise EnvironmentalError(
            f"cannot start {command[0]!r}: {why}", "set $SHELL, or $EDITOR for an editor"
        ) from error


@contextmanager
def _not_for_us() -> Iterator[None]:
    """Let Ctrl-C be for the program alone: a handler, unlike being ignored, is not inherited."""
    before = {number: signal.signal(number, lambda *_: None) for number in _SHARED_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
