"""What a worker did last, in a line for people: its words, its tool, how far its plan is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import clean
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from wf_tui.workers.line.grammar import ToolStart

__all__ = ["NOTHING_SAID", "LastWords", "tool_text"]

_LONGEST: Final = 200
"""Characters of a line that are kept."""
_ARGUMENTS: Final = ("command", "cmd", "path", "file_path", "pattern", "query", "url")
"""The arguments of a tool that say what it is about, the first that is there."""


@frozen
class LastWords:
    """What stands on the card of a task while its worker works; safe to show."""

    text: str = ""
    tool: str = ""
    """The tool that it uses; "" while it speaks."""
    tools: int = 0
    """How many it had begun then: the same tool once more is news, too."""
    plan_done: int | None = None
    plan_total: int | None = None

    def saying(self, message: str) -> LastWords:
        """Return it with the last line of what its model says."""
        return replace(self, text=_last_line(message), tool="")

    def using(self, tool: str, number: int) -> LastWords:
        """Return it with a tool that it began to use, the how many-th of its attempt."""
        return replace(self, text=tool, tool=tool, tools=number)

    def waiting(self, reason: str) -> LastWords:
        """Return it waiting: its model does not answer, and is asked again."""
        why = _last_line(reason)
        text = f"waits for the model: {why}" if why else "waits for the model"
        return replace(self, text=text, tool="")

    def planned(self, done: int, total: int) -> LastWords:
        """Return it with how far its own plan is."""
        return replace(self, plan_done=done, plan_total=total)


NOTHING_SAID: Final = LastWords()


def tool_text(tool: ToolStart) -> str:
    """Return in one line what a tool call does: its name, and what it is about."""
    about = ""
    if isinstance(tool.input, dict):
        values = [tool.input.get(name) for name in _ARGUMENTS]
        about = next((str(value) for value in values if value), "")
    elif isinstance(tool.input, str):
        about = tool.input
    about = about or ", ".join(tool.paths)
    if about in tool.name:  # over ACP the name may be all of what it does
        about = ""
    return clean(f"{tool.name} {about}".strip(), limit=_LONGEST)


def _last_line(text: str) -> str:
    lines = (clean(line, limit=_LONGEST).strip() for line in reversed(text.splitlines()))
    return next((line for line in lines if line), "")
