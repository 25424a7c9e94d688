"""The scripted model server that stands in for the makers."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.support.model_server.faults import FAULTS
from tests.support.model_server.scenarios import SCENARIOS
from tests.support.model_server.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.model_server.conversation import Json

_FILE = {"type": "object", "properties": {"path": {}, "content": {}}, "required": ["path"]}
_COMMAND = {"type": "object", "properties": {"command": {"type": "string"}}}
_TODO = {"content": {}, "status": {}, "priority": {"enum": ["high", "medium"]}}
_TODOS = {"todos": {"type": "array", "items": {"properties": _TODO, "required": ["priority"]}}}
TOOLS = {"write": _FILE, "bash": _COMMAND, "todowrite": {"properties": _TODOS}}


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Speaker:
    """One protocol, spoken as an agent does: where it posts, and how it says things."""

    path: str
    key: str = "Authorization"

    def say(self, server: ModelServer, body: Json, *, key: str = "sk-1", **headers: str) -> Reply:
        """Post a request."""
        where = urlsplit(server.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        try:
            value = f"Bearer {key}" if self.key == "Authorization" else key
            connection.request("POST", self.path, json.dumps(body), {self.key: value, **headers})
            response = connection.getresponse()
            return Reply(response.status, dict(response.headers), response.read())
        finally:
            connection.close()


CHAT = Speaker("/v1/chat/completions")
RESPONSES = Speaker("/v1/responses")
MESSAGES = Speaker("/v1/messages?beta=true", "x-api-key")
GEMINI = Speaker("/v1beta/models/m:streamGenerateContent?alt=sse", "x-goog-api-key")


def chat(prompt: str = "do it", *results: str, stream: bool = True, **more: Any) -> Json:
    """Say a request of chat completions, with a tool call before each result."""
    messages: list[Json] = [{"role": "user", "content": prompt}]
    for number, result in enumerate(results):
        function = {"name": "write", "arguments": "{}"}
        call = {"id": f"c{number}", "type": "function", "function": function}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{number}", "content": result})
    functions = [{"name": name, "parameters": schema} for name, schema in TOOLS.items()]
    tools = [{"type": "function", "function": function} for function in functions]
    return {"model": "m", "messages": messages, "tools": tools, "stream": stream, **more}


def responses(prompt: str, *results: str, stream: bool) -> Json:
    """Say a request of responses."""
    content = [{"type": "input_text", "text": prompt}]
    items: list[Json] = [{"type": "message", "role": "user", "content": content}]
    for result in results:
        items.append({"type": "function_call", "name": "write", "arguments": "{}", "call_id": "c"})
        items.append({"type": "function_call_output", "call_id": "c", "output": result})
    tools = [{"type": "function", "name": n, "parameters": s} for n, s in TOOLS.items()]
    return {"model": "m", "input": items, "tools": tools, "stream": stream}


def messages(prompt: str, *results: str, stream: bool) -> Json:
    """Say a request of messages."""
    said: list[Json] = [{"role": "user", "content": prompt}]
    for result in results:
        use = {"type": "tool_use", "id": "c", "name": "write", "input": {}}
        said.append({"role": "assistant", "content": [use]})
        told = {"type": "tool_result", "tool_use_id": "c", "content": result}
        said.append({"role": "user", "content": [told]})
    tools = [{"name": name, "input_schema": schema} for name, schema in TOOLS.items()]
    return {"model": "m", "messages": said, "tools": tools, "stream": stream}


def gemini(prompt: str, *results: str, **_stream: bool) -> Json:
    """Say a request of generateContent."""
    said: list[Json] = [{"role": "user", "parts": [{"text": prompt}]}]
    for result in results:
        said.append({"role": "model", "parts": [{"functionCall": {"name": "write", "args": {}}}]})
        told = {"functionResponse": {"name": "write", "response": {"output": result}}}
        said.append({"role": "user", "parts": [told]})
    functions = [{"name": name, "parameters": schema} for name, schema in TOOLS.items()]
    return {"contents": said, "tools": [{"functionDeclarations": functions}]}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("speaker", "body"),
    [(CHAT, chat), (RESPONSES, responses), (MESSAGES, messages), (GEMINI, gemini)],
)
def test_it_edits_by_the_offered_tool(speaker: Speaker, body: Any, *, stream: bool) -> None:
    """In each protocol, streamed or not: it calls the tool, and ends when that has answered."""
    with ModelServer() as server:
        first = speaker.say(server, body("write it", stream=stream))
        second = speaker.say(server, body("write it", "written", stream=stream))
        assert [json.dumps({"output": "written"}), "written"].count(server.results[0]) == 1
    assert (first.status, second.status) == (200, 200)
    assert b"hello.txt" in first.body
    assert b"write" in first.body
    assert b"hello.txt" not in second.body
    assert b"Done:" in second.body


def test_it_plans_in_the_words_of_the_tool() -> None:
    """The items of a plan have what the schema of the agent's tool wants, and nothing else."""
    with ModelServer("plan-edit") as server:
        answer = json.loads(CHAT.say(server, chat(stream=False)).body)
    function = answer["choices"][0]["message"]["tool_calls"][0]["function"]
    assert function["name"] == "todowrite"
    assert json.loads(function["arguments"])["todos"][0] == {
        "content": "Write hello.txt",
        "status": "in_progress",
        "priority": "medium",
    }


