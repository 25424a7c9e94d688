"""One conversation with a model, from its opening to its verdict."""

import os

from wf_tui.workers.line.grammar import Message, SessionStarted, Verdict
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["Session"]


class Session:
    """Talks to the model, has its tools done by the hands, and tells all of it on the line."""

    def __init__(self, spec: SessionSpec, port: LinePort, hands: int) -> None:
        self._spec = spec
        self._port = port
        self._hands = hands

    async def run(self) -> None:
        """Have the conversation, and say how it ended."""
        self._port.say(SessionStarted(self._spec.id, self._spec.model))
        self._port.say(Message("Hello from the host.", delta=True))
        self._port.say(Verdict(ok=True, session=self._spec.id, text="Hello from the host."))
        os.write(self._hands, b'{"end": 0}\n')
        os.close(self._hands)
        await self._port.close()
