"""What the words of agents and their providers mean: first the body, last the status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agent_streams import NOW
from wf_tui.workers.agent.causes import cause_of
from wf_tui.workers.agent.parsers.signs import Trouble
from wf_tui.workers.line.failure_kind import FailureKind

RATE, QUOTA, AUTH = FailureKind.RATE_LIMIT, FailureKind.QUOTA, FailureKind.AUTH


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        # DeepSeek
        (429, '{"error":{"message":"Rate limit reached","type":"rate_limit_error"}}', RATE),
        (402, '{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}', QUOTA),
        (401, '{"error":{"message":"Authentication Fails","type":"authentication_error"}}', AUTH),
        (503, '{"error":{"message":"Server overloaded"}}', FailureKind.SERVER),
        # Z.ai: all of them are 429
        (429, '{"error":{"code":"1302","message":"High concurrency usage of this API"}}', RATE),
        (429, '{"error":{"code":"1305","message":"The model is busy"}}', RATE),
        (429, '{"error":{"code":"1113","message":"Your account is in arrears"}}', QUOTA),
        (429, '{"error":{"code":1304,"message":"Daily call limit"}}', QUOTA),
        (429, '{"error":{"code":"1308","message":"Usage limit reached for 5 hour"}}', QUOTA),
        (429, '{"error":{"code":"1310","message":"Weekly limit exhausted"}}', QUOTA),
        (429, '{"error":{"code":"1309","message":"Your plan has expired"}}', QUOTA),
        (429, '{"error":{"code":"1313","message":"Fair use"}}', QUOTA),
        (401, '{"error":{"code":"1002","message":"Authorization Token illegal"}}', AUTH),
        # Moonshot
        (429, '{"error":{"type":"rate_limit_reached_error","message":"max RPM"}}', RATE),
        (429, '{"error":{"type":"engine_overloaded_error","message":"overloaded"}}', RATE),
        (429, '{"error":{"type":"exceeded_current_quota_error","message":"suspended"}}', QUOTA),
        (403, '{"error":{"message":"Your account balance is insufficient"}}', QUOTA),
        (401, '{"error":{"type":"invalid_authentication_error","message":"Invalid"}}', AUTH),
        # Kimi Code
        (429, '{"error":{"message":"The engine is currently overloaded"}}', RATE),
        (429, '{"error":{"message":"You have reached your usage limit for this period"}}', QUOTA),
        (403, '{"error":{"message":"usage limit for this billing cycle"}}', QUOTA),
        (402, '{"error":{"message":"membership required"}}', QUOTA),
        # MiniMax: its numbers mean other things than Z.ai's
        (200, '{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}', RATE),
        (200, '{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}', QUOTA),
        (200, '{"base_resp":{"status_code":2056,"status_msg":"window"}}', QUOTA),
        (200, '{"base_resp":{"status_code":1004,"status_msg":"login fail"}}', AUTH),
        (200, '{"base_resp":{"status_code":1000,"status_msg":"?"}}', FailureKind.SERVER),
        # A program of one's own that is broken: not a host that is not found
        (None, "FileNotFoundError: no such file: a.txt", FailureKind.UNKNOWN),
        # OpenAI
        (429, '{"error":{"code":"rate_limit_exceeded","message":"try again in 1s"}}', RATE),
        (429, '{"error":{"code":"slow_down","message":"Slow down"}}', RATE),
        (429, '{"error":{"code":"insufficient_quota","message":"exceeded quota"}}', QUOTA),
        (401, '{"error":{"code":"invalid_api_key","message":"Incorrect API key"}}', AUTH),
        (400, '{"error":{"code":"context_length_exceeded"}}', FailureKind.CONTEXT),
        (404, '{"error":{"code":"model_not_found","message":"no"}}', FailureKind.CONFIG),
        # Anthropic
        (429, '{"type":"error","error":{"type":"rate_limit_error","message":"m"}}', RATE),
        (529, '{"type":"error","error":{"type":"overloaded_error","message":"m"}}', RATE),
        (400, '{"error":{"message":"Your credit balance is too low"}}', QUOTA),
        (400, '{"error":{"message":"prompt is too long: 210000 tokens"}}', FailureKind.CONTEXT),
        # OpenRouter and its like
        (402, '{"error":{"code":402,"message":"requires more credits"}}', QUOTA),
        (403, '{"error":{"code":403,"message":"Key limit exceeded (total limit)"}}', QUOTA),
        (429, '{"error":{"code":429,"message":"Provider returned error"}}', RATE),
        (502, '{"error":{"code":502,"message":"Provider is down"}}', FailureKind.SERVER),
        # Google
        (429, '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Resource"}}', RATE),
        (429, '{"error":{"message":"Quota exceeded for GenerateRequestsPerDay"}}', QUOTA),
    ],
)
def test_bodies_of_the_makers(status: int, body: str, kind: FailureKind) -> None:
    """What a maker's body says counts, where 429, 403 or 400 alone would say something else."""
    assert cause_of(Trouble("it failed", status, body), NOW).kind is kind
    assert cause_of(Trouble(f"API Error: {status} {body}"), NOW).kind is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("error: failed to run prompt: provider.rate_limit: 429 Slow", RATE),
        ("provider.auth_error: 401 Incorrect API key provided.", AUTH),
        ("provider.api_error: 402 Insufficient Balance", QUOTA),
        ("provider.connection_error: Connection error.", FailureKind.NETWORK),
        ("exceeded retry limit, last status: 429 Too Many Requests", RATE),
        ("stream closed before response.completed", FailureKind.TRUNCATED),
        ("Model stream ended without a finish reason.", FailureKind.TRUNCATED),
        ("error: unexpected argument '--jsonn' found", FailureKind.CONFIG),
        ("error: unknown option '--output'", FailureKind.CONFIG),
        ("Error loading config.toml: invalid type", FailureKind.CONFIG),
        ("No model configured. Run `kimi` and use /login to sign in.", FailureKind.CONFIG),
        ("Not logged in. Please run /login", AUTH),
        ("connect ECONNREFUSED 127.0.0.1:9", FailureKind.NETWORK),
        ("Request timed out.", FailureKind.NETWORK),
        ("AI_APICallError: The server had an error, sorry.", FailureKind.SERVER),
        ("provider.rate_limit: 429 Your account is out of balance.", QUOTA),
        ("We're currently experiencing high demand", FailureKind.SERVER),
        ("unexpected status 500 Internal Server Error", FailureKind.SERVER),
        ("You've hit your usage limit. Try again in 3 days", QUOTA),
        ("Reached maximum turns (30)", FailureKind.BUDGET),
        ("Segmentation fault", FailureKind.UNKNOWN),
        ("", FailureKind.UNKNOWN),
    ],
)
def test_words_of_the_agents(words: str, kind: FailureKind) -> None:
    """Where there is no body, the words of the agent say what it is."""
    assert cause_of(Trouble(words), NOW).kind is kind


