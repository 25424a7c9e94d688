"""The stream of `pi -p --mode json`."""

from collections.abc import Iterator

from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import ModelStep, Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import tool_end, tool_start
from wf_tui.workers.line.grammar import Message, Other, Retry, SessionStarted, Usage

__all__ = ["PiParser"]

_SILENT = {
    "agent_start",
    "turn_start",
    "turn_end",
    "message_start",
    "tool_execution_update",
    "auto_retry_end",
}


class PiParser(Parser):
    """Reads pieces of messages and tool calls; how it ended stands in its last message."""

    def __init__(self) -> None:
        self.stop = ""
        self.error = ""

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        kind = record.text("type")
        if kind == "session":
            if session := record.id("id"):
                yield SessionStarted(session)
        elif kind == "message_update":
            yield from piece(record.record("assistantMessageEvent"))
        elif kind == "message_end":
            yield from self.message(record.record("message"))
        elif kind == "tool_execution_start":
            yield tool_start(
                record.text("toolCallId"), record.text("toolName"), record.value("args")
            )
        elif kind == "tool_execution_end":
            output = record.record("result").value("content") or record.value("result")
            yield tool_end(record.text("toolCallId"), output, failed=record.flag("isError"))
        elif kind == "auto_retry_start":
            delay = record.number("delayMs")
            yield Retry(
                record.count("attempt"),
                record.count("maxAttempts"),
                None if delay is None else delay / 1000,
                record.text("errorMessage"),
            )
        elif kind == "agent_end":
            yield self.end()
        elif kind not in _SILENT:
            yield Other(kind or "unknown")

    def message(self, message: Record) -> Iterator[Sign]:
        """Iterate over what the end of a message says: its tokens, and why it ended."""
        if message.text("role") != "assistant":
            return
        self.stop, self.error = message.text("stopReason"), message.text("errorMessage")
        yield ModelStep()
        given = message.record("usage")
        sent, cached = given.count("input"), given.count("cacheRead")
        if sent is not None:
            sent += (cached or 0) + (given.count("cacheWrite") or 0)
        # A model without a price costs 0 there, which is no cost that anybody knows.
        cost = given.record("cost").number("total") or None
        yield Usage(sent, cached, given.count("output"), None, cost, scope="step")

    def end(self) -> TurnEnded:
        """Return what the end of the agent means."""
        if self.error:
            return TurnEnded(ok=False, trouble=Trouble(self.error))
        if self.stop == "stop":
            return TurnEnded(ok=True)
        reason = self.stop or "none"
        return TurnEnded(ok=False, trouble=Trouble(f"the model ended with stop reason {reason}"))


def piece(event: Record) -> Iterator[Sign]:
    """Iterate over a piece of a message."""
    kind = event.text("type")
    if kind in {"text_delta", "thinking_delta"} and (text := event.text("delta")):
        yield Message(text, delta=True, thought=kind == "thinking_delta")
