"""What was said, read again from its entries: whole, whatever is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_ai.messages import (
    ModelResponse,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from wf_tui.workers.model.history import INTERRUPTED
from wf_tui.workers.model.host.messages import (
    entry_of,
    read_history,
    result_of,
    told,
)

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

CALL = ToolCallPart("read_file", {"path": "a"}, tool_call_id="c1")
ANSWER = ModelResponse([ThinkingPart("Hm."), CALL], provider_name="deepseek", model_name="m")


def again(*messages: ModelMessage, provider: str = "deepseek") -> list[ModelMessage]:
    """Return messages as they are read from their entries."""
    return read_history((json.loads(entry_of(one)) for one in messages), provider)


def test_entries_are_read_as_they_were_said() -> None:
    """A conversation is the same after it was written down."""
    messages: list[ModelMessage] = [told("Go."), ANSWER, result_of(CALL, "text"), told("More.")]
    assert again(*messages) == messages


def test_entries_name_what_the_history_looks_at() -> None:
    """Kinds, and ids of calls, are in an entry, though pydantic-ai takes them for granted."""
    request, answer = (json.loads(entry_of(one))["message"] for one in (told("Go."), ANSWER))
    assert (request["kind"], request["parts"][0]["part_kind"]) == ("request", "user-prompt")
    assert (answer["kind"], answer["parts"][1]["tool_call_id"]) == ("response", "c1")


def test_a_call_without_result_gets_one() -> None:
    """A result that was never written is said to be unknown, before whatever follows."""
    [_, _, result, more] = again(told("Go."), ANSWER, told("More."))
    assert isinstance(result.parts[0], ToolReturnPart)
    assert (result.parts[0].content, result.parts[0].tool_call_id) == (INTERRUPTED, "c1")
    assert isinstance(more.parts[0], UserPromptPart)


def test_thoughts_of_another_maker_are_left_out() -> None:
    """One maker's thoughts are nothing to another; its own come back."""
    assert again(ANSWER, provider="zai")[0].parts == [CALL]
    assert again(ANSWER)[0].parts == ANSWER.parts


_ENTRIES: dict[str, Any] = {
    "ask": json.loads(entry_of(told("Go."))),
    "call": json.loads(entry_of(ANSWER)),
    "result": json.loads(entry_of(result_of(CALL, "text"))),
    "nothing": {},
    "torn": {"message": {"kind": "response"}},
    "wrong": {"message": {"kind": "request", "parts": [{"part_kind": "?"}]}},
}


@settings(max_examples=200)
@given(st.lists(st.sampled_from(sorted(_ENTRIES)), max_size=12))
def test_any_history_can_be_gone_on_with(names: list[str]) -> None:
    """Whatever entries there are, each call has one result, behind its answer."""
    open_calls: set[str] = set()
    for message in read_history((_ENTRIES[name] for name in names), "deepseek"):
        if isinstance(message, ModelResponse):
            assert not open_calls
            open_calls = {call.tool_call_id for call in message.tool_calls}
            continue
        for part in message.parts:
            if isinstance(part, ToolReturnPart):
                open_calls.remove(part.tool_call_id)
            else:
                assert not open_calls
    assert not open_calls
