"""What an error of an agent, or the reason that it stopped for, means."""

from dataclasses import replace
from typing import Final

from acp.exceptions import RequestError

from wf_tui.workers.agent.causes import Cause, cause_of
from wf_tui.workers.agent.parsers.signs import Trouble
from wf_tui.workers.line.failure_kind import FailureKind

__all__ = ["CUT_OFF", "SILENT", "cause_of_error", "cause_of_notice", "cause_of_stop"]

_AUTH_REQUIRED: Final = -32000
_INVALID_PARAMS: Final = -32602
_HTTP: Final = range(400, 600)
_LONGEST_TEXT: Final = 1000
"""Characters of the agent's last words that are looked at."""
_ERROR_KINDS: Final = {
    "rate_limit": FailureKind.RATE_LIMIT,
    "overloaded": FailureKind.SERVER,
    "server_error": FailureKind.SERVER,
    "authentication_failed": FailureKind.AUTH,
    "oauth_org_not_allowed": FailureKind.AUTH,
    "verification_required": FailureKind.AUTH,
    "cloud_credential_error": FailureKind.AUTH,
    "billing_error": FailureKind.QUOTA,
    "account_on_hold": FailureKind.QUOTA,
    "model_not_found": FailureKind.CONFIG,
    "invalid_request": FailureKind.CONFIG,
    "max_output_tokens": FailureKind.TRUNCATED,
    "no_result": FailureKind.TRUNCATED,
    "incomplete_tool_call": FailureKind.TRUNCATED,
}
"""The words of `data.errorKind`, a convention of adapters that know what their agent has met."""
_STOPS: Final = {
    "max_tokens": Cause(FailureKind.TRUNCATED, "the model's answer was longer than it may be"),
    "max_turn_requests": Cause(FailureKind.BUDGET, "over the agent's own number of requests"),
    "refusal": Cause(FailureKind.TASK, "the model refused to go on"),
    "cancelled": Cause(FailureKind.CANCELLED, "the agent stopped, and nobody had told it to"),
}


SILENT: Final = Cause(FailureKind.TRUNCATED, "it ended its turn without a word and without a tool")
"""So one of six agents ends a turn in which its provider refused to answer."""
CUT_OFF: Final = Cause(FailureKind.TRUNCATED, "its model's last answer was cut off")
_PREFIX: Final = "Internal error: "
"""What stands before the words of the provider, and says nothing."""


def cause_of_error(error: RequestError, now: float, text: str = "") -> Cause:
    """Return what a JSON-RPC error comes from; `now` is in seconds since 1970. Never raises.

    `text` is the agent's last words, which may say more. The words of its provider go before what
    its kind and code say: a used-up plan and a pause of seconds have the same of those.
    """
    data = error.data if isinstance(error.data, dict) else {}
    details = data.get("details") or data.get("message")
    words = [str(error).removeprefix(_PREFIX), details if isinstance(details, str) else ""]
    if text and text.strip() not in words[0]:
        words.append(text[-_LONGEST_TEXT:].strip())
    message = ": ".join(filter(None, words))
    # Some agents answer with the status of their provider in the place of a code.
    status = error.code if error.code in _HTTP else None
    cause = cause_of(Trouble(message, status=status), now)
    named = data.get("errorKind")
    known = _ERROR_KINDS.get(named) if isinstance(named, str) else None
    if error.code == _AUTH_REQUIRED:
        return replace(cause, kind=FailureKind.AUTH)
    if known is not None and cause.kind is not FailureKind.QUOTA:
        return replace(cause, kind=known)
    if cause.kind is FailureKind.UNKNOWN and error.code == _INVALID_PARAMS:
        return replace(cause, kind=FailureKind.CONFIG)
    return cause


def cause_of_notice(notice: str, now: float) -> Cause:
    """Return what the agent's own last words come from, with which it ended its turn."""
    cause = cause_of(Trouble(notice.strip()), now)
    is_known = cause.kind is not FailureKind.UNKNOWN
    return cause if is_known else replace(cause, kind=FailureKind.TRUNCATED)


def cause_of_stop(reason: str) -> Cause | None:
    """Return why a turn that stopped for a reason is no success; None for `end_turn`."""
    if reason == "end_turn":
        return None
    return _STOPS.get(reason) or Cause(FailureKind.UNKNOWN, f"it stopped: {reason}")
