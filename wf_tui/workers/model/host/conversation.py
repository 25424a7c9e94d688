"""The conversation with the model: asked, its tools done, asked again, until it is through."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart

from wf_tui.profiles.prices import Tokens, cost_of
from wf_tui.profiles.resolved import Resolved
from wf_tui.workers.agent.causes import Cause
from wf_tui.workers.agent.no_progress import MOST_STEPS
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Heard, Other, PersonMessage
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.instructions import instructions
from wf_tui.workers.model.host.maker.failures import AttemptFailed
from wf_tui.workers.model.host.maker.models import provider_of
from wf_tui.workers.model.host.maker.requests import ModelRequests
from wf_tui.workers.model.host.messages import entry_of, read_history, sound_answer, told
from wf_tui.workers.model.host.shortening import Shortening
from wf_tui.workers.model.host.tool_calls import ToolCalls, offered
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["Conversation"]

_MOST_UNFIT: Final = 5
"""Answers in a row whose every call was none of a tool that there is, or no JSON."""
_MOST_CUT: Final = 3
"""Answers in a row that were longer than they may be."""
_GO_ON: Final = "Your answer was empty. Go on with your tools, or end with a short summary."
_CUT_OFF: Final = (
    "Your answer was cut off, for it was longer than it may be. Go on from where it ended; write"
    " long files in several steps."
)


class Conversation:
    """What is said between a session and its model; used on the host's event loop."""

    def __init__(
        self,
        spec: SessionSpec,
        history: Sequence[dict[str, object]],
        port: LinePort,
        requests: ModelRequests,
        tools: ToolCalls,
    ) -> None:
        self._spec = spec
        self._history = history
        self._port = port
        self._requests = requests
        self._tools = tools
        self._offered = offered(writes=spec.writes)
        self._instructions = instructions(writes=spec.writes)
        self._messages: list[ModelMessage] = []
        self._shortening = Shortening(spec, requests, port.say)
        self._waiting: list[PersonMessage] = []
        self._is_last = False
        self._empty = self._unfit = self._cut = 0
        self.text = ""
        """The model's last words."""

    def take(self, message: PersonMessage) -> None:
        """Take what a person says; it goes into the next request."""
        self._waiting.append(message)

    def finish(self) -> None:
        """Wait for no more messages."""
        self._is_last = True

    async def run(self) -> None:
        """Go on until the model has ended its turn and nobody has more to say.

        Raises `AttemptFailed` where that is no success, and `HandsGoneError`.
        """
        spec = self._spec
        self._messages = await asyncio.to_thread(read_history, self._history, provider_of(spec))
        self._history = ()  # some megabytes, of which the messages are made
        self._keep(told(spec.prompt))
        while True:
            self._hear()
            response = sound_answer(await self._answer())
            self._keep(response)
            self.text = response.text or self.text
            calls = response.tool_calls
            if calls:
                await self._do(calls)
            elif response.finish_reason == "length":
                self._go_on_after_cut()
            elif not response.text:
                self._go_on_after_nothing()
            elif self._is_last or not self._waiting:
                return

    async def _answer(self) -> ModelResponse:
        await self._port.drained()
        await self._look_at_budget()
        self._messages = await self._shortening.fitted(self._messages)
        if self._shortening.is_summarised:
            self._keep_summary()
        try:
            response = await self._ask()
        except AttemptFailed as error:
            if error.cause.kind is not FailureKind.CONTEXT:
                raise
            self._messages = await self._shortening.forced(self._messages, error)
            self._keep_summary()
            response = await self._ask()
        self._shortening.count([*self._messages, response], response)
        if response.finish_reason == "content_filter":
            raise AttemptFailed(Cause(FailureKind.TASK, "the model's maker refused to go on"))
        return response

    async def _ask(self) -> ModelResponse:
        return await self._requests.ask(self._messages, self._instructions, self._offered)

    async def _do(self, calls: Sequence[ToolCallPart]) -> None:
        """Have all calls of an answer done, each result kept as it comes."""
        self._empty = self._cut = 0
        self._unfit = self._unfit + 1 if all(map(self._tools.is_unfit, calls)) else 0

        async def do(call: ToolCallPart) -> None:
            self._keep(await self._tools.run(call))

        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(do(call))
        if self._unfit >= _MOST_UNFIT:
            raise AttemptFailed(
                Cause(FailureKind.TASK, f"{self._unfit} answers in a row called no tool that works")
            )

    def _go_on_after_nothing(self) -> None:
        self._empty += 1
        if self._empty >= MOST_STEPS:
            why = f"{self._empty} answers of the model in a row had neither text nor a tool"
            raise AttemptFailed(Cause(FailureKind.TASK, why))
        if not self._waiting:
            self._keep(told(_GO_ON))

    def _go_on_after_cut(self) -> None:
        self._cut += 1
        if self._cut >= _MOST_CUT:
            raise AttemptFailed(
                Cause(FailureKind.TRUNCATED, "its answers were longer than they may be")
            )
        self._keep(told(_CUT_OFF))

    def _hear(self) -> None:
        """Put what persons have said into the next request."""
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._keep(told(message.text))
            self._port.say(Heard(message.id))

    def _keep(self, message: ModelMessage) -> None:
        """Take a message into the conversation, and into the history."""
        self._messages.append(message)
        self._port.say(Other("history", entry_of(message)))

    def _keep_summary(self) -> None:
        """Write the conversation anew into the history, whose beginning a summary is now."""
        last = len(self._messages)
        for place, message in enumerate(self._messages, 1):
            self._port.say(Other("history", entry_of(message, (place, last))))

    async def _look_at_budget(self) -> None:
        """Raise where the next request would be over what the attempt may use."""
        spec, usage = self._spec, self._requests.usage
        if spec.max_steps is not None and self._requests.steps >= spec.max_steps:
            raise _over(f"{spec.max_steps} requests to the model")
        if usage is not None and spec.max_cost_usd is not None:
            tokens = Tokens(usage.input or 0, usage.output or 0, usage.cached or 0)
            # The table of prices takes a while to be loaded.
            cost = await asyncio.to_thread(cost_of, _priced(spec), spec.model, tokens)
            if cost is not None and cost >= spec.max_cost_usd * 1_000_000:
                raise _over(f"${spec.max_cost_usd:.2f}")


def _over(what: str) -> AttemptFailed:
    return AttemptFailed(Cause(FailureKind.BUDGET, f"over its budget of {what}"))


def _priced(spec: SessionSpec) -> Resolved:
    """Return what the price of a session goes by."""
    return Resolved(
        name=spec.id,
        kind="model",
        lane="",
        maker=spec.maker,
        model=spec.model,
        base_url=spec.base_url,
        price=spec.price,
    )
