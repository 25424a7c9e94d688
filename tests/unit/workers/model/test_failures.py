"""What goes wrong with a maker, or on the way to it: the kind of the verdict, and what it says."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.support.model_server import responses
from tests.support.model_server.conversation import Answer
from tests.support.model_server.faults import FAULTS
from tests.support.model_session import OpenSession, quirks_of, run_session, spec_at
from tests.support.scripted_maker import HANG, Maker, Raw, call, chat, failed, refused, text
from wf_tui.profiles.quirks import Quirks
from wf_tui.workers.model.host.maker.requests import Pauses
from wf_tui.workers.model.session_spec import SessionSpec

DONE = chat(text("Done."))


async def verdict_of(maker: str, *answers: Raw) -> dict[str, Any]:
    """Return how a session ends with a maker that answers so."""
    async with Maker(*answers) as server:
        quirks = quirks_of(maker) if maker else Quirks()
        session = await run_session(spec_at(server, maker=maker, quirks=quirks))
    return session.said[-1]


@pytest.mark.parametrize(
    ("maker", "fault", "kind", "status"),
    [
        ("openai-compatible", "rate-limit", "rate_limit", 429),
        ("openai-compatible", "auth-error", "auth", 401),
        ("openai-compatible", "payment", "quota", 402),
        ("openai-compatible", "error-500", "server", 500),
        ("openai-compatible", "context-length", "context", 400),
        ("openai", "quota-openai", "quota", 429),
        ("moonshot", "quota-moonshot", "quota", 429),
        ("moonshot", "rate-limit-moonshot", "rate_limit", 429),
        ("zai", "quota-zai", "quota", 429),
        ("zai", "rate-limit-zai", "rate_limit", 429),
        ("deepseek", "quota-deepseek", "quota", 402),
        ("minimax", "quota-minimax", "quota", None),
        ("minimax", "rate-limit-minimax", "rate_limit", None),
    ],
)
async def test_a_refusal_is_of_its_kind(
    maker: str, fault: str, kind: str, status: int | None
) -> None:
    """The code in a body says what an answer means, the status only where that says nothing."""
    verdict = await verdict_of(maker, failed(FAULTS[fault]))
    assert (verdict["ok"], verdict["kind"], verdict["status"]) == (False, kind, status)
    assert verdict["why"]


@pytest.mark.parametrize(
    ("maker", "body", "kind"),
    [
        *(("zai", {"error": {"code": code, "message": "?"}}, "quota") for code in ("1113", "1308")),
        ("zai", {"error": {"code": "1001", "message": "?"}}, "auth"),
        ("zai", {"error": {"code": 1261, "message": "?"}}, "context"),
        ("moonshot", {"error": {"type": "engine_overloaded_error"}}, "rate_limit"),
        ("minimax", {"base_resp": {"status_code": 1004, "status_msg": "?"}}, "auth"),
        ("minimax", {"base_resp": {"status_code": 1000, "status_msg": "?"}}, "server"),
        ("minimax", {"base_resp": {"status_code": 2056, "status_msg": "?"}}, "quota"),
        ("deepseek", {"error": {"message": "slow down"}}, "rate_limit"),
    ],
)
async def test_codes_are_the_makers_own(maker: str, body: dict[str, Any], kind: str) -> None:
    """A number means what its own maker says by it; all of these come with status 429."""
    assert (await verdict_of(maker, refused(429, body)))["kind"] == kind


async def test_an_error_within_a_stream_is_one() -> None:
    """An error that comes with status 200, in the midst of an answer, is judged as any other."""
    begun = chat(text("I"), finish=None).pieces[0]
    for body, maker in [
        (b'{"error": {"code": "insufficient_quota", "message": "No more."}}', "openai-compatible"),
        (b'{"id": "c", "base_resp": {"status_code": 1008, "status_msg": "No more."}}', "minimax"),
    ]:
        verdict = await verdict_of(maker, Raw((begun, b"data: " + body + b"\n\n")))
        assert (verdict["kind"], verdict["why"]) == ("quota", "No more.")


async def test_openais_newer_interface_breaks_off() -> None:
    """A stream without its last event, one that says it failed, an error in it: no successes."""
    stream = responses.stream(Answer("I am"), "m", "1")
    error = {"code": "insufficient_quota", "message": "No more."}
    failed_one = {"id": "r", "object": "response", "created_at": 1, "model": "m", "output": []}
    failed_one |= {"status": "failed", "error": error}
    ends: list[tuple[dict[str, Any], str]] = [
        ({}, "truncated"),
        ({"type": "response.failed", "response": failed_one}, "quota"),
        ({"type": "error", **error}, "quota"),
    ]
    for end, kind in ends:
        piece = f"event: {end.get('type')}\ndata: {json.dumps(end)}\n\n".encode() if end else b""
        verdict = await verdict_of("openai", Raw((*stream.text, piece)))
        assert (verdict["ok"], verdict["kind"]) == (False, kind), verdict


async def test_a_maker_says_how_long_it_wants_to_be_left_alone() -> None:
    """What headers and words say of the wait, and of the end of a quota, is in the verdict."""
    waits = refused(429, {"error": {"message": "slow"}}, Retry_After="120")
    verdict = await verdict_of("deepseek", waits)
    assert (verdict["kind"], verdict["retry_after"]) == ("rate_limit", 120)
    dated = refused(
        429, {"error": {"message": "slow"}}, Retry_After="Fri, 01 Jan 2077 00:00:00 GMT"
    )
    assert (await verdict_of("deepseek", dated))["retry_after"] is None
    verdict = await verdict_of("zai", failed(FAULTS["quota-zai"]))
    china = timezone(timedelta(hours=8))
    assert verdict["reset_at"] == datetime(2026, 12, 1, tzinfo=china).timestamp()


async def test_what_may_help_is_tried_again() -> None:
    """A fault of the maker's own is repeated twice, each told; the model knows nothing of it."""
    broken = refused(500, {"error": {"message": "Sorry."}})
    async with Maker(broken, broken, DONE) as server:
        session = await run_session(spec_at(server))
    verdict = session.said[-1]
    assert (verdict["ok"], verdict["retries"]) == (True, 2)
    assert [(one["attempt"], one["max"], one["reason"]) for one in session.of("retry")] == [
        (1, 2, "Sorry."),
        (2, 2, "Sorry."),
    ]
    assert server.bodies[0] == server.bodies[2]


