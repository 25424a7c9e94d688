"""What a whole stream comes to: events for the line as it runs, and at the end one verdict.

Two of the three proofs that work is done are taken here: the exit status, and the stream's own
terminal event as its last word (RULES 5). The third, the task's own check, is the scheduler's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from wf_tui.workers.agent.causes import Cause, cause_of
from wf_tui.workers.agent.no_progress import NoProgress
from wf_tui.workers.agent.parsers.signs import ModelStep, Parser, Sign, Trouble, TurnEnded
from wf_tui.workers.agent.usage_sum import known_only, usage_sum
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    LineEvent,
    Message,
    Other,
    PlanUpdate,
    Retry,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
    Verdict,
)

__all__ = ["Ending", "Fold"]

_LONGEST_TEXT: Final = 64_000
"""Characters of an answer that the verdict holds, the last ones."""
_LONGEST_REASON: Final = 2000
_CLOSES_LANE: Final = frozenset({FailureKind.AUTH, FailureKind.CONFIG, FailureKind.QUOTA})
_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126


@dataclass(frozen=True)
class Ending:
    """How an agent's process ended."""

    exit_code: int
    """Its exit status; 128 and more than that for a signal."""
    stderr: str = ""
    """The last of what it wrote there."""
    cancelled: bool = False
    """Whether it was asked to stop before its stream had said that it is done."""
    stuck: str = ""
    """Why it was ended for making no progress."""