def test_a_wait_comes_along() -> None:
    """A header counts before the words; a quota with a wait is there again at a time."""
    body = '{"error":{"code":"1308","message":"it will reset at 2026-11-28T00:00:00Z"}}'
    assert cause_of(Trouble("m", 429, body), NOW).reset_at == 1_795_824_000
    assert cause_of(Trouble("try again in 9s", 429, retry_after=4.0), NOW).retry_after == 4.0
    usage = cause_of(Trouble("You've hit your usage limit. Try again in 2 hours"), NOW)
    assert (usage.kind, usage.reset_at) == (QUOTA, NOW + 7200)


def test_a_body_is_told_by_its_words() -> None:
    """A person reads the words of a provider, not the JSON that an agent wraps them in."""
    body = '[API Error: {"error":{"message":"Say \\"please\\".","code":"invalid_api_key"}}]'
    assert cause_of(Trouble(body), NOW).why == 'API Error: Say "please".'
    assert cause_of(Trouble('{"message": 7} is no body'), NOW).why == '{"message": 7} is no body'


@given(st.text(), st.none() | st.integers(0, 999), st.text())
def test_no_words_raise(message: str, status: int | None, body: str) -> None:
    """Whatever a provider says is judged, and raises nothing."""
    assert cause_of(Trouble(message, status, body), NOW).kind in FailureKind
