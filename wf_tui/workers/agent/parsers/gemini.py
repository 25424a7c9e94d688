"""The stream of `gemini -o stream-json`."""

import re
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import plan_of, tool_end, tool_start
from wf_tui.workers.line.grammar import Message, Other, Retry, SessionStarted, Usage

__all__ = ["GeminiParser"]


_ATTEMPT: Final = re.compile(r"Attempt (\d+) failed with status (\d+)\.? ?(.{0,300})")


class GeminiParser(Parser):
    """Reads messages in pieces, tool calls, and the one result; retries are on standard error."""

    def __init__(self) -> None:
        self.error = ""
        """The last error that was said; the result may come without words."""

    def stderr(self, line: str) -> Iterator[Sign]:
        """Iterate over what a line of standard error says."""
        if found := _ATTEMPT.search(line):
            yield Retry(int(found[1][:9]), None, None, f"{found[2]} {found[3]}")

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        kind = record.text("type")
        if kind == "init":
            if session := record.id("session_id"):
                yield SessionStarted(session, record.text("model") or None)
        elif kind == "message":
            if record.text("role") == "assistant" and (text := record.text("content")):
                yield Message(text, delta=record.flag("delta"))
        elif kind == "tool_use":
            name, given = record.text("tool_name"), record.value("parameters")
            yield tool_start(record.text("tool_id"), name, given)
            if name == "write_todos":
                yield plan_of(record.record("parameters").records("todos"))
        elif kind == "tool_result":
            failed = record.text("status") != "success"
            yield tool_end(record.text("tool_id"), record.value("output", "error"), failed=failed)
        elif kind == "error":
            self.error = record.text("message")
            yield Other("warning", self.error)
        elif kind == "result":
            yield from self.result(record)
        else:
            yield Other(kind or "unknown")

    def result(self, record: Record) -> Iterator[Sign]:
        """Iterate over the end: tokens of the whole, and whether it is a success."""
        stats = record.record("stats")
        yield Usage(
            stats.count("input_tokens"),
            stats.count("cached"),
            stats.count("output_tokens"),
            scope="turn",
        )
        if record.text("status") == "success":
            yield TurnEnded(ok=True)
        else:
            error = record.record("error")
            message = error.text("message") or self.error or "it ended without a result"
            yield TurnEnded(ok=False, trouble=Trouble(message, body=error.text("type")))
