"""What one attempt says, asks and hears: the scheduler's end of its worker's line.

All that comes up the line is a claim of a worker, and nothing in it may raise. It goes to four
places: the signs of life, the transcript, the sums and last words in the ledger, and, of what is
asked, to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.scheduler.session.last_words import NOTHING_SAID, LastWords, tool_text
from wf_tui.workers.line.grammar import (
    Heard,
    Message,
    Other,
    PersonMessage,
    PlanUpdate,
    Result,
    Retry,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
    Verdict,
)
from wf_tui.workers.protocol import Output, Started
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from wf_tui.clock import Clock
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.progress import Progress
    from wf_tui.scheduler.session.transcript import Transcript
    from wf_tui.workers.line.grammar import Answer, LineEvent, Question
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["AttemptSession"]

_LONGEST_TEXT: Final = 1 << 16
"""Characters of the message that is being said that are remembered."""


@dataclass
class AttemptSession:
    """The `Session` of one attempt; used on the event loop alone, by its worker.

    The step `run` makes one, and closes it when the worker has ended. What it writes to the ledger
    is under the fence of the claim; a `LedgerError` of that ends the scheduler, as everywhere.
    """

    active: ActiveClaim
    clock: Clock
    said: Progress[LastWords]
    """Samples its last words and its plan; that of a command samples the end of its log."""
    on_line: bool
    """Whether its worker is heard on the line alone, as agents are."""
    tools_at_end: bool = False
    transcript: Transcript | None = None
    words: LastWords = NOTHING_SAID
    session: str | None = None
    """The id of its agent's own session, once it has told it."""
    tools: int = 0
    """How many tool calls it has begun."""
    text: str = ""
    """The message that it is saying, or has said last."""
    _open_tools: set[str] = field(default_factory=set)

    # -- what a worker calls

    def note(self, event: WorkerEvent) -> None:
        """Take what the shim reports; never waits."""
        vitals = self.active.vitals
        if isinstance(event, Started):
            vitals.on_line, vitals.tools_at_end = self.on_line, self.tools_at_end
            seconds = self.active.claim.task.spec.timeout_secs
            by = self.clock.now() + seconds if seconds else None
            self.active.record.started(event.pid, by)
        vitals.note(event)
        if isinstance(event, Output) and not self.on_line:
            # What it printed is newer than what it said on its line.
            self.words = replace(self.words, text="")
            self.said.output_came()

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line, all but questions; waiting here is the back-pressure."""
        progress = isinstance(event, Message | ToolStart | ToolEnd | PlanUpdate)
        self.active.vitals.heard(progress=progress)
        match event:
            case Message() | ToolStart() | ToolEnd() | PlanUpdate():
                self._take_work(event)
            case SessionStarted():
                await self._take_session(event)
            case Usage():
                await self._take_usage(event)
            case Heard(id=number):
                self._log(EntryKind.NOTE, "heard", {"id": number})
            case Retry() | Result() | Other() | Verdict():
                self._take_rest(event)
        if self.transcript is not None:
            await self.transcript.room()

    async def ask(self, question: Question) -> Answer | None:
        """Ask a person and wait; None where nobody will answer. The claim is kept meanwhile."""
        options = [vars(option) for option in question.options]
        about = {"id": question.id, "kind": question.kind, "options": options}
        self._log(EntryKind.ASK, question.text, about)
        self.active.vitals.heard(progress=True)
        return None

    async def delivered(self, answer: Answer) -> None:
        """Take note that the line took an answer."""
        data = {"id": answer.id, "option": answer.option, "kind": answer.kind}
        self._log(EntryKind.ANSWER, answer.text or "", data)

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Yield what persons write to the task while it runs, without end."""
        nothing: tuple[PersonMessage, ...] = ()
        for message in nothing:
            yield message

    # -- what the step calls

    async def close(self) -> None:
        """Write the last words and the end of the transcript: the worker has ended."""
        self.said.stop()
        if self.on_line and self.words != NOTHING_SAID:
            await self.active.record.progress(self.words.text)
        if self.transcript is not None:
            await self.transcript.close()

    # -- each event

    def _take_work(self, event: Message | ToolStart | ToolEnd | PlanUpdate) -> None:
        """Take what shows that it works: words, a tool, a plan."""
        match event:
            case Message(text=text, delta=delta, thought=thought):
                self._log(EntryKind.THINK if thought else EntryKind.SAY, text, streamed=delta)
                if not thought:
                    self.text = (self.text + text if delta else text)[-_LONGEST_TEXT:]
                    self._say(self.words.saying(self.text))
            case ToolStart():
                self.tools += 1
                self._open_tools.add(event.id)
                data = {"id": event.id, "name": event.name, "kind": event.kind}
                details = {"input": event.input, "paths": list(event.paths)}
                self._log(EntryKind.TOOL, tool_text(event), {**data, **details})
                self._say(self.words.using(tool_text(event)))
            case ToolEnd():
                self._open_tools.discard(event.id)
                data = {"id": event.id, "status": event.status}
                if event.exit_code is not None:
                    data["exit_code"] = str(event.exit_code)
                self._log(EntryKind.TOOL, event.output or "", data)
            case PlanUpdate(items=items):
                listed = [{"text": one.text, "status": one.status} for one in items]
                self._log(EntryKind.PLAN, "", {"items": listed})
                done = sum(one.status == "completed" for one in items)
                self._say(self.words.planned(done, len(items)))
        self.active.vitals.open_tools = len(self._open_tools)

    async def _take_session(self, event: SessionStarted) -> None:
        """Note its session at once: what resumes it after a crash has to know it."""
        if event.id != self.session:
            self.session = event.id
            self._log(EntryKind.NOTE, "", {"session": event.id, "model": event.model})

    async def _take_usage(self, event: Usage) -> None:
        figures = {
            "input": event.input,
            "cached": event.cached,
            "output": event.output,
            "reasoning": event.reasoning,
            "cost_usd": event.cost_usd,
            "scope": event.scope,
        }
        self._log(EntryKind.USAGE, "", figures)

    def _take_rest(self, event: Retry | Result | Other | Verdict) -> None:
        match event:
            case Retry(reason=reason):
                data = {"attempt": event.attempt, "max": event.max, "delay_s": event.delay_s}
                self._log(EntryKind.RETRY, reason, data)
                self._say(self.words.waiting(reason))
            case Result(summary=summary):
                said = {"files": list(event.files), "verdict": event.verdict}
                self._log(EntryKind.NOTE, summary, said)
            case Other(kind=kind, text=text):
                self._log(EntryKind.NOTE, text, {"kind": kind})
            case Verdict(why=why):
                self._log(EntryKind.END, why, {"ok": event.ok, "kind": event.kind})

    def _say(self, words: LastWords) -> None:
        self.words = words
        self.said.output_came()

    def _log(
        self,
        kind: EntryKind,
        text: str,
        data: Mapping[str, object] | None = None,
        *,
        streamed: bool = False,
    ) -> None:
        if self.transcript is not None:
            self.transcript.add(kind, text, data, streamed=streamed)
