"""pydantic-ai's models, told of the quirks of a maker."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionChunk,
    ChatCompletionToolChoiceOptionParam,
    ChatCompletionToolParam,
    chat_completion_chunk,
)
from pydantic_ai.messages import ModelResponseStreamEvent, PartStartEvent
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.openai import (
    OpenAIChatModel,
    OpenAIChatModelSettings,
    OpenAIResponsesModel,
    OpenAIResponsesModelSettings,
    OpenAIStreamedResponse,
)
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from wf_tui.profiles.quirks import Quirks
from wf_tui.workers.model.host.maker.think_tags import Piece, ThinkTags
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["BodyError", "open_model", "provider_of", "request_settings"]

_NO_KEY: Final = "none"
"""What a server gets that wants no key: the client insists on one."""
_LONGEST_LABEL: Final = 63
"""Characters between two dots of a name."""
_DETAILS: Final = "reasoning_details"
"""The one field of thoughts that is a list of objects, and goes back as one."""


class BodyError(Exception):
    """A stream that says in its midst that something went wrong, with status 200."""

    def __init__(self, body: Mapping[str, object]) -> None:
        super().__init__("an error within the stream")
        self.body = json.dumps(body)


def provider_of(spec: SessionSpec) -> str:
    """Return the name by which a history knows whose thoughts are in it."""
    return spec.maker or urlsplit(spec.base_url).hostname or "unknown"


def open_model(spec: SessionSpec, http: httpx2.AsyncClient) -> Model[Any]:
    """Return the model of a session; it asks nothing yet, and repeats nothing by itself.

    Raises `ValueError` for a base_url that can be none.
    """
    _check_address(spec.base_url)
    client = openai.AsyncOpenAI(
        base_url=spec.base_url, api_key=spec.key or _NO_KEY, max_retries=0, http_client=http
    )
    if spec.quirks.api == "responses":
        return OpenAIResponsesModel(spec.model, provider=_Provider(provider_of(spec), client))
    # It asks a name for the family that stands before a slash, and takes the rest from us.
    provider = OpenAICompatibleProvider(provider_of(spec), openai_client=client)
    return MakerModel(spec.model, provider, spec.quirks)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    labels = (parts.hostname or "").rstrip(".").split(".")
    is_name = all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    if parts.scheme not in {"http", "https"} or not is_name:
        raise ValueError(f"base_url is no address: {url!r}")


def request_settings(spec: SessionSpec) -> ModelSettings:
    """Return what each request says beside the conversation. No temperature and no like of it.

    Half of the makers refuse any but their own, and none needs one.
    """
    quirks = spec.quirks
    settings = OpenAIResponsesModelSettings(
        extra_body=quirks.body(spec.model, spec.effort), extra_headers=dict(quirks.headers)
    )
    if quirks.max_output_tokens:
        settings["max_tokens"] = quirks.max_output_tokens
    if quirks.api == "responses":
        settings["openai_store"] = False
        settings["openai_prompt_cache_key"] = spec.id
    return settings


class _Provider(OpenAIProvider):
    """OpenAI's interface at any address: its name keeps the thoughts of makers apart."""

    def __init__(self, name: str, client: openai.AsyncOpenAI) -> None:
        super().__init__(openai_client=client)
        self._name = name

    @property
    def name(self) -> str:
        """Whose it is."""
        return self._name


class MakerModel(OpenAIChatModel):
    """Chat completions as one maker serves them."""

    def __init__(self, name: str, provider: OpenAICompatibleProvider, quirks: Quirks) -> None:
        self._quirks = quirks
        super().__init__(name, provider=provider, profile=_profile(quirks))

    def _get_tool_choice(
        self,
        model_settings: OpenAIChatModelSettings,
        model_request_parameters: ModelRequestParameters,
    ) -> tuple[list[ChatCompletionToolParam], ChatCompletionToolChoiceOptionParam | None]:
        tools, choice = super()._get_tool_choice(model_settings, model_request_parameters)
        return tools, choice if self._quirks.tool_choice else None

    @property
    def _streamed_response_cls(self) -> type[OpenAIStreamedResponse]:
        return TaggedStream if self._quirks.think_tags else MakerStream

    @dataclass
    class _MapModelResponseContext(OpenAIChatModel._MapModelResponseContext):  # noqa: SLF001 - the hook that is there to be overridden
        def _into_message_param(self) -> ChatCompletionAssistantMessageParam | None:
            """Return a turn of the model as it goes back, with its thoughts as they came."""
            message = super()._into_message_param()
            thoughts = None if message is None else message.get(_DETAILS)
            if message is not None and isinstance(thoughts, str):
                # A field of the maker's own, which no type knows.
                fields = cast("dict[str, object]", message)
                fields[_DETAILS] = [{"type": "reasoning.text", "text": thoughts}]
            return message


