"""What one attempt says, asks and hears: the scheduler's end of its worker's line.

All that comes up the line is a claim of a worker, and nothing in it may raise. It goes to four
places: the signs of life, the transcript, the sums and last words in the ledger, and, of what is
asked, to a person.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.fault_injection import Point
from wf_tui.ledger.model.states import Cause, Outcome
from wf_tui.ledger.model.usage import NO_USAGE, WITHOUT_FIGURES
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.scheduler.session.last_words import NOTHING_SAID, LastWords, tool_text
from wf_tui.scheduler.session.usage_meter import over_limits
from wf_tui.workers.line.grammar import (
    Answer,
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
    from collections.abc import AsyncIterator, Callable, Mapping

    from wf_tui.clock import Clock
    from wf_tui.profiles.resolved import Limits
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.progress import Progress
    from wf_tui.scheduler.lanes.run_lanes import RunLanes
    from wf_tui.scheduler.session.questions import Questions
    from wf_tui.scheduler.session.transcript import Transcript
    from wf_tui.scheduler.session.usage_meter import UsageMeter
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.line.grammar import LineEvent, Question
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["AttemptSession"]

_LONGEST_WHY: Final = 400
_WORK: Final = (Message, ToolStart, ToolEnd, PlanUpdate)
"""What shows that it works."""
_MOST_OPEN_TOOLS: Final = 1000
"""Tool calls that are remembered as open: a program may begin them without an end."""
_LOOK_AGAIN: Final = 0.1
"""Seconds until the time that it has worked is looked at again, while a person is asked."""
_LONGEST_TEXT: Final = 1000
"""Characters of the message that is being said that are remembered, to show its last line."""


@dataclass
class AttemptSession:
    """The `Session` of one attempt; used on the event loop alone, by its worker.

    The step `run` makes one, and closes it when the worker has ended. What it writes to the ledger
    is under the fence of the claim; a `LedgerError` of that ends the scheduler, as everywhere.
    """

    active: ActiveClaim
    clock: Clock
    questions: Questions
    meter: UsageMeter
    threads: Threads
    limits: Limits
    """What the attempt may use; what its task may use besides, the ledger knows."""
    said: Progress[LastWords]
    """Samples its last words and its plan; that of a command samples the end of its log."""
    redact: Callable[[str], str]
    """Takes the secrets of the attempt out of what persons write."""
    lanes: RunLanes | None
    """Takes what is used of a lane; None for one that nobody limits."""
    on_line: bool
    """Whether its worker is heard on the line alone, as agents are."""
    tools_at_end: bool = False
    transcript: Transcript | None = None
    history: Callable[[str], None] | None = None
    """Keeps an entry of its conversation, and blocks; None for one that keeps its own."""
    session: str | None = None
    """The id of its agent's own session, once it has told it."""
    tools: int = 0
    """How many tool calls it has begun."""
    text: str = ""
    """The message that it is saying, or has said last."""
    _began: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the shim has told that the program runs, which the line may be ahead of."""
    _timer: asyncio.TimerHandle | None = None
    """Ends the attempt when it has worked for as long as it may."""
    _words: LastWords = NOTHING_SAID
    _spoken: bool = False
    """Whether there is a text that `_words` do not have yet."""
    _open_tools: set[str] = field(default_factory=set)

    @property
    def words(self) -> LastWords:
        """What it said or did last; a stream of words is looked at only when somebody asks."""
        if self._spoken:
            self._words, self._spoken = self._words.saying(self.text), False
        return self._words

    # -- what a worker calls

    def note(self, event: WorkerEvent) -> None:
        """Take what the shim reports; never waits."""
        vitals = self.active.vitals
        if isinstance(event, Started):
            vitals.on_line, vitals.tools_at_end = self.on_line, self.tools_at_end
            seconds = self.active.claim.task.spec.timeout_secs
            by = self.clock.now() + seconds if seconds else None
            self.active.record.started(event.pid, by, self.active.snapshot)
            self._began.set()
            self._end_in_time(self.active.vitals.clock.monotonic())
        vitals.note(event)
        if isinstance(event, Output) and not self.on_line:
            # What it printed is newer than what it said on its line.
            self._words = replace(self.words, text="")
            self.said.output_came()

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line, all but questions; waiting here is the back-pressure."""
        progress = isinstance(event, _WORK)
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
                await self.questions.heard(number)
            case Verdict():
                await self._take_verdict(event)
            case Other(kind="history", text=entry) if self.history is not None:
                await self._keep(self.history, entry)
            case Retry() | Result() | Other():
                self._take_rest(event)
        if self.transcript is not None:
            await self.transcript.room()

    async def ask(self, question: Question) -> Answer | None:
        """Ask a person and wait; None where nobody will answer. The claim is kept meanwhile."""
        options = [vars(option) for option in question.options]
        about = {"id": question.id, "kind": question.kind, "options": options}
        self._log(EntryKind.ASK, question.text, about)
        self.active.vitals.heard(progress=True)
        # A task that asks cannot be brought to its step `running` any more.
        await self._began.wait()
        answer = await self.questions.ask(question)
        # Before it goes down: what the program says because of it stands behind it.
        given = answer or Answer(question.id)
        data = {"id": given.id, "option": given.option, "kind": given.kind}
        self._log(EntryKind.ANSWER, self.redact(given.text or ""), data)
        return answer

    async def delivered(self, answer: Answer) -> None:
        """Take note that the line took an answer; one without a word was nobody's."""
        if answer.option is not None or answer.text is not None:
            await self.active.record.delivered(answer.id)

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Yield what persons write to the task while it runs, without end."""
        while True:
            message = await self.questions.message()
            about = {"id": message.id, "by": message.by}
            self._log(EntryKind.MESSAGE, self.redact(message.text), about)
            yield message

    def _end_in_time(self, since: float) -> None:
        """Stop the attempt when it has worked for as long as it may, or look again then."""
        most = self.limits.max_seconds
        if most is None:
            return
        left = most - self.active.vitals.worked(since)
        if left <= 0:
            self._stop_over(f"worked for {most:g} of {most:g} seconds")
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(left, _LOOK_AGAIN), self._end_in_time, since)

    # -- what the step calls

    async def close(self) -> None:
        """Write the last words and the end of the transcript: the worker has ended."""
        self.said.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self.on_line and self.words != NOTHING_SAID:
            await self.active.record.said(self.words, self.tools)
        silent = self.on_line and self._began.is_set() and self.meter.total == NO_USAGE
        if silent and self.lanes is not None:
            # The ledger counts it in its own sums, as it closes the attempt.
            self.lanes.spent(self.active.claim.lane, WITHOUT_FIGURES)
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
                    self._spoken = True
                    self.said.output_came()
            case ToolStart():
                if event.id not in self._open_tools:  # else more is told of the same call
                    self.tools += 1
                    self._stop_over(over_limits(self.meter.total, self.tools, self.limits))
                    if len(self._open_tools) < _MOST_OPEN_TOOLS:
                        self._open_tools.add(event.id)
                data = {"id": event.id, "name": event.name, "kind": event.kind}
                details = {"input": event.input, "paths": list(event.paths)}
                self._log(EntryKind.TOOL, tool_text(event), {**data, **details})
                self._say(self.words.using(tool_text(event), self.tools))
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
            self.meter.model = event.model or self.meter.model
            preset = self.meter.profile.preset if self.meter.profile else None
            await self.active.record.session_started(event.id, event.model, preset or None)

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
        self._stop_over(await self._add_usage(event))

    async def _add_usage(self, said: Usage) -> str:
        """Add what was used to the sums; return which limit is used up by it, "" for none."""
        # In a thread: the first price that is looked up reads a table, for 0.2 s.
        step = await self.threads.run(self.meter.step, said)
        if step == NO_USAGE:
            return ""
        if self.lanes is not None:
            self.lanes.spent(self.active.claim.lane, step)
        over = await self.active.record.used(step)
        return over or over_limits(self.meter.total, self.tools, self.limits)

    def _stop_over(self, over: str) -> None:
        if over:
            self.active.stop(Ending(Outcome.FAILED, Cause.BUDGET, f"over its budget: {over}"))

    async def _take_verdict(self, event: Verdict) -> None:
        """Keep the last word of its program; what it used in all is told with it, at the latest."""
        self._log(EntryKind.END, event.why, {"ok": event.ok, "kind": event.kind})
        self.tools = max(self.tools, event.tools or 0)
        if event.usage is not None:
            # It is through: whatever limit it has reached by that, its work is judged.
            await self._add_usage(replace(event.usage, scope="session"))
        await self.active.record.verdict(verdict_fields(event))

    async def _keep(self, history: Callable[[str], None], entry: str) -> None:
        """Keep an entry before anything behind it is taken: a crash loses the last one at most."""
        try:
            await self.threads.run(history, entry)
        except OSError as error:
            self.active.log.warning("the history of an attempt is not complete: %s", error.strerror)
        await self.threads.reach(Point.RUN_KEPT)

    def _take_rest(self, event: Retry | Result | Other) -> None:
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

    def _say(self, words: LastWords) -> None:
        self._words = words
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


def verdict_fields(verdict: Verdict) -> dict[str, object]:
    """Return what is kept of a verdict, as JSON has it; its words are the result of the task."""
    known = {
        "ok": verdict.ok,
        "why": verdict.why[:_LONGEST_WHY] or None,
        "kind": verdict.kind,
        "status": verdict.status,
        "retry_after": verdict.retry_after,
        "reset_at": verdict.reset_at,
        "tools": verdict.tools,
        "denied": verdict.denied,
        "retries": verdict.retries,
        "exit_code": verdict.exit_code,
    }
    return {name: value for name, value in known.items() if value is not None}
