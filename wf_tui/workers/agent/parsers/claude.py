"""The streams of `claude --output-format stream-json` and of qwen, which speaks nearly the same."""

from collections.abc import Iterator
from typing import Final

from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import ModelStep, Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import plan_of, tool_end, tool_start
from wf_tui.workers.line.grammar import Heard, Message, Other, Retry, SessionStarted, Usage

__all__ = ["ClaudeParser", "QwenParser"]

_PLANS: Final = {"todowrite", "todo_write"}
_SILENT: Final = {"command_lifecycle", "stream_event"}
_SYNTHETIC: Final = "<synthetic>"
_RETRIES: Final = {"api_retry", "retry"}


class ClaudeParser(Parser):
    """Reads messages of the model, results of its tools, and the result of each turn."""

    def __init__(self) -> None:
        self.session: str | None = None
        self.cost: float | None = None
        """What all turns up to now have cost."""

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        kind = record.text("type")
        session = record.id("session_id")
        if session and session != self.session:
            self.session = session
            yield SessionStarted(session, record.text("model") or None)
        if kind == "system":
            if record.text("subtype") in _RETRIES:
                yield retry(record.record("data") if "data" in record else record)
        elif kind == "assistant":
            yield from self.assistant(record.record("message"))
        elif kind == "user":
            if record.flag("isReplay") and (number := record.id("uuid")):
                yield Heard(number)
            yield from tool_results(record.record("message"))
        elif kind == "result":
            yield from self.result(record)
        elif kind not in _SILENT:
            yield Other(kind or "unknown")

    def assistant(self, message: Record) -> Iterator[Sign]:
        """Iterate over what a message of the model holds."""
        if message.text("model") == _SYNTHETIC:
            # What claude itself says of a request that failed; its result has it, too.
            yield from (Other("error", part.text("text")) for part in message.records("content"))
            return
        yield ModelStep()
        for part in message.records("content"):
            kind = part.text("type")
            if kind == "text" and (text := part.text("text")):
                yield Message(text)
            elif kind == "thinking" and (text := part.text("thinking", "text")):
                yield Message(text, thought=True)
            elif kind == "tool_use":
                name = part.text("name")
                yield tool_start(part.text("id"), name, part.value("input"))
                if name.lower() in _PLANS:
                    yield plan_of(part.record("input").records("todos"))

    def result(self, result: Record) -> Iterator[Sign]:
        """Iterate over what the result of a turn says: usage, denials, and how it ended."""
        yield from self.turn_usage(result)
        for denial in result.records("permission_denials"):
            yield Other("denied", denial.text("tool_name"))
        text = result.text("result")
        if result.text("subtype") == "success" and not result.flag("is_error"):
            yield TurnEnded(ok=True, text=text)
        else:
            yield TurnEnded(ok=False, trouble=trouble(result))

    def turn_usage(self, result: Record) -> Iterator[Usage]:
        """Iterate over the tokens of a turn; the input is told without what was cached."""
        given = result.record("usage")
        cached = given.count("cache_read_input_tokens")
        sent = given.count("input_tokens")
        if sent is not None:
            sent += (cached or 0) + (given.count("cache_creation_input_tokens") or 0)
        yield Usage(
            sent,
            cached,
            given.count("output_tokens"),
            given.record("output_tokens_details").count("thinking_tokens"),
            self.turn_cost(result),
            scope="turn",
        )

    def turn_cost(self, result: Record) -> float | None:
        """Return what a turn has cost: the sum that is told, unlike the tokens, is that of all."""
        cost = result.number("total_cost_usd")
        if cost is None or guessed(result.record("modelUsage")):
            return None
        before, self.cost = self.cost or 0.0, cost
        return max(0.0, cost - before)


class QwenParser(ClaudeParser):
    """Reads qwen's stream, which knows no cost.

    The usage of its result is that of the whole session, also of turns in an earlier process; so
    that of each message is taken, whose input has what was cached inside.
    """

    def assistant(self, message: Record) -> Iterator[Sign]:
        """Iterate over what a message of the model holds, and what it has used."""
        yield from super().assistant(message)
        given = message.record("usage")
        if given.count("input_tokens") or given.count("output_tokens"):
            yield Usage(
                given.count("input_tokens"),
                given.count("cache_read_input_tokens"),
                given.count("output_tokens"),
            )

    def turn_usage(self, result: Record) -> Iterator[Usage]:  # noqa: ARG002 - as in the base
        """Iterate over nothing: all has been told."""
        yield from ()


def retry(given: Record) -> Retry:
    """Return another try of a request; the delay is in ms."""
    delay = given.number("retry_delay_ms", "delayMs")
    status, words = given.count("error_status"), given.text("error", "reason", "message")
    return Retry(
        given.count("attempt"),
        given.count("max_retries", "maxRetries"),
        None if delay is None else delay / 1000,
        f"{status} {words}" if status else words,
    )


def tool_results(message: Record) -> Iterator[Sign]:
    """Iterate over the results of tools that go back to the model."""
    for part in message.records("content"):
        if part.text("type") == "tool_result":
            failed = part.flag("is_error")
            yield tool_end(part.text("tool_use_id"), part.value("content"), failed=failed)


def trouble(result: Record) -> Trouble:
    """Return what a turn failed by: the words of the provider, else which limit ended it."""
    errors = result.value("errors")
    said = [str(one) for one in errors if isinstance(one, str)] if isinstance(errors, list) else []
    message = result.text("result") or result.record("error").text("message") or "; ".join(said)
    kind = result.text("api_error_type", "subtype")
    return Trouble(
        message or kind or "the turn failed",
        result.count("api_error_status"),
        "" if kind == "success" else kind,
    )


def guessed(models: Record) -> bool:
    """Return whether the cost of a model was guessed, as it is for all that are not its own."""
    names = models.values
    return any(models.record(name).text("costBasis") == "unknown" for name in names)
