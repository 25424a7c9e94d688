"""What an error of a maker, of the way to it or of its answer means for the attempt.

The code or type in a body is judged before the status: 429 is a pause of seconds with one maker and
an empty balance with another, and a third says both with status 200.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Final

import openai
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelTimeoutError,
)

from wf_tui.profiles.quirks import Quirks
from wf_tui.workers.agent.causes import Cause, cause_of
from wf_tui.workers.agent.parsers.signs import Trouble
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.model.host.maker.http_client import NoStreamError
from wf_tui.workers.model.host.maker.models import BodyError

__all__ = ["AttemptFailed", "cause_of_error", "cause_of_finish"]

_DEEPEST: Final = 4
_LONGEST_PAUSE: Final = 40 * 86_400.0
_ERROR: Final = 400
_BROKEN_OFF: Final = frozenset({"abort", "aborted", "cancelled", "error", "failed"})
"""Reasons of servers for an answer that they gave up, whatever of it had come."""
_RESET_HEADERS: Final = ("x-ratelimit-reset", "ratelimit-reset")
_SINCE_1970: Final = 1_000_000_000.0
"""Above this a number in such a header is a time, below it seconds."""


class AttemptFailed(Exception):  # noqa: N818 - the end of a conversation, not a fault of the host
    """The conversation has come to an end that is no success."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.why)
        self.cause = cause


def cause_of_error(error: Exception, quirks: Quirks, *, has_begun: bool, now: float) -> Cause:
    """Return what an error of a request comes from; `now` is in seconds since 1970.

    `has_begun`: a part of the answer had come, so it was cut off rather than never given.
    """
    for one in _chain(error):
        if isinstance(one, NoStreamError) and one.is_elsewhere:
            why = f"{one}, which base_url has to name"
            return Cause(FailureKind.CONFIG, why, one.status)
        if isinstance(one, NoStreamError) and one.is_page:
            why = f"{one}: does base_url name the interface of a model?"
            return Cause(FailureKind.CONFIG, why, one.status)
        if isinstance(one, NoStreamError | BodyError):
            return _of_body(_words(_parsed(one.body)) or str(one), one.body, None, {}, quirks, now)
    if isinstance(error, ModelHTTPError):
        # The status of an error within a stream is a guess of the library's.
        status = None if getattr(error, "in_stream", False) else error.status_code
        cause = _of_body(
            _words(error.body) or str(error),
            json.dumps(error.body, default=str),
            status,
            error.headers or {},
            quirks,
            now,
        )
        is_window = isinstance(error, ModelContextWindowExceededError)
        return replace(cause, kind=FailureKind.CONTEXT) if is_window else cause
    if isinstance(error, ModelConnectionError):
        return _of_connection(error, has_begun=has_begun)
    body = next((one.body for one in _chain(error) if isinstance(one, openai.APIError)), None)
    if body is not None:
        return _of_body(
            _words(body) or str(error), json.dumps(body, default=str), None, {}, quirks, now
        )
    if isinstance(error, ModelAPIError):
        return Cause(FailureKind.TRUNCATED, error.message)
    return Cause(FailureKind.TRUNCATED, str(error))


def cause_of_finish(reason: str, quirks: Quirks) -> Cause | None:
    """Return why an answer that ended for a reason of its maker's is no success; None if it is."""
    kind = quirks.finish_reasons.get(reason)
    if kind is None and reason in _BROKEN_OFF:
        kind = FailureKind.SERVER
    return None if kind is None else Cause(FailureKind(kind), f"the model stopped: {reason}")


def _of_connection(error: ModelConnectionError, *, has_begun: bool) -> Cause:
    """Return what it means that the maker was not reached, or is gone in the midst."""
    deepest = list(_chain(error))[-1]
    words = f"{error.message}: {deepest}" if str(deepest) else error.message
    if isinstance(error, ModelTimeoutError):
        return Cause(FailureKind.NETWORK, f"no answer in time ({type(deepest).__name__})")
    if has_begun:
        return Cause(FailureKind.TRUNCATED, words)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return Cause(FailureKind.CONFIG, f"its certificate is not trusted here: {words}")
    return Cause(FailureKind.NETWORK, words)


def _of_body(
    words: str,
    body: str,
    status: int | None,
    headers: Mapping[str, str],
    quirks: Quirks,
    now: float,
) -> Cause:
    """Return what a body means, and a status: by the maker's own words, then by all makers'."""
    kind = next((quirks.codes[code] for code in _codes(_parsed(body)) if code in quirks.codes), "")
    trouble = Trouble(
        words,
        status=status if status is None or status >= _ERROR else None,
        body=body,
        retry_after=_retry_after(headers, now),
        kind=FailureKind(kind) if kind else None,
    )
    cause = cause_of(trouble, now)
    by_status = quirks.statuses.get(str(status))
    if not kind and by_status and cause.kind not in {FailureKind.QUOTA, FailureKind.CONTEXT}:
        cause = replace(cause, kind=FailureKind(by_status))
    if cause.reset_at is None and cause.kind is FailureKind.QUOTA and cause.retry_after:
        cause = replace(cause, reset_at=now + cause.retry_after)
    return cause


def _codes(body: object, depth: int = 0) -> Iterator[str]:
    """Iterate over what a body calls its code, type or status, the innermost first."""
    if not isinstance(body, dict) or depth > _DEEPEST:
        return
    for inner in body.values():
        yield from _codes(inner, depth + 1)
    for name in ("status_code", "code", "type"):
        value = body.get(name)
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            yield str(value)


def _words(body: object) -> str:
    """Return the sentence for people that a body has; "" where it has none."""
    if isinstance(body, str):
        return body.strip()
    if not isinstance(body, dict):
        return ""
    for name in ("message", "status_msg", "msg", "detail", "error", "base_resp"):
        if words := _words(body.get(name)):
            return words
    return ""


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return for how many seconds the headers say to wait."""
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is None and text:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except ValueError:
            seconds = None
    for name in _RESET_HEADERS:
        if seconds is None and (found := _seconds(headers.get(name, ""))) is not None:
            seconds = found - now if found > _SINCE_1970 else found
    return None if seconds is None or seconds > _LONGEST_PAUSE else max(0.0, seconds)


def _seconds(text: str) -> float | None:
    try:
        value = float(text.strip().removesuffix("s"))
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Iterate over an error and what it comes from."""
    one: BaseException | None = error
    for _ in range(10):
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__
