"""Messages on the standard input of an agent that reads them as it works (claude does).

Each is a line of JSON with a number of ours, which the agent says again when it has taken the
message up. Standard library only, as all of the driver.
"""

import json
import os
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.agent.agent_process import AgentProcess
from wf_tui.workers.line.grammar import Heard, LineEvent, PersonMessage

__all__ = ["InputPipe"]

_CHUNK: Final = 1 << 16


class InputPipe:
    """What waits to be written to an agent, and what it has taken up."""

    def __init__(self, agent: AgentProcess, prompt: str) -> None:
        self.agent = agent
        self.unsent = bytearray(user_message(prompt, number()))
        self.sent: dict[str, str] = {}
        """The id of each message that was written, by the number that the agent knows it by."""

    @property
    def is_open(self) -> bool:
        """Whether the agent can be told more."""
        return self.agent.stdin is not None

    def tell(self, message: PersonMessage) -> None:
        """Write what a person says; once the input has ended it waits for the next attempt."""
        if self.is_open:
            known = number()
            self.sent[known] = message.id
            person = message.by.removeprefix("user:")
            self.unsent += user_message(f"{person} says: {message.text}", known)
            self.write()

    def write(self) -> None:
        """Write as much as there is room for."""
        try:
            while self.unsent and self.agent.stdin is not None:
                del self.unsent[: os.write(self.agent.stdin, self.unsent[:_CHUNK])]
        except BlockingIOError:
            return
        except OSError:  # it has ended, or has closed its input
            self.end()

    def end(self) -> None:
        """Tell the agent that there will be no more; what was written it still takes up."""
        self.unsent.clear()
        self.agent.end_input()

    def known(self, events: list[LineEvent]) -> Iterator[LineEvent]:
        """Iterate over events with the ids of messages in the place of our numbers."""
        for event in events:
            if not isinstance(event, Heard):
                yield event
            elif event.id in self.sent:
                yield Heard(self.sent.pop(event.id))


def user_message(text: str, known: str) -> bytes:
    """Return a message of the user as a line of the agent's input."""
    content = [{"type": "text", "text": text}]
    message = {"type": "user", "message": {"role": "user", "content": content}, "uuid": known}
    return json.dumps(message).encode() + b"\n"


def number() -> str:
    """Return a fresh number of the form that the agent takes: a random UUID."""
    digits = bytearray(os.urandom(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
