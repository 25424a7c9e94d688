"""What errors, stops, last words and numbers of an agent mean."""

from __future__ import annotations

from typing import Any

import pytest
from acp import schema
from acp.exceptions import RequestError

from wf_tui.workers.acp.driver.failures import cause_of_error, cause_of_notice, cause_of_stop
from wf_tui.workers.acp.driver.turn_usage import turn_usage
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Usage


@pytest.mark.parametrize(
    ("code", "message", "data", "kind"),
    [
        (-32000, "Authentication required", None, FailureKind.AUTH),
        (-32000, "Internal error", {"details": "Rate limit reached"}, FailureKind.AUTH),
        (-32603, "Internal error: API Error: 429", {"errorKind": "rate_limit"}, "rate_limit"),
        (-32603, "Internal error", {"errorKind": "overloaded"}, "server"),
        (-32603, "Internal error", {"errorKind": "billing_error"}, "quota"),
        (-32603, "Internal error", {"errorKind": "model_not_found"}, "config"),
        (-32603, "insufficient_quota", {"errorKind": "rate_limit"}, "quota"),
        (-32603, "Internal error", {"details": "Incorrect API key provided"}, "auth"),
        (-32603, "Internal error", {"errorKind": ["odd"]}, "server"),
        (-32603, "Internal error", "text", "server"),
        (-32602, "no such mode", None, "config"),
        (401, "refused", None, "auth"),
        (500, "oh", None, "server"),
    ],
)
def test_errors(code: int, message: str, data: Any, kind: str) -> None:
    """The words of the provider, the adapter's own word for it, and the code, in this order."""
    assert cause_of_error(RequestError(code, message, data), 0.0).kind == kind


def test_an_error_says_more_in_the_last_words() -> None:
    """What the agent said before it failed is looked at, and told."""
    cause = cause_of_error(RequestError(-32603, "Internal error"), 0.0, "429 Too Many Requests")
    assert cause.kind is FailureKind.RATE_LIMIT
    assert cause.why == "Internal error: 429 Too Many Requests"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("max_tokens", "truncated"),
        ("max_turn_requests", "budget"),
        ("refusal", "task"),
        ("cancelled", "cancelled"),
    ],
)
def test_stops(reason: str, kind: str) -> None:
    """Only the end of a turn is no failure."""
    cause = cause_of_stop(reason)
    assert cause is not None
    assert cause.kind == kind
    assert cause_of_stop("end_turn") is None


@pytest.mark.parametrize(
    ("notice", "kind"),
    [
        ("exceeded retry limit, last status: 429 Too Many Requests", "rate_limit"),
        ("stream disconnected before completion: stream closed", "truncated"),
        ("unexpected status 402 Payment Required: Insufficient Balance", "quota"),
        ("something else", "truncated"),
    ],
)
def test_notices(notice: str, kind: str) -> None:
    """An agent that ends a turn with words of its own has failed."""
    assert cause_of_notice(notice, 0.0).kind == kind


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (None, None),
        ({"totalTokens": 9, "inputTokens": 4, "outputTokens": 5}, Usage(4, None, 5, scope="turn")),
        (
            {"totalTokens": 18, "inputTokens": 2, "outputTokens": 5, "cachedReadTokens": 10}
            | {"cachedWriteTokens": 1, "thoughtTokens": 3},
            Usage(13, 10, 5, 3, scope="turn"),
        ),
        (
            {"totalTokens": 17, "inputTokens": 12, "outputTokens": 5, "cachedReadTokens": 10},
            Usage(12, 10, 5, scope="turn"),
        ),
    ],
)
def test_usage(told: dict[str, int] | None, usage: Usage | None) -> None:
    """Cached input counts as input once, whether the agent has it inside or outside."""
    reply = {"stopReason": "end_turn", "usage": told}
    assert turn_usage(schema.PromptResponse.model_validate(reply)) == usage
