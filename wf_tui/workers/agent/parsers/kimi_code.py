"""The stream of `kimi -p --output-format stream-json`: bare messages of a chat."""

from collections.abc import Iterator, Mapping

from wf_tui.workers.agent.homes.kimi_code import kimi_session, read_kimi_home
from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.parsers.signs import ModelStep, Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.parsers.tools import arguments, as_text, plan_of, tool_end, tool_start
from wf_tui.workers.line.grammar import Message, Other, Retry, SessionStarted

__all__ = ["KimiCodeParser"]


class KimiCodeParser(Parser):
    """Reads the messages; one that uses a tool comes when that has ended.

    The session is told in the last line only, tokens in its home alone.
    """

    tells_session_late = True

    def find_session(self, environ: Mapping[str, str], since: float) -> str | None:
        """Return the session by the folder that it has in the home."""
        return kimi_session(environ.get("KIMI_CODE_HOME", ""), since)

    def at_end(self, environ: Mapping[str, str], since: float) -> Iterator[Sign]:
        """Iterate over what its home tells: the session also of a failure, and the tokens."""
        home = read_kimi_home(environ.get("KIMI_CODE_HOME", ""), since)
        if home.session is not None:
            yield SessionStarted(home.session)
        if home.usage is not None:
            yield home.usage
        if home.cut_off:
            trouble = Trouble("the answer of the model ended without a finish reason")
            yield TurnEnded(ok=False, trouble=trouble)

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        role = record.text("role")
        if role == "assistant":
            yield from assistant(record)
        elif role == "tool":
            # There is no word for a call that failed.
            yield tool_end(record.text("tool_call_id"), record.value("content"), failed=False)
        elif role == "meta":
            yield from meta(record)
        else:
            yield Other(record.text("type") or role or "unknown")


def assistant(record: Record) -> Iterator[Sign]:
    """Iterate over what a message of the model holds."""
    yield ModelStep()
    if thought := record.text("reasoning_content"):
        yield Message(thought, thought=True)
    if text := as_text(record.value("content")):
        yield Message(text)
    for call in record.records("tool_calls"):
        function = call.record("function")
        name, given = function.text("name"), arguments(function.value("arguments"))
        yield tool_start(call.text("id"), name, given.values)
        if name == "TodoList":
            yield plan_of(given.records("todos"))


def meta(record: Record) -> Iterator[Sign]:
    """Iterate over what a line about the session says; its last one tells how to resume it."""
    kind = record.text("type")
    if kind == "session.resume_hint":
        if session := record.id("session_id"):
            yield SessionStarted(session)
        yield TurnEnded(ok=True)
    elif kind == "turn.step.retrying":
        delay = record.number("delay_ms")
        yield Retry(
            record.count("failed_attempt"),
            record.count("max_attempts"),
            None if delay is None else delay / 1000,
            record.text("error_message"),
        )
    else:
        yield Other(kind or "meta", record.text("version", "content"))