def _profile(quirks: Quirks) -> OpenAIModelProfile:
    """Return the quirks in the words of pydantic-ai."""
    profile = OpenAIModelProfile(
        # An answer that breaks off would be a success else.
        openai_chat_streaming_requires_finish_reason=True,
        openai_supports_strict_tool_definition=quirks.strict,
        openai_chat_supports_max_completion_tokens=(
            quirks.max_tokens_field == "max_completion_tokens"
        ),
        openai_chat_send_back_thinking_parts=(
            False if quirks.sends_thinking == "never" else quirks.sends_thinking
        ),
        openai_chat_thinking_requires_field_on_tool_calls=quirks.needs_thinking,
        supports_thinking=quirks.needs_thinking,
        thinking_enabled_by_default=quirks.needs_thinking,
        json_schema_transformer=None,
    )
    if quirks.thinking_field:
        profile["openai_chat_thinking_field"] = quirks.thinking_field
    return profile


@dataclass
class MakerStream(OpenAIStreamedResponse):
    """An answer as it comes."""

    _thoughts: str = field(default="", init=False)
    """Those of `reasoning_details` up to now."""

    def _validate_response(self) -> AsyncIterator[ChatCompletionChunk]:
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[ChatCompletionChunk]:
        """Iterate over the chunks; raise where one of them is an error that looks like none."""
        async for chunk in self._response:
            said = (chunk.model_extra or {}).get("base_resp")
            if isinstance(said, dict) and said.get("status_code"):
                raise BodyError({"base_resp": said})
            yield chunk

    def _map_thinking_delta(
        self, choice: chat_completion_chunk.Choice
    ) -> Iterator[ModelResponseStreamEvent]:
        details = getattr(choice.delta, _DETAILS, None)
        if not isinstance(details, list):
            yield from super()._map_thinking_delta(choice)
            return
        for detail in details:
            text = detail.get("text") if isinstance(detail, dict) else None
            if isinstance(text, str) and text:
                yield from self._think(self._new(text), _DETAILS)

    def _new(self, text: str) -> str:
        """Return what is new in thoughts: they are told in pieces, or each time from the start."""
        known = self._thoughts
        if known and text.startswith(known):
            self._thoughts = text
            return text[len(known) :]
        self._thoughts += text
        return text

    def _think(self, text: str, source: str) -> Iterator[ModelResponseStreamEvent]:
        for event in self._parts_manager.handle_thinking_delta(
            vendor_part_id=("reasoning", source, self._reasoning_generation),
            id=source,
            content=text,
            provider_name=self.provider_name,
        ):
            if isinstance(event, PartStartEvent):
                self._advance_part_boundary("reasoning")
            yield event


@dataclass
class TaggedStream(MakerStream):
    """An answer whose thoughts may stand within its text."""

    _tags: ThinkTags = field(default_factory=ThinkTags, init=False)

    def _map_text_delta(
        self, choice: chat_completion_chunk.Choice
    ) -> Iterator[ModelResponseStreamEvent]:
        content = choice.delta.content
        pieces = self._tags.add(content) if isinstance(content, str) else []
        if choice.finish_reason or choice.delta.tool_calls:
            pieces += self._tags.end()
        for piece in pieces:
            yield from self._piece(piece)

    def _piece(self, piece: Piece) -> Iterator[ModelResponseStreamEvent]:
        if piece.thought:
            yield from self._think(piece.text, "content")
            return
        for event in self._parts_manager.handle_text_delta(
            vendor_part_id=("content", self._content_generation), content=piece.text
        ):
            if isinstance(event, PartStartEvent):
                self._advance_part_boundary("content")
            yield event
