"""One tool call of the model: understood, allowed, done by the hands, told on the line."""

import json
import shlex
from collections.abc import Callable
from typing import Final

from pydantic_ai.messages import ModelRequest, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from wf_tui.workers.line.grammar import LineEvent, ToolEnd, ToolStart
from wf_tui.workers.model.host.approvals import Approvals
from wf_tui.workers.model.host.hands_port import HandsPort, Reply
from wf_tui.workers.model.host.messages import result_of
from wf_tui.workers.model.tools import TOOLS, request
from wf_tui.workers.permission import ToolRequest

__all__ = ["ToolCalls", "offered"]

_LONGEST: Final = 200_000
"""Characters of a result that the model gets; the hands keep theirs far below it."""
_LONGEST_SHOWN: Final = 20_000
"""Characters of a result in the transcript."""
_ABOUT_FILES: Final = frozenset({"read", "edit", "delete", "move"})


def offered(*, writes: bool) -> list[ToolDefinition]:
    """Return what a model is offered: all tools, or of a task that reads those that do not write.

    Their schemas are sent as they are declared, and not as "strict", which half of the makers know
    in another way.
    """
    return [
        ToolDefinition(
            name=tool.name,
            description=tool.description,
            parameters_json_schema=dict(tool.parameters),
            strict=False,
        )
        for tool in TOOLS.values()
        if writes or not tool.writes
    ]


class ToolCalls:
    """The tool calls of one session; several may run at a time."""

    def __init__(
        self,
        hands: HandsPort,
        approvals: Approvals,
        say: Callable[[LineEvent], None],
        *,
        writes: bool,
    ) -> None:
        self._hands = hands
        self._approvals = approvals
        self._say = say
        self._names = frozenset(tool.name for tool in offered(writes=writes))
        self.count = 0
        """How many there were."""

    async def run(self, call: ToolCallPart) -> ModelRequest:
        """Do a call, whatever it is, and return what the model is told. Raises `HandsGoneError`."""
        self.count += 1
        number = f"t{self.count}"
        args = _arguments(call)
        asked = request(call.tool_name, args or {})
        given = call.args if args is None else args
        self._say(ToolStart(number, call.tool_name, asked.kind, given, tuple(asked.paths)))
        reply = Reply("interrupted", failed=True)
        try:
            reply = await self._reply(call, args, asked)
        finally:
            status = "failed" if reply.failed else "completed"
            self._say(ToolEnd(number, status, reply.text[:_LONGEST_SHOWN], reply.exit_code))
        return result_of(call, _fitted(reply.text), failed=reply.failed)

    def is_unfit(self, call: ToolCallPart) -> bool:
        """Whether no tool is called so, or it is not given JSON."""
        return call.tool_name not in self._names or _arguments(call) is None

    async def _reply(
        self, call: ToolCallPart, args: dict[str, object] | None, asked: ToolRequest
    ) -> Reply:
        if call.tool_name not in self._names:
            names = ", ".join(sorted(self._names))
            return Reply(f"there is no tool {call.tool_name!r} here; there are {names}", True)
        if args is None:
            return Reply(f"the arguments are no JSON object: {_fault(call)}", failed=True)
        decision = await self._approvals.ask(asked, _text(asked, call.tool_name, args))
        if not decision.allowed:
            return Reply(decision.why, failed=True)
        return await self._hands.call(call.tool_name, args)


def _arguments(call: ToolCallPart) -> dict[str, object] | None:
    """Return the arguments of a call; None where they are no JSON object."""
    if call.args is None or call.args == "":
        return {}
    if isinstance(call.args, dict):
        return dict(call.args)
    try:
        args = json.loads(call.args)
    except (ValueError, RecursionError):
        return None
    return args if isinstance(args, dict) else None


def _fault(call: ToolCallPart) -> str:
    try:
        json.loads(call.args if isinstance(call.args, str) else "")
    except (ValueError, RecursionError) as error:
        return str(error)
    return "an object is expected"


def _text(asked: ToolRequest, name: str, args: dict[str, object]) -> str:
    """Return exactly what would be allowed, in words that a person can judge."""
    if asked.command is not None:
        is_root = asked.folder in {"", "."}
        return asked.command if is_root else f"cd {shlex.quote(asked.folder)} && {asked.command}"
    if asked.paths and asked.kind in _ABOUT_FILES:
        return " ".join((asked.kind, *asked.paths))
    return f"{name} {json.dumps(args, ensure_ascii=False)}"


def _fitted(text: str) -> str:
    if len(text) <= _LONGEST:
        return text or "(nothing)"
    half = _LONGEST // 2
    return f"{text[:half]}\n[... {len(text) - _LONGEST} characters left out ...]\n{text[-half:]}"
