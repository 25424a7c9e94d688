"""Why a model's provider refused, read from what an agent tells of it.

The provider's own code or type is judged before the words around it, and those before the status:
429 means a pause of seconds with one maker and an empty balance with another. What a rule knows is
what the makers document, or what was measured with the agents; none of it is code elsewhere.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from wf_tui.workers.agent.parsers.record import read_record
from wf_tui.workers.agent.parsers.signs import Trouble
from wf_tui.workers.agent.waits import reset_time, wait_seconds
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Verdict

__all__ = ["Cause", "cause_of"]

_LONGEST: Final = 20_000
"""Characters of a message that are searched."""
_LONGEST_WHY: Final = 500

_CODES: Final = {
    # Z.ai says it by numbers: https://docs.z.ai/api-reference/api-code
    **dict.fromkeys(("1113", "1304", "1308", "1309", "1310", "1313"), FailureKind.QUOTA),
    **dict.fromkeys(("1302", "1303", "1305", "1312"), FailureKind.RATE_LIMIT),
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1220"), FailureKind.AUTH),
    **dict.fromkeys(
        (
            "insufficient_quota",
            "exceeded_current_quota_error",
            "billing_error",
            "billing_hard_limit_reached",
            "usage_limit_reached",
            "usage_not_included",
            "insufficient_balance",
        ),
        FailureKind.QUOTA,
    ),
    **dict.fromkeys(
        (
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limit_reached_error",
            "engine_overloaded_error",
            "overloaded_error",
            "slow_down",
        ),
        FailureKind.RATE_LIMIT,
    ),
    **dict.fromkeys(
        ("invalid_api_key", "authentication_error", "authentication_failed", "permission_error"),
        FailureKind.AUTH,
    ),
    **dict.fromkeys(
        ("context_length_exceeded", "model_context_window_exceeded"), FailureKind.CONTEXT
    ),
    **dict.fromkeys(("model_not_found", "not_found_error"), FailureKind.CONFIG),
    **dict.fromkeys(
        ("error_max_turns", "error_max_budget_usd", "error_max_budget"), FailureKind.BUDGET
    ),
    **dict.fromkeys(("server_error", "internal_server_error"), FailureKind.SERVER),
}
_MINIMAX: Final = {
    **dict.fromkeys(("1008", "2056"), FailureKind.QUOTA),
    "1002": FailureKind.RATE_LIMIT,
    **dict.fromkeys(("1000", "1001", "1024", "1033"), FailureKind.SERVER),
    **dict.fromkeys(("1004", "2049"), FailureKind.AUTH),
}
"""The same numbers mean other things in MiniMax' `base_resp`."""
_MINIMAX_CODE: Final = re.compile(r"""base_resp.{0,80}?status_code\W{1,4}(\d{4})""", re.DOTALL)
_CODE: Final = re.compile(
    r"""["']?\b(?:code|type|status)["']?\s*[:=]\s*["']?([A-Za-z0-9_]{3,40})"""
)
_BARE_CODE: Final = re.compile(
    r"\b(?:" + "|".join(sorted(one for one in _CODES if not one.isdecimal())) + r")\b"
)

