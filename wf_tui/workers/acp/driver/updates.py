"""What an agent tells of its turn, as events of the line."""

from collections.abc import Iterator
from typing import Final

from acp import schema
from pydantic import ValidationError

from wf_tui.workers.acp.driver.tool_calls import KnownCall, ToolCalls, as_json
from wf_tui.workers.agent.no_progress import NoProgress
from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.tools import plan_of
from wf_tui.workers.line.grammar import (
    LineEvent,
    Message,
    Other,
    ToolEnd,
    ToolStart,
)

__all__ = ["Updates"]

_LONGEST: Final = 100_000
"""Characters of a tool's input or output that are told; the raw stream has all."""
_PLANS: Final = frozenset({"plan", "plan_update"})
_KEPT_TEXT: Final = 64_000
"""Characters of its last words that are kept."""


class Updates:
    """Reads the updates of one session; each event that they come to is said once."""

    def __init__(self, tree: str) -> None:
        self.calls = ToolCalls(tree)
        self.text = ""
        """The agent's last words: what it said since its last tool call or thought."""
        self._message: tuple[str, str | None] | None = None
        """Which message goes on: its kind, and its id where the agent tells one."""
        self.session = ""
        """The session; what comes of another one is of an agent below this one."""
        self._context = ""
        self._progress = NoProgress()
        self._tools_before = 0
        self.notice = ""
        """What the agent itself has said since its model's last word; see `names_messages`."""

    @property
    def tools(self) -> int:
        """How many tool calls there were."""
        return self.calls.count

    def begin_turn(self) -> None:
        """Note that what comes now belongs to a new turn, so it continues no message."""
        self._message = None
        self._progress.turn_ended()
        self._tools_before = self.tools
        self.text = self.notice = ""

    @property
    def is_silent(self) -> bool:
        """Whether the turn had neither a word nor a tool call so far."""
        return not self.text and self.tools == self._tools_before

    @property
    def stuck(self) -> str:
        """Why the agent is to be ended, since it gets nowhere; "" as long as it may go on."""
        return self._progress.why

    def read(self, params: object) -> Iterator[LineEvent]:
        """Iterate over what a session/update says. Never raises: what is not known is `Other`."""
        raw = Record(params if isinstance(params, dict) else {}).record("update")
        kind = raw.text("sessionUpdate")[:100]
        if kind in _PLANS:
            # Read by itself: agents have more words for the state of a step than the protocol.
            steps = raw if kind == "plan" else raw.record("plan")
            yield plan_of(steps.records("entries"))
            return
        try:
            told = schema.SessionNotification.model_validate(params)
        except ValidationError:
            yield Other("update", kind)
            return
        update = told.update
        if isinstance(update, schema.AgentMessageChunk | schema.AgentThoughtChunk):
            yield from self._said(update, is_own=self.session in {"", told.session_id})
        elif isinstance(update, schema.ToolCallStart | schema.ToolCallProgress):
            yield from self.told(self.calls.learn(update))
        elif isinstance(update, schema.UsageUpdate):
            # The size of the conversation; what was spent is another thing, and stays unknown.
            text = f"context: {update.used:,} of {update.size:,} tokens"
            if text != self._context:
                self._context = text
                yield Other("context", text)
        elif isinstance(update, schema.CurrentModeUpdate):
            yield Other("mode", update.current_mode_id)

    def told(self, call: KnownCall) -> Iterator[LineEvent]:
        """Iterate over what is new of a call.

        The start is said at the first sight, and once more when its input has come: while a model
        writes that, it shall not count as silent.
        """
        has_input = bool(as_json(call.input))
        self.notice = ""
        if not call.is_told or (has_input and not call.is_input_told and not call.has_ended):
            call.is_told, call.is_input_told = True, has_input
            self._message = None
            self._progress.tool_came()
            yield ToolStart(call.id, call.title or "tool", call.kind, _shown(call), call.paths)
        if call.status in {"completed", "failed"} and not call.has_ended:
            call.has_ended = True
            output = (call.text or as_json(call.output) or call.printed)[:_LONGEST]
            yield ToolEnd(call.id, call.status, output or None, call.exit_code)

    def _said(
        self, update: schema.AgentMessageChunk | schema.AgentThoughtChunk, *, is_own: bool
    ) -> Iterator[LineEvent]:
        if not isinstance(update.content, schema.TextContentBlock) or not update.content.text:
            return
        # What an agent below it says is told to it, and is no answer to anybody else.
        is_thought = isinstance(update, schema.AgentThoughtChunk) or not is_own
        message = (update.session_update, update.message_id)
        goes_on, self._message = self._message == message, message
        if update.message_id and not goes_on and not is_thought:
            # A new message of its model is a step; one that is cut off is asked for without end.
            self._progress.step()
            self._progress.text_came()
        text = update.content.text
        self.notice = "" if update.message_id or is_thought else text
        if not is_thought:
            self.text = (self.text + text if goes_on else text)[-_KEPT_TEXT:]
        yield Message(text, delta=goes_on, thought=is_thought)


def _shown(call: KnownCall) -> object:
    text = as_json(call.input)
    return text[:_LONGEST] if len(text) > _LONGEST else call.input or None
