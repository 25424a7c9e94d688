"""Requests to the model: streamed onto the line, repeated where that may help."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import openai
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior
from pydantic_ai.messages import (
    InstructionPart,
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from wf_tui.workers.agent.causes import Cause
from wf_tui.workers.agent.usage_sum import usage_sum
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Message, Retry, Usage
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.maker.failures import AttemptFailed, cause_of_error, cause_of_finish
from wf_tui.workers.model.host.maker.http_client import NoStreamError
from wf_tui.workers.model.host.maker.models import BodyError, request_settings
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["PAUSES", "ModelRequests", "Pauses"]

_RETRIED: Final = frozenset({
    FailureKind.RATE_LIMIT,
    FailureKind.SERVER,
    FailureKind.NETWORK,
    FailureKind.TRUNCATED,
})  # fmt: skip
_ERRORS: Final = (
    ModelAPIError,
    UnexpectedModelBehavior,
    openai.OpenAIError,
    httpx2.HTTPError,
    NoStreamError,
    BodyError,
    TimeoutError,
)
"""What a request raises where its maker, or the way there, is at fault."""
_LONGEST: Final = 8_000_000
"""Characters of an answer, several times what any model says at once; one of them fills the memory
of a host in which all models speak."""


@dataclass(frozen=True)
class Pauses:
    """How a request is repeated before the scheduler is told, in seconds.

    Few and short: who waits for long is a lane, which keeps the others from asking as well.
    """

    first: float = 0.5
    longest: float = 10.0
    """What a maker wants to be left alone for beyond this is the scheduler's to wait."""
    most: int = 2


PAUSES: Final = Pauses()


class ModelRequests:
    """The requests of one session."""

    def __init__(
        self, spec: SessionSpec, model: Model[Any], port: LinePort, pauses: Pauses = PAUSES
    ) -> None:
        self._spec = spec
        self._model = model
        self._port = port
        self._pauses = pauses
        self._settings = request_settings(spec)
        self._has_begun = False
        self.steps = 0
        """How many answers there were."""
        self.retries = 0
        self.usage: Usage | None = None
        """The sum; None as long as nothing is known."""

    async def ask(
        self, messages: Sequence[ModelMessage], instructions: str, tools: list[ToolDefinition]
    ) -> ModelResponse:
        """Return the model's answer, told on the line as it came. Raises `AttemptFailed`.

        Without tools it is a request of wf's own, which is not told.
        """
        parameters = ModelRequestParameters(
            function_tools=tools, instruction_parts=[InstructionPart(content=instructions)]
        )
        for attempt in range(1, self._pauses.most + 2):
            try:
                response = await self._stream(messages, parameters, is_told=bool(tools))
            except AttemptFailed as error:
                await self._pause(error.cause, attempt)
            except _ERRORS as error:
                cause = cause_of_error(
                    error, self._spec.quirks, has_begun=self._has_begun, now=time.time()
                )
                await self._pause(cause, attempt)
            else:
                self._count(response)
                return response
        raise AssertionError  # the last pause raises

    async def _pause(self, cause: Cause, attempt: int) -> None:
        """Wait before the same is asked again; raises where that would not help."""
        pauses = self._pauses
        delay = pauses.first * 2.0 ** (attempt - 1)
        if cause.retry_after is not None:
            delay = max(delay, cause.retry_after)
        if cause.kind not in _RETRIED or attempt > pauses.most or delay > pauses.longest:
            raise AttemptFailed(cause)
        self.retries += 1
        self._port.say(Retry(attempt, pauses.most, delay, cause.why))
        await asyncio.sleep(delay)

    async def _stream(
        self,
        messages: Sequence[ModelMessage],
        parameters: ModelRequestParameters,
        *,
        is_told: bool,
    ) -> ModelResponse:
        self._has_begun = False
        length = 0
        async with model_request_stream(
            self._model,
            messages,
            model_settings=self._settings,
            model_request_parameters=parameters,
            instrument=False,
        ) as stream:
            async for event in stream:
                self._has_begun = True
                length += _length(event)
                if length > _LONGEST:
                    raise AttemptFailed(Cause(FailureKind.TASK, "its answer had no end"))
                message = _told(event) if is_told else None
                if message is not None:
                    self._port.say(message)
                    await self._port.drained()
            response = stream.get()
        reason = (response.provider_details or {}).get("finish_reason")
        cause = cause_of_finish(str(reason), self._spec.quirks)
        if cause is None and reason is None and response.finish_reason is None:
            cause = Cause(FailureKind.TRUNCATED, "its answer ended without saying that it is whole")
        if cause is not None:
            raise AttemptFailed(cause)
        return response

    def _count(self, response: ModelResponse) -> None:
        self.steps += 1
        step = _usage(response)
        if step is not None:
            self.usage = usage_sum(self.usage, step)
            self._port.say(step)


def _told(event: ModelResponseStreamEvent) -> Message | None:
    """Return the words of an event; None where it has none."""
    text, is_thought = "", False
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart | ThinkingPart):
        text, is_thought = event.part.content, isinstance(event.part, ThinkingPart)
    elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        text = event.delta.content_delta
    elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, ThinkingPartDelta):
        text, is_thought = event.delta.content_delta or "", True
    if not text:
        return None
    return Message(text, delta=not isinstance(event, PartStartEvent), thought=is_thought)


def _length(event: ModelResponseStreamEvent) -> int:
    """Return how many characters an event adds to the answer."""
    if isinstance(event, PartStartEvent):
        part = event.part
        if isinstance(part, TextPart | ThinkingPart):
            return len(part.content)
        return len(str(part.args or "")) if isinstance(part, ToolCallPart) else 0
    if not isinstance(event, PartDeltaEvent):
        return 0
    delta = event.delta
    if isinstance(delta, ToolCallPartDelta):
        return len(str(delta.args_delta or ""))
    return len(delta.content_delta or "") if hasattr(delta, "content_delta") else 0


def _usage(response: ModelResponse) -> Usage | None:
    """Return what an answer has used; None where its maker did not say."""
    usage = response.usage
    if not usage.input_tokens and not usage.output_tokens:
        return None
    reasoning = usage.details.get("reasoning_tokens")
    return Usage(usage.input_tokens, usage.cache_read_tokens, usage.output_tokens, reasoning)
