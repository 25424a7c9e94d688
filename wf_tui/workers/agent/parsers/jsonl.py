"""The line's own grammar on standard output, for an agent of one's own."""

from collections.abc import Iterator
from dataclasses import replace

from wf_tui.workers.agent.parsers.signs import Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.line.fields import json_object
from wf_tui.workers.line.grammar import Heard, Other, Question, Verdict, decode

__all__ = ["JsonlParser"]


class JsonlParser(Parser):
    """Reads the events as they are; the program's verdict is its terminal event."""

    speaks_at_once = False

    def line(self, line: bytes) -> Iterator[Sign]:
        """Iterate over what a line says; one that is no event is text."""
        event = decode(line)
        if event is None:
            kind = "text" if json_object(line) is None else "bad line"
            if text := line.decode("utf-8", "replace").strip():
                yield Other(kind, text[:2000])
        elif isinstance(event, Verdict):
            yield from verdict(event)
        elif isinstance(event, Question):
            # Nothing can be answered to a program whose standard input is its prompt.
            yield Other("question", event.text)
        elif isinstance(event, Heard):
            yield Other("heard", event.id)
        else:
            yield event


def verdict(event: Verdict) -> Iterator[Sign]:
    """Iterate over the program's last word; what it says of tools is counted by the fold."""
    if event.usage is not None:
        yield replace(event.usage, scope="session")
    trouble = Trouble(
        event.why or "it failed",
        event.status,
        retry_after=event.retry_after,
        reset_at=event.reset_at,
        kind=event.kind,
    )
    yield TurnEnded(event.ok, None if event.ok else trouble, event.text)
