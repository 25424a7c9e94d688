"""The command that helps a blocked task, as a person copies it into a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.states import KindFacts

__all__ = ["helping_command"]

_NAME: Final = 120
_PATH: Final = 1000


def helping_command(facts: KindFacts, task: str, paths: Sequence[str]) -> str:
    """Return the command of a kind of block for a task; a path in it is the first of `paths`.

    Quoted, since the plan chose the name of the task, and a worker that of the file.
    """
    import shlex  # noqa: PLC0415 - only where something is blocked

    if "{path}" in facts.command and not paths:
        return f"wf shell {clean(shlex.quote(task), limit=_NAME)}"
    path = clean(shlex.quote(paths[0]), limit=_PATH) if paths else "PATH"
    return f"{facts.command.format(path=path)} {clean(shlex.quote(task), limit=_NAME)}"