_WORDS_OF: Final[dict[FailureKind, tuple[str, ...]]] = {
    FailureKind.CONTEXT: (
        r"context.{0,20}(?:length|window|limit)",
        r"maximum context",
        r"(?:prompt|input) (?:is )?too long",
        r"too many (?:input )?tokens",
        r"token count .{0,40}exceeds",
    ),
    FailureKind.BUDGET: (r"max(?:imum)?[ _-](?:turns|budget|session turns)", r"turn limit"),
    FailureKind.QUOTA: (
        r"insufficient.{0,20}(?:balance|quota|credit|funds)",
        r"balance.{0,20}(?:insufficient|not enough|too low)",
        r"exceeded your current quota",
        r"credit balance",
        r"more credits|out of (?:credits|balance|quota)",
        r"billing",
        r"(?:usage|weekly|daily|monthly|5-hour|key|spend|spending) limit",
        r"hit your limit",
        r"account.{0,20}suspended",
        r"membership",
        r"per ?day\b",
    ),
    FailureKind.RATE_LIMIT: (
        r"rate.?limit",
        r"too many requests",
        r"overloaded",
        r"resource.?exhausted",
        r"high concurrency",
        r"requests per (?:minute|second)",
        r"slow down",
        r"at capacity",
    ),
    FailureKind.AUTH: (
        r"api.?key",
        r"unauthori[sz]ed",
        r"forbidden",
        r"auth_error",
        r"authenticat",
        r"invalid (?:token|credentials)",
        r"not logged in",
        r"log ?in again",
        r"please (?:run /)?log ?in",
        r"expired token",
        r"token .{0,20}expired",
    ),
    FailureKind.TRUNCATED: (
        r"(?:finish|stop).?reason",
        r"before response\.completed",
        r"stream (?:ended|closed)",
        r"empty response",
        r"without (?:a )?(?:finish|result)",
        r"premature",
        r"incomplete",
        r"no (?:content|parts)",
        r"malformed",
        r"unexpected end of|in json at position",
        r"invalid (?:json|stream)",
    ),
    FailureKind.CONFIG: (
        r"model.{0,60}(?:not found|does not exist|not supported|not exist)",
        r"no model (?:is )?(?:configured|selected|specified|set)",
        r"unknown (?:model|option|argument|command)",
        r"unexpected argument",
        r"unrecogni[sz]ed",
        r"no such option",
        r"invalid (?:config|value for|choice|option)",
        r"error loading config",
        r"required option",
        r"unsupported (?:value|parameter)",
        r"missing (?:required )?(?:argument|option)",
    ),
    FailureKind.NETWORK: (
        r"econn|\benotfound|eai_again|etimedout|getaddrinfo",
        r"connect(?:ion| error)|disconnect|terminated|unreachable",
        r"network|timed? ?out|socket|fetch failed|\bdns\b|error sending|certificate",
    ),
    FailureKind.SERVER: (
        r"internal (?:server )?error|bad gateway|unavailable|high demand",
        r"server(?: had an?)?.error",
    ),
}
"""What a text speaks of, the first that is found: a narrow meaning stands before a wide one."""
_WORDS: Final = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE)) for kind, patterns in _WORDS_OF.items()
)
_MESSAGE: Final = re.compile(r'\{.{0,200}?"message"\s*:\s*("(?:[^"\\]|\\.){1,500}")', re.DOTALL)
"""The words in a body that is JSON."""
_STATUS_KINDS: Final = {
    400: FailureKind.CONFIG,
    401: FailureKind.AUTH,
    402: FailureKind.QUOTA,
    403: FailureKind.AUTH,
    404: FailureKind.CONFIG,
    408: FailureKind.NETWORK,
    413: FailureKind.CONTEXT,
    429: FailureKind.RATE_LIMIT,
    529: FailureKind.RATE_LIMIT,
}
_STATUS: Final = re.compile(
    r"(?:status|error|code|http(?:/\d(?:\.\d)?)?|rate_limit)\W{0,4}(?:code\W{0,3})?([45]\d\d)\b"
    r"|\b([45]\d\d) (?:unauthorized|payment|forbidden|too many|bad|internal|service|not found"
    r"|gateway|incorrect|invalid|insufficient|rate|\{)"
    r"|^\W*([45]\d\d)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SERVER_ERROR: Final = 500


@dataclass(frozen=True)
class Cause:
    """What went wrong, judged."""

    kind: FailureKind
    why: str
    """One sentence of the agent or its provider, not cleaned for a terminal."""
    status: int | None = None
    retry_after: float | None = None
    """Seconds."""
    reset_at: float | None = None
    """Seconds since 1970."""

    def verdict(self, done: Verdict) -> Verdict:
        """Return the verdict of an attempt that came to no success by this.

        `done` is what it would have been otherwise: all but the reason stays.
        """
        return replace(
            done,
            ok=False,
            why=self.why,
            kind=self.kind,
            status=self.status,
            retry_after=self.retry_after,
            reset_at=self.reset_at,
        )


def cause_of(trouble: Trouble, now: float) -> Cause:
    """Return what a trouble comes from; `now` is in seconds since 1970. Never raises."""
    text = f"{trouble.body}\n{trouble.message}"[:_LONGEST]
    status = trouble.status or status_in(text)
    kind = trouble.kind or kind_of(text, status)
    retry_after = trouble.retry_after
    if retry_after is None:
        retry_after = wait_seconds(text)
    reset_at = trouble.reset_at
    if reset_at is None:
        reset_at = reset_time(text, now)
    if reset_at is None and kind is FailureKind.QUOTA and retry_after is not None:
        reset_at = now + retry_after
    return Cause(kind, sentence(trouble.message)[:_LONGEST_WHY], status, retry_after, reset_at)


def sentence(message: str) -> str:
    """Return what a person wants to read of a message: of a body in it the provider's words."""
    found = _MESSAGE.search(message[:_LONGEST])
    if found is None:
        return message.strip()
    record = read_record('{"message":' + found[1] + "}")
    before = message[: found.start()].partition("{")[0].strip(" :[")
    words = "" if record is None else record.text("message")
    return f"{before}: {words}" if before and words else words or message.strip()


def kind_of(text: str, status: int | None) -> FailureKind:
    """Return the kind of failure that a text and a status speak of."""
    by_code = kind_by_code(text)
    by_words = next((kind for kind, pattern in _WORDS if pattern.search(text)), None)
    if by_code is FailureKind.AUTH and by_words is FailureKind.QUOTA:
        # A balance that is used up is a 403 of type "permission" with some.
        return FailureKind.QUOTA
    if by_code is not None:
        return by_code
    by_status = None if status is None else _STATUS_KINDS.get(status)
    if by_status in {FailureKind.AUTH, FailureKind.RATE_LIMIT, FailureKind.CONFIG}:
        narrower = by_words in {FailureKind.QUOTA, FailureKind.CONTEXT}
        return by_words if narrower and by_words is not None else by_status
    if status is not None and status >= _SERVER_ERROR and by_status is None:
        by_status = FailureKind.SERVER
    return by_status or by_words or FailureKind.UNKNOWN


def kind_by_code(text: str) -> FailureKind | None:
    """Return what the code or type of a provider's body means, None where none is known."""
    if found := _MINIMAX_CODE.search(text):
        return _MINIMAX.get(found[1])
    for found in _CODE.finditer(text):
        kind = _CODES.get(found[1])
        if kind is not None:
            return kind
    bare = _BARE_CODE.search(text)
    return None if bare is None else _CODES[bare[0]]


def status_in(text: str) -> int | None:
    """Return the status of an HTTP answer that a text tells of."""
    found = _STATUS.search(text)
    return None if found is None else int(next(filter(None, found.groups())))
