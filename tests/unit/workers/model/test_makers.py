"""Each maker's interface, spoken through pydantic-ai as its preset says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.model_server import responses
from tests.support.model_server.conversation import Answer, ToolCall
from tests.support.model_session import OpenSession, quirks_of, run_session, spec_at
from tests.support.scripted_maker import Maker, Raw, call, chat, messages_of, text, thought

READ = call("read_file", {"path": "a"})
DONE = chat(text("Done."))
FIXED = ("temperature", "top_p", "n", "presence_penalty", "frequency_penalty")


async def talked(maker: str, *answers: Raw, **fields: object) -> tuple[Maker, OpenSession]:
    """Have a session with a maker, and return what both sides have."""
    async with Maker(*answers) as server:
        quirks = fields.pop("quirks", None) or quirks_of(maker)
        session = await run_session(spec_at(server, maker=maker, quirks=quirks, **fields))
    assert session.said[-1]["ok"], session.said[-1]
    return server, session


def answered(answer: Answer) -> Raw:
    """Return an answer of OpenAI's newer interface."""
    stream = responses.stream(answer, "m", "1")
    return Raw((*stream.text, *stream.calls, *stream.end))


@pytest.mark.parametrize("maker", ["deepseek", "minimax", "moonshot", "openai-compatible", "zai"])
async def test_no_request_says_what_a_maker_fixes(maker: str) -> None:
    """None says a temperature or the like; tools are called freely, and not strictly."""
    server, _ = await talked(maker, chat(READ), DONE)
    for body in server.bodies:
        assert not body.keys() & {*FIXED, "parallel_tool_calls", "max_tokens"}
        assert body.get("tool_choice", "auto") == "auto"
        assert not [one for one in body["tools"] if "strict" in one["function"]]
        assert body["stream_options"] == {"include_usage": True}


async def test_deepseek_gets_its_thoughts_back() -> None:
    """A turn with tools goes back with its thoughts, and with an empty field if it had none."""
    server, _ = await talked("deepseek", chat(thought("Hm."), READ), chat(READ), DONE)
    sent = [one for one in messages_of(server.bodies[-1]) if one["role"] == "assistant"]
    assert [one["reasoning_content"] for one in sent] == ["Hm.", ""]


async def test_deepseek_thinks_as_it_is_told() -> None:
    """A word of the profile becomes fields of its own; another word adds nothing."""
    for effort, added in [("off", {"thinking": {"type": "disabled"}}), ("hasty", {})]:
        server, _ = await talked("deepseek", DONE, effort=effort)
        assert server.bodies[0].get("thinking") == added.get("thinking")
    server, _ = await talked("deepseek", DONE, effort="max")
    assert server.bodies[0]["reasoning_effort"] == "max"


async def test_minimax_is_told_to_part_thoughts_from_text() -> None:
    """It knows no tool_choice; thoughts come as a list of objects, and go back as one."""
    details = {"reasoning_details": [{"type": "reasoning.text", "text": "Let me "}]}
    more = {"reasoning_details": [{"type": "reasoning.text", "text": "Let me see."}]}
    server, session = await talked("minimax", chat(details, more, text("I look."), READ), DONE)
    assert server.bodies[0]["reasoning_split"] is True
    assert "tool_choice" not in server.bodies[0]
    assert [(one["text"], one["thought"]) for one in session.of("message")][:2] == [
        ("Let me see.", True),
        ("I look.", False),
    ]
    [_, answer, _] = messages_of(server.bodies[1])
    assert answer["reasoning_details"] == [{"type": "reasoning.text", "text": "Let me see."}]
    assert answer["content"] == "I look."


async def test_minimax_thoughts_in_the_text_are_told_apart() -> None:
    """Thoughts that come as tags are told as thoughts, wherever a tag is cut, and go back so."""
    pieces = [text(one) for one in ("<thi", "nk>Hm", ", </th", "ink>I look", ".")]
    server, session = await talked("minimax", chat(*pieces, READ), DONE)
    assert [(one["text"], one["thought"]) for one in session.of("message")][:2] == [
        ("Hm, ", True),
        ("I look.", False),
    ]
    content = messages_of(server.bodies[1])[1]["content"]
    assert content.startswith("<think>")
    assert "Hm, " in content.partition("</think>")[0]
    assert content.endswith("I look.")


@pytest.mark.parametrize(
    ("model", "effort", "sent"),
    [("kimi-k3", "", "high"), ("kimi-k3.1-pro", "low", "low"), ("kimi-k2.7-code", "low", None)],
)
async def test_kimi_thinks_no_longer_than_it_is_told(
    model: str, effort: str, sent: str | None
) -> None:
    """Without a word it would think as long as it can; models without that choice get no word."""
    server, _ = await talked("moonshot", DONE, model=model, effort=effort)
    assert server.bodies[0].get("reasoning_effort") == sent


