"""What makers answer when they do not answer: statuses and bodies as they send them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.model_server.conversation import Json

__all__ = ["FAULTS", "Cut", "Fault", "HowCut"]


class HowCut(StrEnum):
    """How an answer that was begun does not come to its end."""

    DROP = "drop"
    """The connection is reset within the answer."""
    TRUNCATE = "truncate"
    """The stream ends in good order, without a reason why the model has stopped."""
    HANG = "hang"
    """Nothing comes after the head, until the client goes or the server is closed."""
    NONSENSE = "nonsense"
    """The pieces of the stream are no JSON."""
    EMPTY = "empty"
    """The answer is whole, and has neither text nor tool."""
    HTML = "html"
    """A page for people, as a proxy or a wrong address sends it, with status 200."""


@dataclass(frozen=True)
class Cut:
    """An answer that goes wrong on its way."""

    how: HowCut


@dataclass(frozen=True)
class Fault:
    """An answer that is an error."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body).encode()


def _openai(kind: str, message: str, code: str | int | None = None) -> Json:
    return {"error": {"message": message, "type": kind, "param": None, "code": code or kind}}


def _minimax(code: int, message: str) -> Json:
    return {"base_resp": {"status_code": code, "status_msg": message}}


_LIMITED = _openai("rate_limit_exceeded", "Rate limit reached for requests. Please slow down.")
_WEEK = "Weekly limit exhausted. Your limit will reset at 2026-12-01 00:00:00"

FAULTS: Final[dict[str, Fault]] = {
    "rate-limit": Fault(429, _LIMITED),
    "rate-limit-after": Fault(429, _LIMITED, {"Retry-After": "1"}),
    "auth-error": Fault(401, _openai("invalid_api_key", "Incorrect API key provided.")),
    "payment": Fault(402, _openai("insufficient_balance", "Insufficient Balance")),
    "error-500": Fault(500, _openai("server_error", "The server had an error, sorry.")),
    "context-length": Fault(
        400,
        _openai("context_length_exceeded", "This model's maximum context length is 8192 tokens."),
    ),
    "quota-openai": Fault(
        429, _openai("insufficient_quota", "You exceeded your current quota, check your plan.")
    ),
    "quota-moonshot": Fault(
        429,
        _openai(
            "exceeded_current_quota_error",
            "Your account is suspended due to insufficient balance, please recharge your account.",
        ),
    ),
    "quota-zai": Fault(429, {"error": {"code": "1310", "message": _WEEK}}),
    "quota-deepseek": Fault(
        402, _openai("unknown_error", "Insufficient Balance", "invalid_request_error")
    ),
    "quota-minimax": Fault(200, _minimax(1008, "insufficient balance")),
    "rate-limit-zai": Fault(429, {"error": {"code": "1302", "message": "High concurrency."}}),
    "rate-limit-moonshot": Fault(
        429, _openai("rate_limit_reached_error", "Max organization RPM: 3")
    ),
    "rate-limit-minimax": Fault(200, _minimax(1002, "rate limit")),
}
"""Each fault by its name. The quotas of MiniMax come with status 200, as it sends them."""
