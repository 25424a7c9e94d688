"""What passes between workers and persons, and what was asked of work, as rows."""

from collections.abc import Mapping

from wf_tui.ledger.model.rows.options import Option, QuestionDetail
from wf_tui.ledger.model.states import MessageState, QuestionState
from wf_tui.plan.choices import GateOn
from wf_tui.values import field, frozen

__all__ = ["AllowanceRow", "GateRow", "MessageRow", "QuestionRow"]


@frozen
class QuestionRow:
    """A worker asks a person."""

    run: str
    task: str
    epoch: int
    id: str
    """As its worker named it; one name in an attempt."""
    ordinal: int
    """Its place among the questions of its task."""
    asked_at: float
    text: str
    kind: str
    """What it is about: the kind of a tool that wants to be allowed, or ""."""
    options: tuple[Option, ...]
    """What to choose from; without any, every text is an answer."""
    state: QuestionState
    expires_at: float | None = None
    """When nobody is waited for any longer; None is never."""
    option: str | None = None
    """The id of the option that was chosen."""
    answer: str | None = None
    """What a person said, in their own words."""
    answered_by: str = ""
    """A person, `timeout`, or `allowance` with its number."""
    delivered_epoch: int | None = None
    """The attempt that has the answer: its own, or a later one in its prompt."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """What it is about, in parts: as `QuestionDetail.fields` has it."""

    @property
    def about(self) -> QuestionDetail:
        """What it is about: the command, the reason, the rule; what it did not say is empty."""
        return QuestionDetail.read(self.detail)

    @property
    def permission(self) -> bool:
        """Whether it asks to be allowed something, rather than to be told."""
        return any(option.allows or option.rejects for option in self.options)

    def once(self, kind: str) -> Option | None:
        """Return its option that allows or rejects this one time."""
        return next((option for option in self.options if option.kind == kind), None)

    @property
    def said(self) -> str:
        """What was answered, as a person reads it."""
        names = (option.name for option in self.options if option.id == self.option)
        return self.answer if self.answer is not None else next(names, self.option or "")


@frozen
class MessageRow:
    """A person writes to the worker of a task."""

    run: str
    id: int
    """Its place among the messages of its run."""
    task: str
    at: float
    actor: str
    text: str
    state: MessageState
    epoch: int | None = None
    """The attempt that has it."""
    delivered_at: float | None = None


@frozen
class AllowanceRow:
    """A person allows something for the rest of the run: to one task, or to a profile."""

    run: str
    id: int
    """Its place among the allowances of its run."""
    task: str | None
    profile: str | None
    """Of both, one is given."""
    tool_kind: str
    text: str
    """Exactly what was asked."""
    actor: str
    at: float
    ended_at: float | None = None


@frozen
class GateRow:
    """A gate was run on the work of an attempt, or on the merge of it."""

    run: str
    task: str
    epoch: int
    ordinal: int
    """Its place among the gates of its attempt."""
    place: GateOn
    head: str | None
    commit_id: str | None
    started_at: float
    exit_code: int | None = None
    """None while it runs, and where it was ended or could not be run."""
    ended_at: float | None = None
