"""What a program says over the line: a frozen value for each event.

All of it is a claim of a worker, so each is read strictly from the fields of a JSON object.
Standard library and `values` only, as all that `grammar` needs.
"""

from typing import ClassVar, Final, Self

from wf_tui.values import frozen
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.fields import Fields

__all__ = [
    "TOOL_KINDS",
    "Heard",
    "Message",
    "Option",
    "Other",
    "PlanItem",
    "PlanUpdate",
    "Question",
    "Result",
    "Retry",
    "SessionStarted",
    "ToolEnd",
    "ToolStart",
    "Usage",
    "Verdict",
]

TOOL_KINDS: Final = (
    "read",
    "edit",
    "delete",
    "move",
    "search",
    "execute",
    "think",
    "fetch",
    "other",
)
"""What a tool does, in the words of the Agent Client Protocol."""
PLAN_STATES: Final = ("pending", "in_progress", "completed")
VERDICTS: Final = ("pass", "fail", "unsure")
MOST_ITEMS: Final = 500
"""Items of a plan, files of a result, paths of a tool call; more are left out."""
MOST_OPTIONS: Final = 20
LONGEST_QUESTION: Final = 16_000
"""Characters of what a person is asked, and of a reason; the rest is left out."""
LONGEST_NAME: Final = 1000
"""Characters of a model, an option, a file."""


@frozen
class SessionStarted:
    """The worker has a session, by which a later attempt can go on with it."""

    ev: ClassVar = "session"
    id: str
    model: str | None = None

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say; raises `BadFieldError`, as all of these do."""
        return cls(given.id("id"), given.maybe_text("model", LONGEST_NAME))


@frozen
class Message:
    """Words of the model, or of the program."""

    ev: ClassVar = "message"
    text: str
    role: str = "assistant"
    delta: bool = False
    """Whether it continues the message before it."""
    thought: bool = False
    """Whether the model thinks it rather than says it."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.text("text"),
            given.text("role", "assistant"),
            given.flag("delta"),
            given.flag("thought"),
        )


@frozen
class ToolStart:
    """The model uses a tool; a second one with the id of an open call says more of that call."""

    ev: ClassVar = "tool_start"
    id: str
    name: str
    kind: str = "other"
    """One of `TOOL_KINDS`."""
    input: object = None
    """Its arguments, as JSON has them."""
    paths: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.id("id"),
            given.text("name"),
            given.choice("kind", TOOL_KINDS, "other"),
            given.free("input"),
            given.texts("paths", MOST_ITEMS),
        )


@frozen
class ToolEnd:
    """The tool is through."""

    ev: ClassVar = "tool_end"
    id: str
    status: str = "completed"
    """`completed` or `failed`."""
    output: str | None = None
    exit_code: int | None = None

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.id("id"),
            given.choice("status", ("completed", "failed"), "completed"),
            given.maybe_text("output"),
            given.status("exit_code"),
        )


@frozen
class PlanItem:
    """A step of the plan that the model made for itself."""

    text: str
    status: str = "pending"
    """One of `PLAN_STATES`."""
    priority: str | None = None

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the item that these fields say."""
        return cls(
            given.text("text"),
            given.choice("status", PLAN_STATES, "pending"),
            given.maybe_text("priority"),
        )


@frozen
class PlanUpdate:
    """The whole plan, in the place of the one before."""

    ev: ClassVar = "plan"
    items: tuple[PlanItem, ...] = ()

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(tuple(map(PlanItem.read, given.objects("items", MOST_ITEMS))))


@frozen
class Usage:
    """Tokens and money; None is unknown, which is never 0."""

    ev: ClassVar = "usage"
    input: int | None = None
    """With what was cached."""
    cached: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cost_usd: float | None = None
    scope: str = "step"
    """What it is the sum of: `step` since the last usage, `turn`, or the whole `session`."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.count("input"),
            given.count("cached"),
            given.count("output"),
            given.count("reasoning"),
            given.number("cost_usd"),
            given.choice("scope", ("step", "turn", "session")) if "scope" in given else "step",
        )


