"""The stream of `codex exec --json`."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from wf_tui.workers.agent.homes.codex import read_codex_usage
from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import plan_of, tool_end, tool_start
from wf_tui.workers.line.grammar import Message, Other, Retry, SessionStarted, Usage

__all__ = ["CodexParser"]

_RECONNECTING: Final = re.compile(r"Reconnecting\D*(\d+)/(\d+)")


class CodexParser(Parser):
    """Reads threads, turns and items; an item is a message, a plan, or the call of a tool."""

    def __init__(self) -> None:
        self.open_calls: set[str] = set()
        self.error = ""
        """The last error that was said; `turn.failed` may come without words."""
        self.usage: Usage | None = None
        """What the stream tells, which is the sum of the whole session."""

    def at_end(self, environ: Mapping[str, str], since: float) -> Iterator[Sign]:
        """Iterate over what was used: as its home tells it, for that knows when."""
        used = read_codex_usage(environ.get("CODEX_HOME", ""), since) or self.usage
        if used is not None:
            yield used

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        kind = record.text("type")
        if kind == "thread.started":
            if session := record.id("thread_id"):
                yield SessionStarted(session)
        elif kind.startswith("item."):
            yield from self.item(record.record("item"), done=kind == "item.completed")
        elif kind == "turn.completed":
            self.usage = usage(record.record("usage"))
            yield TurnEnded(ok=True)
        elif kind == "turn.failed":
            message = record.record("error").text("message") or self.error or "the turn failed"
            yield TurnEnded(ok=False, trouble=Trouble(message))
        elif kind == "error":
            yield self.retry(record.text("message"))
        elif kind != "turn.started":
            yield Other(kind or "unknown")

    def item(self, item: Record, *, done: bool) -> Iterator[Sign]:
        """Iterate over what an item says; one of a kind that is not known is a tool's."""
        kind = item.text("type")
        if kind in {"agent_message", "reasoning"}:
            if done and (text := item.text("text")):
                yield Message(text, thought=kind == "reasoning")
        elif kind == "todo_list":
            yield plan_of(item.records("items"))
        elif kind == "error":
            yield Other("warning", item.text("message"))
        elif kind:
            yield from self.call(item, kind, done=done)

    def call(self, item: Record, kind: str, *, done: bool) -> Iterator[Sign]:
        """Iterate over the start and the end of a tool call; some kinds come at their end only."""
        id_ = item.text("id") or "item"
        if id_ not in self.open_calls:
            self.open_calls.add(id_)
            name = item.text("tool", "name") or kind
            given = item.value("command", "changes", "arguments", "query", "prompt")
            paths = tuple(change.text("path") for change in item.records("changes"))
            yield tool_start(id_, name, given, paths)
        if done:
            self.open_calls.discard(id_)
            output = item.value("aggregated_output", "result", "output", "error")
            failed = item.text("status") not in {"completed", ""}
            yield tool_end(id_, output, failed=failed, exit_code=item.status("exit_code"))

    def retry(self, message: str) -> Sign:
        """Return what an error means that is not the end: another try, or a warning."""
        self.error = message
        if found := _RECONNECTING.match(message):
            return Retry(int(found[1]), int(found[2]), None, message)
        return Other("error", message)


def usage(given: Record) -> Usage:
    """Return the tokens of a turn; its input has what was cached inside."""
    return Usage(
        given.count("input_tokens"),
        given.count("cached_input_tokens"),
        given.count("output_tokens"),
        given.count("reasoning_output_tokens"),
        scope="turn",
    )
