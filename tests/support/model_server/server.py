"""The scripted model server: real HTTP on loopback, for real agents and for tests of wf."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

from tests.support.model_server.conversation import Answer, Conversation, Prompt, Result
from tests.support.model_server.faults import Fault
from tests.support.model_server.http_server import Handler, HttpServer
from tests.support.model_server.scenarios import SCENARIOS, Scenario, scenario_named
from tests.support.model_server.tokens import INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tests.support.model_server.http_server import Reply

__all__ = ["Count", "ModelServer", "Request"]

Decide: TypeAlias = "Callable[[Conversation], Scenario | None]"


@dataclass(frozen=True)
class Request:
    """A request that came: from which session, with which key, and what was answered.

    `session` is the agent's own name of it, else made of the key and the first words. `aside` is a
    request without tools, as an agent makes one for a title: it gets a word and counts for nothing.
    """

    path: str
    key: str
    session: str
    conversation: Conversation
    status: int
    aside: bool


class Count(NamedTuple):
    """What one key has asked for, and what its answers had of tokens."""

    requests: int
    answered: int
    input_tokens: int
    output_tokens: int


class ModelServer:
    """Answers as models do, for as long as the context lasts.

    A request gets the scenario that its newest prompt names (`scenario: NAME FILE`), else what
    `decide` says, else `default`. Requests are served on threads of their own; what was counted may
    be read from any thread.
    """

    def __init__(self, default: str | Scenario = "edit", decide: Decide | None = None) -> None:
        self._default = SCENARIOS[default] if isinstance(default, str) else default
        self.decide = decide
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._answered: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self.closed = threading.Event()
        handler = type("BoundHandler", (Handler,), {"model": self})
        self._http = HttpServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where it listens, without a path: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests up to now, in the order in which they were answered."""
        with self._lock:
            return tuple(self._requests)

    @property
    def results(self) -> tuple[str, ...]:
        """What the tools of agents have said, each once, as the model was told."""
        told = (result for request in self.requests for result in request.conversation.results)
        return tuple(dict.fromkeys(told))

    def count(self, key: str) -> Count:
        """Return what a key has asked for."""
        mine = [request for request in self.requests if request.key == key]
        answered = sum(request.status == 200 for request in mine)
        return Count(len(mine), answered, answered * INPUT, answered * OUTPUT)

    def reply(
        self, path: str, key: str, named: str | None, conversation: Conversation
    ) -> tuple[Answer, Reply]:
        """Decide on a request: the answer that it would have, and the reply that it gets.

        Called by each connection on its own thread; `named` is the session as a header names it.
        """
        prompts = conversation.prompts
        session = named or conversation.session or f"{key} {prompts[0][:2000] if prompts else ''}"
        with self._lock:
            again = self._first.setdefault(key, session) != session
            answer, reply = self._choose(key, session, conversation, again=again)
            status = reply.status if isinstance(reply, Fault) else 200
            aside = not conversation.tools
            self._requests.append(Request(path, key, session, conversation, status, aside))
            if not aside:
                self._answered[session] += reply is answer
                self._faults[key] += reply is not answer
        return answer, reply

    def _choose(
        self, key: str, session: str, conversation: Conversation, *, again: bool
    ) -> tuple[Answer, Reply]:
        scenario, results = self._scenario(conversation)
        if not conversation.tools:
            answer = Answer("A task")
            # A title is asked for beside the work: an error that lasts meets it, too.
            fault = scenario.fault if scenario.times is None else None
            return answer, fault if isinstance(fault, Fault) else answer
        answer = scenario.answer(conversation, results, again=again)
        return answer, scenario.faulty(self._answered[session], self._faults[key]) or answer

    def _scenario(self, conversation: Conversation) -> tuple[Scenario, int]:
        """Return the scenario that was asked for, and how many tools have answered since."""
        results = 0
        for entry in reversed(conversation.entries):
            if isinstance(entry, Result):
                results += 1
            elif isinstance(entry, Prompt) and (scenario := scenario_named(entry.text)):
                return scenario, results
        decided = self.decide(conversation) if self.decide else None
        return decided or self._default, results
