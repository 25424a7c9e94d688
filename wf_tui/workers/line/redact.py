"""Secrets in what comes up the line, replaced before anybody of the scheduler sees it.

One place for transcript, progress, results, questions and events of the ledger: all of them are
made of these values. A message that comes in pieces may have a secret across two of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from wf_tui.workers.line.grammar import LineEvent, Message
from wf_tui.workers.shim.redaction import Redactor

__all__ = ["LineRedactor"]

_Value = TypeVar("_Value")


class LineRedactor:
    """Takes the events of one attempt in their order; `secrets` has each form with its name."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)
        self._whole = Redactor(self._secrets)
        self._stream = Redactor(self._secrets)
        self._streamed: Message | None = None
        """The last piece of a message of which something may be held back."""

    def take(self, event: LineEvent) -> Iterator[LineEvent]:
        """Yield the event without secrets, after what was held back of a message before it."""
        if not self._secrets:
            yield event
            return
        if isinstance(event, Message) and event.delta:
            if self._streamed is not None and _stream(event) != _stream(self._streamed):
                yield from self.rest()
            self._streamed = event
            if text := self._stream.add(event.text):
                yield replace(event, text=text)
            return
        yield from self.rest()
        yield self._redacted(event)

    def rest(self) -> Iterator[LineEvent]:
        """Yield what is still held back; called at the end, too."""
        if self._streamed is not None:
            last, self._streamed = self._streamed, None
            if text := self._stream.end():
                yield replace(last, text=text)

    def _redacted(self, value: _Value) -> _Value:
        """Return a value of the same type, with all text in it redacted."""
        return _mapped(value, self._whole)


def _stream(event: Message) -> tuple[str, bool]:
    return event.role, event.thought


def _mapped(value: _Value, redactor: Redactor) -> _Value:
    made: object = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        made = redactor.whole(value)
    elif isinstance(value, tuple | list):
        made = type(value)(_mapped(part, redactor) for part in value)
    elif isinstance(value, dict):
        made = {_mapped(key, redactor): _mapped(part, redactor) for key, part in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changes = {one.name: _mapped(getattr(value, one.name), redactor) for one in fields(value)}
        made = replace(value, **changes)
    return made  # type: ignore[return-value]  # each branch makes what it was given
