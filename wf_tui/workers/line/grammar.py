"""What goes over the line: a frozen value for each event, and its JSON (version 1).

One JSON object a line, `ev` says which event; unknown fields are ignored. All that comes up is a
claim of a worker, so `decode` is strict about kinds, ids and numbers, and never raises. Standard
library and `values` only: drivers import this in a fork of the shim parent.
"""

import json
from collections.abc import Callable
from typing import ClassVar, Final, Self

from wf_tui.values import frozen
from wf_tui.workers.line.events import (
    TOOL_KINDS,
    Heard,
    Message,
    Option,
    Other,
    PlanItem,
    PlanUpdate,
    Question,
    Result,
    Retry,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
    Verdict,
)
from wf_tui.workers.line.fields import BadFieldError, Fields, json_object
from wf_tui.workers.line.lines import MOST_BYTES

__all__ = [
    "TOOL_KINDS",
    "Answer",
    "Cancel",
    "DownEvent",
    "End",
    "Heard",
    "LineEvent",
    "Message",
    "Option",
    "Other",
    "PersonMessage",
    "PlanItem",
    "PlanUpdate",
    "Question",
    "Result",
    "Retry",
    "SessionStarted",
    "ToolEnd",
    "ToolStart",
    "Usage",
    "Verdict",
    "decode",
    "decode_down",
    "encode",
]

_LONGEST_TEXT: Final = 1 << 18
"""Characters of each text of an event that is too long for a line as it is."""


@frozen
class Answer:
    """What a person answers to a question, or a rule in their place."""

    ev: ClassVar = "answer"
    id: str
    option: str | None = None
    kind: str | None = None
    """That of the option."""
    text: str | None = None

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        option, kind = given.maybe_text("option"), given.maybe_text("kind")
        return cls(given.id("id"), option, kind, given.maybe_text("text"))


@frozen
class PersonMessage:
    """What a person says to a running worker."""

    ev: ClassVar = "message"
    id: str
    by: str
    text: str

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(given.id("id"), given.text("by", ""), given.text("text"))


@frozen
class Cancel:
    """Stop the turn; what was written stays."""

    ev: ClassVar = "cancel"

    @classmethod
    def read(cls, _: Fields) -> Self:
        """Return the event; it has no fields."""
        return cls()


@frozen
class End:
    """There will be no more messages: end when the turn has ended."""

    ev: ClassVar = "end"

    @classmethod
    def read(cls, _: Fields) -> Self:
        """Return the event; it has no fields."""
        return cls()


LineEvent = (
    SessionStarted
    | Message
    | ToolStart
    | ToolEnd
    | PlanUpdate
    | Usage
    | Retry
    | Question
    | Result
    | Heard
    | Verdict
    | Other
)
"""What comes up: from a worker's program."""
DownEvent = Answer | PersonMessage | Cancel | End
"""What goes down to it."""
_UP: Final = (
    SessionStarted,
    Message,
    ToolStart,
    ToolEnd,
    PlanUpdate,
    Usage,
    Retry,
    Question,
    Result,
    Heard,
    Verdict,
    Other,
)
_DOWN: Final = (Answer, PersonMessage, Cancel, End)
_READ_UP: Final[dict[str, Callable[[Fields], LineEvent]]] = {one.ev: one.read for one in _UP}
_READ_DOWN: Final[dict[str, Callable[[Fields], DownEvent]]] = {one.ev: one.read for one in _DOWN}


def encode(event: LineEvent | DownEvent) -> bytes:
    """Return an event as its line, end of line included; texts that no line holds are cut."""
    fields = {"ev": event.ev, **vars(event)}
    line = _json(fields)
    return line if len(line) <= MOST_BYTES else _json(_shortened(fields))


def decode(line: bytes) -> LineEvent | None:
    """Return what a line from a program says; None where it is not to be understood.

    Never raises. An event that is not known yet is `Other`, so that newer programs can be heard.
    """
    values = json_object(line)
    if values is None:
        return None
    given = Fields(values)
    try:
        name = given.text("ev")
        read = _READ_UP.get(name)
        return Other(name, given.text("text", "")) if read is None else read(given)
    except BadFieldError:
        return None


def decode_down(line: bytes) -> DownEvent | None:
    """Return what a line from the scheduler says; None for one of a newer version."""
    values = json_object(line)
    if values is None:
        return None
    given = Fields(values)
    try:
        read = _READ_DOWN.get(given.text("ev"))
        return None if read is None else read(given)
    except BadFieldError:
        return None


def _json(fields: dict[str, object]) -> bytes:
    # The plans and options inside are written by the names of their fields, too.
    return json.dumps(fields, default=vars).encode() + b"\n"


def _shortened(fields: dict[str, object]) -> dict[str, object]:
    cut = {name: one[:_LONGEST_TEXT] for name, one in fields.items() if isinstance(one, str)}
    return {**fields, **cut, "input": None}