async def test_the_length_of_an_answer_has_the_makers_own_name() -> None:
    """Where an answer's length is limited, the field is called as its maker calls it."""
    for maker, name in [("moonshot", "max_completion_tokens"), ("deepseek", "max_tokens")]:
        quirks = quirks_of(maker, max_output_tokens=5000)
        server, _ = await talked(maker, DONE, quirks=quirks)
        names = {"max_completion_tokens", "max_tokens"}
        assert {one: server.bodies[0][one] for one in names & server.bodies[0].keys()} == {
            name: 5000
        }


async def test_glm_keeps_its_thoughts() -> None:
    """It is told that earlier thoughts count, gets them back, and gives arguments in pieces."""
    server, _ = await talked("zai", chat(thought("Hm."), READ), DONE, model="glm-5.3", effort="low")
    body = server.bodies[1]
    assert body["thinking"] == {"type": "enabled", "clear_thinking": False}
    assert (body["tool_stream"], body["reasoning_effort"]) == (True, "low")
    assert messages_of(body)[1]["reasoning_content"] == "Hm."


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("model_context_window_exceeded", "context"),
        ("network_error", "network"),
        ("sensitive", "task"),
    ],
)
async def test_glm_says_why_it_stops(reason: str, kind: str) -> None:
    """Reasons of its own that an answer ended for are failures of their kind."""
    async with Maker(chat(text("I"), finish=reason)) as server:
        session = await run_session(spec_at(server, quirks=quirks_of("zai")))
    assert (session.said[-1]["ok"], session.said[-1]["kind"]) == (False, kind)


async def test_openai_is_asked_by_its_newer_interface() -> None:
    """It keeps nothing, is told how much to think, and its calls are answered."""
    one = answered(Answer("I look.", (ToolCall("read_file", {"path": "a"}),)))
    server, session = await talked(
        "openai", one, answered(Answer("Done.")), model="gpt-6.1-sol", effort="high"
    )
    assert server.paths == ["/v1/responses"] * 2
    body = server.bodies[1]
    assert (body["store"], body["reasoning"]) == (False, {"effort": "high"})
    assert body["include"] == ["reasoning.encrypted_content"]
    kinds = [one.get("type", "message") for one in body["input"]]
    assert kinds[-2:] == ["function_call", "function_call_output"]
    assert not body.keys() & {*FIXED}
    assert session.said[-1]["text"] == "Done."


async def test_a_local_server_needs_no_key() -> None:
    """Any address with that interface will do, with its thoughts in tags or in a field."""
    pieces = [text("<think>Hm.</think>"), text("Hello.")]
    server, session = await talked("openai-compatible", chat(*pieces))
    assert [one["text"] for one in session.of("message")] == ["Hm.", "Hello."]
    assert session.said[-1]["text"] == "Hello."
    assert server.headers[0]["authorization"] == "Bearer none"


async def test_another_makers_thoughts_are_left_out() -> None:
    """A conversation goes on with another maker, without the thoughts of the first."""
    _, before = await talked("deepseek", chat(thought("Secret."), text("I look."), READ), DONE)
    server, _ = await talked("openai-compatible", DONE, history=tuple(before.history))
    roles = [one["role"] for one in messages_of(server.bodies[0])]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    assert "Secret" not in str(server.bodies[0])
    server, _ = await talked("deepseek", DONE, history=tuple(before.history))
    sent: list[dict[str, Any]] = messages_of(server.bodies[0])
    assert sent[1]["reasoning_content"] == "Secret."


async def test_a_conversation_changes_its_interface() -> None:
    """What was said over one of OpenAI's interfaces goes on over the other."""
    _, before = await talked("deepseek", chat(thought("Hm."), text("I look."), READ), DONE)
    server, after = await talked(
        "openai", answered(Answer("Done.")), model="gpt-6.1-sol", history=tuple(before.history)
    )
    kinds = [one.get("type", one.get("role")) for one in server.bodies[0]["input"]]
    assert "function_call" in kinds
    assert "function_call_output" in kinds
    assert "Hm." not in str(server.bodies[0])
    history = (*before.history, *after.history)
    server, _ = await talked("deepseek", DONE, history=history)
    roles = [one["role"] for one in messages_of(server.bodies[0])]
    assert roles == ["user", "assistant", "tool", "assistant", "user", "assistant", "user"]
