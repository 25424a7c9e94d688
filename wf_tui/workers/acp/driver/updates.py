"""What an agent tells of its turn, as events of the line."""

from collections.abc import Iterator
from typing import Final

from acp import schema
from pydantic import ValidationError

from wf_tui.workers.acp.driver.tool_calls import KnownCall, ToolCalls, as_json
from wf_tui.workers.line.grammar import (
    LineEvent,
    Message,
    Other,
    PlanItem,
    PlanUpdate,
    ToolEnd,
    ToolStart,
)

__all__ = ["Updates"]

_LONGEST: Final = 100_000
"""Characters of a tool's input or output that are told; the raw stream has all."""
_KEPT_TEXT: Final = 64_000
"""Characters of its last words that are kept."""


class Updates:
    """Reads the updates of one session; each event that they come to is said once."""

    def __init__(self) -> None:
        self.calls = ToolCalls()
        self.text = ""
        """The agent's last words: what it said since its last tool call or thought."""
        self._message: tuple[str, str | None] | None = None
        """Which message goes on: its kind, and its id where the agent tells one."""

    @property
    def tools(self) -> int:
        """How many tool calls there were."""
        return self.calls.count

    def begin_turn(self) -> None:
        """Note that what comes now belongs to a new turn, so it continues no message."""
        self._message = None

    def read(self, params: object) -> Iterator[LineEvent]:
        """Iterate over what a session/update says. Never raises: what is not known is `Other`."""
        try:
            update = schema.SessionNotification.model_validate(params).update
        except ValidationError:
            yield Other("update", _kind(params))
            return
        if isinstance(update, schema.AgentMessageChunk | schema.AgentThoughtChunk):
            yield from self._said(update)
        elif isinstance(update, schema.ToolCallStart | schema.ToolCallProgress):
            yield from self.told(self.calls.learn(update))
        elif isinstance(update, schema.AgentPlanUpdate):
            yield _plan(update.entries)
        elif isinstance(update, schema.AgentPlanContentUpdate):
            if isinstance(update.plan, schema.PlanUpdateItems):
                yield _plan(update.plan.entries)
        elif isinstance(update, schema.UsageUpdate):
            # The size of the conversation; what was spent is another thing, and stays unknown.
            yield Other("context", f"{update.used} of {update.size} tokens")
        elif isinstance(update, schema.CurrentModeUpdate):
            yield Other("mode", update.current_mode_id)

    def told(self, call: KnownCall) -> Iterator[LineEvent]:
        """Iterate over what is new of a call.

        The start is said at the first sight, and once more when its input has come: while a model
        writes that, it shall not count as silent.
        """
        has_input = bool(as_json(call.input))
        if not call.is_told or (has_input and not call.is_input_told and not call.has_ended):
            call.is_told, call.is_input_told = True, has_input
            self._message = None
            yield ToolStart(call.id, call.title or "tool", call.kind, _shown(call), call.paths)
        if call.status in {"completed", "failed"} and not call.has_ended:
            call.has_ended = True
            output = (call.text or as_json(call.output))[:_LONGEST]
            yield ToolEnd(call.id, call.status, output or None)

    def _said(
        self, update: schema.AgentMessageChunk | schema.AgentThoughtChunk
    ) -> Iterator[LineEvent]:
        if not isinstance(update.content, schema.TextContentBlock):
            return
        is_thought = isinstance(update, schema.AgentThoughtChunk)
        message = (update.session_update, update.message_id)
        goes_on, self._message = self._message == message, message
        text = update.content.text
        if not is_thought:
            self.text = (self.text + text if goes_on else text)[-_KEPT_TEXT:]
        yield Message(text, delta=goes_on, thought=is_thought)


def _plan(entries: list[schema.PlanEntry]) -> PlanUpdate:
    return PlanUpdate(tuple(PlanItem(one.content, one.status, one.priority) for one in entries))


def _shown(call: KnownCall) -> object:
    text = as_json(call.input)
    return text[:_LONGEST] if len(text) > _LONGEST else call.input


def _kind(params: object) -> str:
    """Return what an update calls itself that is not understood."""
    update = params.get("update") if isinstance(params, dict) else None
    kind = update.get("sessionUpdate") if isinstance(update, dict) else None
    return kind[:100] if isinstance(kind, str) else ""