async def test_what_would_take_long_is_not_waited_for() -> None:
    """A maker that wants minutes is for the scheduler to wait, who knows the others that ask it."""
    asked = refused(429, {"error": {"message": "slow"}}, Retry_After="60")
    async with Maker(asked) as server, OpenSession(spec_at(server), pauses=Pauses()) as session:
        assert (await session.ended())["retry_after"] == 60
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (chat(text("I am"), finish=None), "truncated", "finish_reason"),
        (Raw(chat(text("I am"), finish=None).pieces, whole=False), "truncated", "closed"),
        (Raw((b"data: {this is no JSON\n\n",)), "truncated", "decode"),
        (Raw((b"data: \x00\xff\xfe]\n\n",)), "truncated", "decode"),
        (Raw((b"",)), "truncated", "without content"),
        (refused(200, "<!doctype html><h1>It works!</h1>"), "config", "base_url"),
        (refused(200, {"base_resp": {"status_code": 1000, "status_msg": "Oh."}}), "server", "Oh."),
        (refused(200, {"hello": "world"}), "unknown", "stream"),
        (refused(404, {"error": {"message": "no such model"}}), "config", "no such model"),
        (refused(502, "<html>Bad gateway</html>"), "server", "Bad gateway"),
        (chat(text("I"), finish="content_filter"), "task", "refused"),
        (chat(text("I"), finish="abort"), "server", "abort"),
        (chat(text("I"), finish="error"), "server", "error"),
    ],
)
async def test_a_broken_answer_is_no_success(answer: Raw, kind: str, says: str) -> None:
    """An answer that breaks off, is garbage or is no answer is a failure that says so."""
    verdict = await verdict_of("minimax", answer)
    assert (verdict["ok"], verdict["kind"]) == (False, kind), verdict
    assert says in verdict["why"]


