"""A person's own program, a shell or an editor, in the worktree of a task (RULES 6.7)."""

from __future__ import annotations

import shlex
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from wf_tui.errors import EnvironmentalError
from wf_tui.ledger.model.states import PERSON
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

    from wf_tui.kept_worktree import KeptTree

__all__ = [
    "edit_file",
    "editor_command",
    "entry_notice",
    "interrupts_passed_over",
    "run_command",
    "run_in_worktree",
    "shell_command",
]

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


def entry_notice(kept: KeptTree) -> str:
    """Return the line that a person reads before the program starts."""
    named = listed(kept.paths, _NAMED)
    about = f"{kept.about} {named}" if named else ""
    parts = [f"in {clean(str(kept.path), limit=1000)}", about]
    if kept.worker:
        worker = clean(kept.worker.removeprefix(PERSON))
        parts.append(f"{worker} works in it now: look, but change nothing")
    elif kept.to_accept:
        parts.append(f"exit, then: wf accept {clean(shlex.quote(kept.task))}")
    return "; ".join(part for part in parts if part)


def shell_command(environ: Mapping[str, str]) -> list[str]:
    """Return the person's shell; nothing but its name is taken from anywhere."""
    return [environ.get("SHELL") or "/bin/sh"]


def editor_command(environ: Mapping[str, str], kept: KeptTree) -> list[str]:
    """Return the person's editor, with the files that the block is about, or else the folder.

    A name that begins like an option, or a link that leads out of the worktree, opens nothing else.
    """
    files = [f"./{path}" for path in kept.files]
    return [*_editor_words(environ), *(files or ["."])]


def _editor_words(environ: Mapping[str, str]) -> list[str]:
    asked = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        return shlex.split(asked) or ["vi"]
    except ValueError as error:
        raise EnvironmentalError(f"cannot read $EDITOR, {asked!r}: {error}") from None


def run_in_worktree(kept: KeptTree, command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run a person's program in a worktree until it ends; how it ends is its own affair.

    Raises `EnvironmentalError` where it cannot be started.
    """
    mine = {name: value for name, value in environ.items() if name not in _FOREIGN_GIT}
    own = {"WF_RUN": kept.run, "WF_TASK": kept.task, "PWD": str(kept.path)}
    try:
        with (
            interrupts_passed_over(),
            # Not subprocess.run: where wf itself is ended meanwhile, that would kill the program.
            subprocess.Popen(command, cwd=kept.path, env={**mine, **own}) as program,
        ):
            program.wait()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise EnvironmentalError(
            f"cannot start {command[0]!r}: {why}", "set $SHELL, or $EDITOR for an editor"
        ) from error


def edit_file(path: Path, environ: Mapping[str, str]) -> bool:
    """Have a person edit a file of theirs; whether their editor ended well.

    Raises `EnvironmentalError` where it cannot be started.
    """
    words = _editor_words(environ)
    try:
        with interrupts_passed_over(), subprocess.Popen([*words, str(path)]) as program:
            return program.wait() == 0
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        message = f"cannot start {words[0]!r}: {why}"
        raise EnvironmentalError(message, "set $EDITOR to your editor") from error


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> EnvironmentalError | None:
    """Run a command that needs the terminal until it ends; return why it could not be started."""
    try:
        with interrupts_passed_over(), subprocess.Popen(command, env=dict(environ)) as program:
            program.wait()
    except (OSError, ValueError) as error:
        return EnvironmentalError(f"cannot start {command[0]!r}: {error}")
    return None


@contextmanager
def interrupts_passed_over() -> Iterator[None]:
    """Let Ctrl-C be for a program that runs, or for nobody: a handler is not inherited by it."""

    def pass_over(_number: int, _frame: FrameType | None) -> None:
        """Do nothing: wf and the program are one group, and both get the key."""

    before = {number: signal.signal(number, pass_over) for number in _SHARED_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
