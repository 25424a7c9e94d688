"""The command that helps a blocked task, as a person copies it into a shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import Detail, QuestionRow, TaskRow
    from wf_tui.ledger.model.states import KindFacts

__all__ = [
    "answer_commands",
    "budget_remedy",
    "conflict_commands",
    "conflict_remedy",
    "helping_command",
    "meaning_run",
    "quota_remedy",
]

_NAME: Final = 120
_PATH: Final = 1000
_BY_CASE: Final = "case"
_OF_A_TASK: Final = re.compile(r"(^|, then |, or |; or )wf (?!lane\b)(\S+)")


def helping_command(facts: KindFacts, task: str, paths: Sequence[str]) -> str:
    """Return the command of a kind of block for a task; a path in it is the first of `paths`.

    Quoted, since the plan chose the name of the task, and a worker that of the file.
    """
    import shlex  # noqa: PLC0415 - only where something is blocked

    if "{path}" in facts.command and not paths:
        return f"wf shell {clean(shlex.quote(task), limit=_NAME)}"
    path = clean(shlex.quote(paths[0]), limit=_PATH) if paths else "PATH"
    return f"{facts.command.format(path=path)} {clean(shlex.quote(task), limit=_NAME)}"


def meaning_run(command: str, run: str) -> str:
    """Return commands as they are typed where the run of the task is not the newest one.

    Lanes belong to no run.
    """
    return _OF_A_TASK.sub(rf"\1wf \2 --run {run}", command)


def answer_commands(task: str, asked: QuestionRow) -> list[str]:
    """Return the commands that answer a question, one for each option; else that for any text."""
    import shlex  # noqa: PLC0415 - only where something is blocked

    name = clean(shlex.quote(task), limit=_NAME)
    if not asked.options:
        return [f"wf answer {name} TEXT"]
    return [
        f"wf answer {name} {clean(shlex.quote(option.id), limit=_NAME)}" for option in asked.options
    ]


def budget_remedy(task: TaskRow) -> str:
    """Return how a task goes on that has reached a limit: the limit that it has is raised."""
    import shlex  # noqa: PLC0415 - only where something is blocked

    name = clean(shlex.quote(task.id), limit=_NAME)
    limits = {
        "--max-cost USD": task.spec.max_cost_usd,
        "--max-tokens N": task.spec.max_tokens,
        "--max-steps N": task.spec.max_steps,
        "--max-seconds S": task.spec.max_seconds,
    }
    given = [option for option, value in limits.items() if value is not None]
    return f"wf edit {name} {' '.join(given)}, then wf retry {name}" if given else ""


def quota_remedy(task: TaskRow) -> str:
    """Return how a task goes on whose quota is used up until a person has seen to it."""
    import shlex  # noqa: PLC0415 - only where something is blocked

    lane = task.detail.get("lane")
    return f"wf lane {clean(shlex.quote(str(lane)), limit=_NAME)} --open" if lane else ""


def conflict_commands(task: str, detail: Detail) -> list[str]:
    """Return the commands that settle a conflict, as they are typed, what is done most first.

    A path in them is the one in conflict; of several it is a dot, which means all. Names that clash
    by case may be accepted as they are.
    """
    import shlex  # noqa: PLC0415 - only where something is blocked

    name = clean(shlex.quote(task), limit=_NAME)
    shell, accept = f"wf shell {name}", f"wf accept {name}"
    kinds, paths = detail.get("kinds"), detail.get("paths")
    if not (isinstance(kinds, list) and isinstance(paths, list) and detail.get("laid_out")):
        return [shell, accept]
    if set(kinds) == {_BY_CASE}:
        return [accept, shell]
    path = clean(shlex.quote(str(paths[0])), limit=_PATH) if len(paths) == 1 else "."
    return [shell, accept, f"{accept} --theirs {path}", f"{accept} --ours {path}"]


def conflict_remedy(task: str, detail: Detail) -> str:
    """Return how a conflict is settled, in a line: by an edit, or by taking a side."""
    first, second, *sides = conflict_commands(task, detail)
    ways = f"{first}, then {second}" if first.startswith("wf shell") else f"{first}, or {second}"
    if not sides:
        return ways
    theirs, ours = sides
    return f"{ways}; or {theirs}, or --ours{ours.partition('--ours')[2]}"