@frozen
class Retry:
    """The model did not answer, and is asked again; that is no progress."""

    ev: ClassVar = "retry"
    attempt: int | None = None
    max: int | None = None
    delay_s: float | None = None
    reason: str = ""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.count("attempt"),
            given.count("max"),
            given.number("delay_s"),
            given.text("reason", ""),
        )


@frozen
class Option:
    """An answer that a question offers."""

    id: str
    name: str
    kind: str | None = None
    """What choosing it means, as `allow_once`, `reject_once` of the Agent Client Protocol."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the option that these fields say."""
        id_ = given.id("id")
        name = given.text("name", id_)[:LONGEST_NAME]
        return cls(id_, name, given.maybe_text("kind", LONGEST_NAME))


@frozen
class Question:
    """The worker asks a person, and waits."""

    ev: ClassVar = "question"
    id: str
    """Unique in the attempt."""
    text: str
    kind: str | None = None
    """What it would do if it may, one of `TOOL_KINDS`.

    None for a question of its own, and for what no rule may allow: it is answered for once alone.
    """
    options: tuple[Option, ...] = ()
    command: str | None = None
    """What it would run, to the letter."""
    reason: str | None = None
    """Why, in its own words."""
    rule: str | None = None
    """What keeps it from doing so without a person."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(
            given.id("id"),
            given.text("text")[:LONGEST_QUESTION],
            given.maybe_text("kind", LONGEST_NAME),
            tuple(map(Option.read, given.objects("options", MOST_OPTIONS))),
            given.maybe_text("command", LONGEST_QUESTION),
            given.maybe_text("reason", LONGEST_NAME),
            given.maybe_text("rule", LONGEST_NAME),
        )


@frozen
class Result:
    """What the worker says of its work; it is what dependants are given."""

    ev: ClassVar = "result"
    summary: str = ""
    files: tuple[str, ...] = ()
    verdict: str | None = None
    """One of `VERDICTS`, where it was to judge something."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        verdict = given.choice("verdict", VERDICTS) if "verdict" in given else None
        files = tuple(name[:LONGEST_NAME] for name in given.texts("files", MOST_ITEMS))
        return cls(given.text("summary", ""), files, verdict)


@frozen
class Heard:
    """A message of a person was taken."""

    ev: ClassVar = "heard"
    id: str

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(given.id("id"))


@frozen
class Verdict:
    """How it ended, the last that is said; the first one counts."""

    ev: ClassVar = "verdict"
    ok: bool
    why: str = ""
    """One sentence for a person."""
    kind: FailureKind | None = None
    status: int | None = None
    """The status of the provider's HTTP answer that it failed by."""
    retry_after: float | None = None
    """Seconds."""
    reset_at: float | None = None
    """Seconds since 1970 at which a quota is there again."""
    session: str | None = None
    usage: Usage | None = None
    """That of the whole attempt."""
    tools: int | None = None
    """How many tool calls there were."""
    denied: int | None = None
    retries: int | None = None
    text: str = ""
    """The model's last words."""
    exit_code: int | None = None
    """The exit status of the agent."""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        usage, kind = given.part("usage"), given.maybe_text("kind")
        known = kind in frozenset(FailureKind)
        return cls(
            ok=given.flag("ok", default=None),
            why=given.text("why", "")[:LONGEST_QUESTION],
            kind=None if kind is None else FailureKind(kind) if known else FailureKind.UNKNOWN,
            status=given.count("status"),
            retry_after=given.number("retry_after"),
            reset_at=given.number("reset_at"),
            session=given.maybe_id("session"),
            usage=None if usage is None else Usage.read(usage),
            tools=given.count("tools"),
            denied=given.count("denied"),
            retries=given.count("retries"),
            text=given.text("text", ""),
            exit_code=given.status("exit_code"),
        )


@frozen
class Other:
    """Something else: kept to be shown, and no fault."""

    ev: ClassVar = "other"
    kind: str = ""
    text: str = ""

    @classmethod
    def read(cls, given: Fields) -> Self:
        """Return the event that these fields say."""
        return cls(given.text("kind", ""), given.text("text", ""))