@pytest.mark.parametrize(
    ("limit", "answer", "kind", "says"),
    [
        ("requests._LONGEST", chat(*[text("on and ")] * 20), "task", "no end"),
        ("requests._LONGEST", chat(call("write_file", "x" * 200)), "task", "no end"),
        ("http_client._LONGEST_LINE", Raw((b"data: {" + b"x" * 200, HANG)), "network", "no end"),
        ("http_client._LONGEST_ERROR", Raw((b"Oh" * 100, HANG), 400), "config", "OhOh"),
    ],
)
async def test_what_has_no_end_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, limit: str, answer: Raw, kind: str, says: str
) -> None:
    """An answer, a line of it or an error that goes on for ever does not fill the host's memory."""
    monkeypatch.setattr(f"wf_tui.workers.model.host.maker.{limit}", 100)
    verdict = await verdict_of("openai-compatible", answer)
    assert (verdict["ok"], verdict["kind"]) == (False, kind), verdict
    assert says in verdict["why"]


@pytest.mark.parametrize("content_type", ["application/json", "text/html", "text/plain"])
async def test_a_redirect_takes_the_key_nowhere(content_type: str) -> None:
    """A maker that points elsewhere is misconfigured; nobody else is asked."""
    async with Maker(DONE) as elsewhere:
        moved = {"Location": f"{elsewhere.url}/chat/completions"}
        answer = Raw((b"{}",), 307, content_type, moved)
        verdict = await verdict_of("openai-compatible", answer)
        assert elsewhere.bodies == []
    assert (verdict["ok"], verdict["kind"]) == (False, "config"), verdict
    assert "base_url" in verdict["why"]


@pytest.mark.parametrize(
    ("words", "kind"), [("Your account balance is insufficient", "quota"), ("Not yours.", "auth")]
)
async def test_moonshot_forbids_what_is_not_paid(words: str, kind: str) -> None:
    """Its 403 is an empty balance where it says so, else a key that may not do it."""
    body = {"error": {"type": "permission_denied_error", "message": words}}
    assert (await verdict_of("moonshot", refused(403, body)))["kind"] == kind


async def test_nobody_is_there() -> None:
    """An address where nobody listens, or where no TLS is spoken: the network, tried again."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"no TLS")
        writer.close()

    async with Maker(DONE) as server, await asyncio.start_server(hang_up, "127.0.0.1", 0) as plain:
        tls = f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/v1"
        for url in (f"http://127.0.0.1:{port}/v1", tls):
            session = await run_session(spec_at(server, base_url=url))
            verdict = session.said[-1]
            assert (verdict["kind"], verdict["retries"]) == ("network", 2), url
            assert verdict["why"]


async def test_a_maker_that_says_nothing_is_not_waited_for() -> None:
    """Nothing comes within the time there is: that is the network's fault, and tried again."""
    async with (
        Maker(Raw((HANG,))) as server,
        OpenSession(spec_at(server), silence=0.05) as session,
    ):
        verdict = await session.ended()
    assert (verdict["kind"], verdict["retries"]) == ("network", 2)
    assert "no answer in time" in verdict["why"]


@pytest.mark.parametrize("url", ["http://a..b/v1", f"http://{'x' * 70}.invalid/v1", "nonsense", ""])
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    """An address that can be none is found before anything is asked."""
    with pytest.raises(ValueError, match="base_url is no address"):
        await run_session(SessionSpec("s1", "m", url, "Go."))


async def test_a_proxy_is_for_what_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A maker is asked through the proxy of the environment, a server on this machine is not."""
    async with Maker(DONE) as proxy, Maker(DONE) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        assert (await run_session(spec_at(server))).said[-1]["ok"]
        assert proxy.paths == []
        away = await run_session(spec_at(server, base_url="http://maker.example/v1"))
    assert away.said[-1]["ok"]
    assert proxy.paths == ["http://maker.example/v1/chat/completions"]