class Fold:
    """Takes the lines of one agent, and gives back what goes up the line."""

    def __init__(self, parser: Parser, now: Callable[[], float]) -> None:
        self.parser = parser
        self.now = now
        self.session: str | None = None
        self.usage: Usage | None = None
        self.ended: TurnEnded | None = None
        self.text = ""
        self.text_open = False
        """Whether a further piece of a message continues the text."""
        self.started = 0
        self.finished = 0
        self.denied = 0
        self.retries = 0
        self.last_retry = ""
        self.said = ""
        """The last line that was no JSON: agents print some errors so."""
        self.no_progress = NoProgress()

    @property
    def done(self) -> bool:
        """Whether the last word of the stream is that all is well."""
        return self.ended is not None and self.ended.ok

    @property
    def tools(self) -> int:
        """How many tool calls there were."""
        return max(self.started, self.finished)

    @property
    def misses_session(self) -> bool:
        """Whether the session is to be looked for: to resume after a crash, it has to be known."""
        return self.parser.tells_session_late and self.session is None

    @property
    def worked(self) -> bool:
        """Whether the model has said or done anything."""
        return bool(self.text or self.tools)

    @property
    def stuck(self) -> str:
        """Why the agent gets nowhere and is to be ended; "" as long as it may go on."""
        why = self.no_progress.why
        return f"{why}: {self.last_retry}" if why and self.no_progress.retries else why

    def lines(self, lines: list[bytes | None]) -> list[LineEvent]:
        """Return what some lines say; None is one that was too long to be kept."""
        events: list[LineEvent] = []
        for line in lines:
            if line is None:
                events.append(Other("long line", "a line of over 4 MiB was passed over"))
            elif line.strip():
                events += self.events(self.parser.line(line))
        return list(merged(events))

    def find_session(self, environ: Mapping[str, str], since: float) -> list[LineEvent]:
        """Return the session where it can be found before the agent tells it; blocks shortly."""
        session = self.parser.find_session(environ, since)
        return [] if session is None else list(self.events(iter([SessionStarted(session)])))

    def at_end(self, environ: Mapping[str, str], since: float) -> list[LineEvent]:
        """Return what the agent has left elsewhere when it has ended; blocks."""
        return list(self.events(self.parser.at_end(environ, since)))

    def stderr_lines(self, lines: list[bytes | None]) -> list[LineEvent]:
        """Return what some lines of standard error say."""
        texts = [line.decode("utf-8", "replace") for line in lines if line]
        return [event for text in texts for event in self.events(self.parser.stderr(text))]

    def events(self, signs: Iterator[Sign]) -> Iterator[LineEvent]:
        """Iterate over the events among some signs, having taken all of them in."""
        for sign in signs:
            known = known_only(sign) if isinstance(sign, Usage) else sign
            if isinstance(known, Retry):
                known = replace(known, reason=known.reason[:_LONGEST_REASON])
            told = isinstance(sign, SessionStarted) and sign.id == self.session
            self.take(known)
            if not told and not isinstance(known, ModelStep | TurnEnded):
                yield known

    def take(self, sign: Sign) -> None:
        """Take in what a sign means for the verdict."""
        match sign:
            case SessionStarted():
                self.session = sign.id
            case ModelStep():
                self.ended = None
                self.no_progress.step()
            case Message():
                self.message(sign)
            case ToolStart() | ToolEnd() | PlanUpdate():
                self.progress(sign)
            case Usage():
                self.usage = usage_sum(self.usage, sign)
            case Retry():
                self.retry(sign)
            case Other():
                self.other(sign)
            case TurnEnded():
                self.ended = sign
                self.no_progress.turn_ended()
                self.text = sign.text or self.text
            case _:
                pass

    def message(self, message: Message) -> None:
        """Keep the last thing that the model said, which is its answer when it ends."""
        self.ended = None
        self.no_progress.text_came()
        if message.thought or message.role != "assistant":
            return
        before = self.text if message.delta and self.text_open else ""
        self.text = (before + message.text)[-_LONGEST_TEXT:]
        self.text_open = True

    def retry(self, retry: Retry) -> None:
        """Count a retry, and whether there is any hope in it."""
        self.retries += 1
        self.last_retry = retry.reason
        self.no_progress.retry(hopeless=self.judged(retry.reason).kind in _CLOSES_LANE)

    def progress(self, sign: ToolStart | ToolEnd | PlanUpdate) -> None:
        """Note that the agent works: the words before a tool call are no answer."""
        self.ended = None
        self.no_progress.tool_came()
        if isinstance(sign, ToolStart):
            self.started += 1
            self.text, self.text_open = "", False
        elif isinstance(sign, ToolEnd):
            self.finished += 1

    def other(self, other: Other) -> None:
        """Note what an event without a name of its own tells."""
        if other.kind == "denied":
            self.denied += 1
        elif other.kind in {"text", "error"}:
            self.said = other.text

    def verdict(self, ending: Ending) -> Verdict:
        """Return what the attempt came to."""
        cause = self.cause(ending)
        done = Verdict(
            ok=True,
            session=self.session,
            usage=self.usage and replace(self.usage, scope="session"),
            tools=self.tools,
            denied=self.denied,
            retries=self.retries,
            text=self.text[-_LONGEST_TEXT:],
            exit_code=ending.exit_code,
        )
        return done if cause is None else cause.verdict(done)

    def cause(self, ending: Ending) -> Cause | None:
        """Return why the attempt is no success, None where both proofs say that it is one."""
        if ending.cancelled:
            waiting = (
                f"; it waited for its model: {self.last_retry}" if self.no_progress.retries else ""
            )
            return Cause(FailureKind.CANCELLED, f"it was stopped{waiting}")
        if ending.stuck:
            judged = self.judged(self.last_retry if self.no_progress.retries else "")
            kind = FailureKind.TRUNCATED if judged.kind is FailureKind.UNKNOWN else judged.kind
            return replace(judged, kind=kind, why=ending.stuck)
        if self.ended is not None and self.ended.trouble is not None:
            cause = cause_of(self.ended.trouble, self.now())
            if cause.kind is FailureKind.UNKNOWN and ending.stderr:
                return replace(self.judged_elsewhere(last_line(ending.stderr)), why=cause.why)
            return cause
        if ending.exit_code == 0:
            if self.done:
                return None
            why = "it ended with status 0, but its stream does not say that it is done"
            return Cause(FailureKind.TRUNCATED, why)
        return self.failed(ending)

    def failed(self, ending: Ending) -> Cause:
        """Return why an agent ended with a status that is no success and no words in its stream."""
        words = last_line(ending.stderr) or self.said or self.last_retry
        cause = self.judged_elsewhere(words)
        if ending.exit_code in {_NOT_FOUND, _NOT_EXECUTABLE} and not self.worked:
            return replace(cause, kind=FailureKind.CONFIG)
        return replace(cause, why=cause.why or f"exit {ending.exit_code}")

    def judged_elsewhere(self, words: str) -> Cause:
        """Return what some words mean that an agent has not said on its stream.

        What its tools write may stand there, too, and must not stop all others of its lane.
        """
        cause = self.judged(words)
        if self.worked and cause.status is None and cause.kind in _CLOSES_LANE:
            return replace(cause, kind=FailureKind.UNKNOWN)
        return cause

    def judged(self, words: str) -> Cause:
        """Return what some words of an agent mean."""
        return cause_of(Trouble(words), self.now())


def last_line(text: str) -> str:
    """Return the line that tells most of a standard error: the last that speaks of an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    speaking = [line for line in lines if "error" in line.lower()]
    return (speaking or lines or [""])[-1]


def merged(events: list[LineEvent]) -> Iterator[LineEvent]:
    """Iterate over events with pieces of one message put together: a line each costs too much."""
    held: Message | None = None
    for event in events:
        if held and isinstance(event, Message) and event.delta and same_message(held, event):
            held = replace(held, text=held.text + event.text)
            continue
        if held is not None:
            yield held
        held = event if isinstance(event, Message) and event.delta else None
        if held is None:
            yield event
    if held is not None:
        yield held


def same_message(one: Message, other: Message) -> bool:
    """Return whether two pieces belong to the same message."""
    return one.thought == other.thought and one.role == other.role