def test_it_leaves_out_what_no_tool_can() -> None:
    """Without tools for plans and files it goes on with the next turn, by a command."""
    tool = {"name": "bash", "parameters": _COMMAND}
    with ModelServer("plan-edit") as server:
        body = {**chat(stream=False), "tools": [{"type": "function", "function": tool}]}
        answer = json.loads(CHAT.say(server, body).body)
    arguments = answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments)["command"].endswith("> hello.txt")


def test_a_prompt_names_its_scenario() -> None:
    """The newest prompt that names a scenario decides; results before it do not count."""
    body = chat("scenario: claims", "done")
    body["messages"] += [
        {"role": "user", "content": "scenario: two-files deep/a.txt"},
        {"role": "user", "content": "be quick"},
    ]
    with ModelServer() as server:
        said = CHAT.say(server, body).body
    assert b"deep/a.txt" in said
    assert b"second.txt" in said


def test_a_fault_comes_once_for_each_key() -> None:
    """`once` is once for each key, in whichever session; these have the names that agents say."""
    with ModelServer("rate-limit-after-once") as server:
        asked = [("k1", "s1"), ("k1", "s1"), ("k1", "s2"), ("k2", "s3"), ("k2", "s3")]
        statuses = [
            CHAT.say(server, chat(prompt_cache_key=session), key=key).status
            for key, session in asked
        ]
        CHAT.say(server, chat("d"), **{"session-id": "s4"})
        sessions = [request.session for request in server.requests]
    assert statuses == [429, 200, 200, 429, 200]
    assert sessions == ["s1", "s1", "s2", "s3", "s3", "s4"]


def test_a_second_session_does_not_sleep_again() -> None:
    """Its first session sleeps; another one of the same key goes on with what comes then."""
    with ModelServer("sleep") as server:
        said = [
            CHAT.say(server, chat(prompt_cache_key=session), key=key).body
            for session, key in [("s1", "k1"), ("s1", "k1"), ("s2", "k1"), ("s3", "k2")]
        ]
    assert [b"tail -f" in body for body in said] == [True, True, False, True]
    assert b"hello.txt" in said[2]


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_errors_are_those_of_the_makers(name: str) -> None:
    """Each fault has its status, its JSON body, and Retry-After where that belongs to it."""
    fault = FAULTS[name]
    with ModelServer(name) as server:
        reply = CHAT.say(server, chat())
    assert (reply.status, json.loads(reply.body)) == (fault.status, fault.body)
    assert ("Retry-After" in reply.headers) == (name == "rate-limit-after")


def test_a_dropped_answer_is_cut() -> None:
    """The connection is gone within the answer."""
    with ModelServer("drop") as server, pytest.raises(ConnectionError):
        CHAT.say(server, chat())


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("truncate", b"create", b'finish_reason": "stop'),
        ("nonsense", b"no JSON", b"choices"),
        ("empty", b"[DONE]", b'tool_calls": ['),
        ("html", b"<h1>", b"data:"),
    ],
)
def test_an_answer_goes_wrong(name: str, has: bytes, lacks: bytes) -> None:
    """The status is 200, and the answer is not one."""
    with ModelServer(name) as server:
        reply = CHAT.say(server, chat())
    assert reply.status == 200
    assert has in reply.body
    assert lacks not in reply.body


def test_a_hanging_answer_lasts_until_the_server_ends() -> None:
    """Who waits for it is let go when the server is closed."""
    with ModelServer("hang") as server:
        where = urlsplit(server.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        connection.request("POST", CHAT.path, json.dumps(chat()))
        response = connection.getresponse()
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()


def test_it_counts_for_each_key() -> None:
    """Requests, answers and tokens are counted for the key that they came with."""
    with ModelServer("rate-limit-once") as server:
        for _ in range(3):
            CHAT.say(server, chat(), key="sk-a")
        GEMINI.say(server, gemini("x"), key="sk-b")
        assert server.count("sk-a") == (3, 2, 2400, 68)
        assert server.count("sk-b") == (1, 0, 0, 0)
        assert server.count("sk-c") == (0, 0, 0, 0)


def test_a_title_counts_for_nothing() -> None:
    """A request without tools is answered in a word and uses up no fault."""
    with ModelServer("rate-limit-once") as server:
        title = CHAT.say(server, {**chat(), "tools": []})
        work = CHAT.say(server, chat())
        assert [request.aside for request in server.requests] == [True, False]
    assert (title.status, work.status) == (200, 429)


def test_every_scenario_comes_to_an_end() -> None:
    """However often its tools have answered, each scenario has a reply in good time."""
    with ModelServer() as server:
        for name in set(SCENARIOS) - {"hang", "drop", "waits"}:
            for count in range(4):
                body = chat(f"scenario: {name}", *["ok"] * count, prompt_cache_key=name)
                assert CHAT.say(server, body).body
