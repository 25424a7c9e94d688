"""The stream of `opencode run --format json`: the steps of the model and their parts."""

import re
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import ModelStep, Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import plan_of, tool_end, tool_start
from wf_tui.workers.line.grammar import Message, Other, Retry, SessionStarted, Usage

__all__ = ["OpencodeParser"]


_STREAM_ERROR: Final = re.compile(
    r'message="stream error".{0,300}?session\.id=(\S{1,128}).{0,100}? small=false'
    r'.{0,300}?error\.error="(.{0,2000})"'
)
"""What its log tells of a request that failed; `small` are those beside the work, for a title."""


class OpencodeParser(Parser):
    """Reads the parts; a tool call is told when it has ended, another try in its log alone."""

    speaks_at_once = False

    def __init__(self) -> None:
        self.session: str | None = None

    def stderr(self, line: str) -> Iterator[Sign]:
        """Iterate over what a line of its log says, which the preset has it print."""
        if found := _STREAM_ERROR.search(line):
            yield from self.in_session(Record({"id": found[1]}).id("id"))
            yield Retry(reason=found[2])

    def in_session(self, session: str | None) -> Iterator[Sign]:
        """Iterate over the session, which each line repeats, if it is a new one."""
        if session and session != self.session:
            self.session = session
            yield SessionStarted(session)

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        yield from self.in_session(record.id("sessionID"))
        kind, part = record.text("type"), record.record("part")
        if kind == "step_start":
            yield ModelStep()
        elif kind in {"text", "reasoning"}:
            if text := part.text("text"):
                yield Message(text, thought=kind == "reasoning")
        elif kind == "tool_use":
            yield from tool_use(part)
        elif kind == "step_finish":
            yield from step_finish(part)
        elif kind == "error":
            yield TurnEnded(ok=False, trouble=trouble(record.record("error")))
        else:
            yield Other(kind or "unknown")


def tool_use(part: Record) -> Iterator[Sign]:
    """Iterate over a tool call, from its start to its end."""
    id_, name, state = part.text("callID", "id"), part.text("tool"), part.record("state")
    yield tool_start(id_, name, state.value("input"))
    if name == "todowrite":
        yield plan_of(state.record("input").records("todos"))
    yield tool_end(
        id_,
        state.value("output", "error"),
        failed=state.text("status") != "completed",
        exit_code=state.record("metadata").status("exit"),
    )


def step_finish(part: Record) -> Iterator[Sign]:
    """Iterate over the end of a step: its tokens, and whether it was the last one."""
    tokens = part.record("tokens")
    cache = tokens.record("cache")
    sent, cached, output = tokens.count("input"), cache.count("read"), tokens.count("output")
    if sent is not None:
        sent += (cached or 0) + (cache.count("write") or 0)
    # A model without a price costs 0 there, which is no cost that anybody knows.
    cost = part.number("cost") or None
    yield Usage(sent, cached, output, tokens.count("reasoning"), cost, scope="step")
    reason = part.text("reason")
    if reason == "stop":
        yield TurnEnded(ok=True)
    elif reason in {"length", "content-filter", "error"}:
        yield TurnEnded(ok=False, trouble=Trouble(f"the model ended with finish reason {reason}"))


def trouble(error: Record) -> Trouble:
    """Return what went wrong; the provider's own body and headers are in it."""
    data = error.record("data")
    headers = data.record("responseHeaders")
    wait = headers.number("retry-after")
    if wait is None and headers.text("retry-after").isdecimal():
        wait = float(headers.text("retry-after")[:9])
    return Trouble(
        data.text("message") or error.text("message", "name") or "an error without words",
        data.count("statusCode"),
        data.text("responseBody"),
        wait,
    )
