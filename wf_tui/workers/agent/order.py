"""What the driver is told: which command to run, with which prompt, and how its stream is read.

It goes to the driver as the one argument of its call, as JSON; no key is in it.
"""

import json
from dataclasses import asdict
from typing import Final, Literal

from wf_tui.values import frozen
from wf_tui.workers.line.fields import Fields, json_object

__all__ = ["Call", "Order", "PromptBy"]

PromptBy = Literal["stdin", "argv", "stream"]
_PROMPT_BY: Final[dict[str, PromptBy]] = {"stdin": "stdin", "argv": "argv", "stream": "stream"}
_MOST_WORDS: Final = 10_000


@frozen
class Call:
    """One start of the agent."""

    argv: tuple[str, ...]
    prompt: str
    """The path of the file with its prompt."""


@frozen
class Order:
    """All that the driver of one attempt has to know."""

    call: Call
    parser: str
    """A name of `parsers.table`."""
    prompt_by: PromptBy = "stdin"
    """On standard input, in the command line, or as the first of the messages on standard input."""
    fresh: Call | None = None
    """What is started in its place where the agent does not know its session any more."""

    def text(self) -> str:
        """Return it as the argument of the driver."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Order":
        """Return the order that an argument is; raises `ValueError` for one that is none."""
        given = Fields(json_object(text.encode("utf-8", "surrogatepass")) or {})
        call, fresh = given.part("call"), given.part("fresh")
        if call is None:
            raise ValueError("an order without a call")
        return cls(
            read_call(call),
            given.text("parser"),
            _PROMPT_BY.get(given.text("prompt_by"), "stdin"),
            None if fresh is None else read_call(fresh),
        )


def read_call(given: Fields) -> Call:
    """Return the call that an object is."""
    return Call(given.texts("argv", _MOST_WORDS), given.text("prompt"))
