"""One attempt: the line, the hands and the conversation between them, up to the verdict."""

import asyncio
import logging
from dataclasses import replace

import httpx2

from wf_tui.workers.agent.causes import Cause
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    Answer,
    Cancel,
    End,
    PersonMessage,
    SessionStarted,
    Verdict,
)
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.approvals import Approvals
from wf_tui.workers.model.host.conversation import Conversation
from wf_tui.workers.model.host.hands_port import HandsGoneError, HandsPort
from wf_tui.workers.model.host.maker.failures import AttemptFailed
from wf_tui.workers.model.host.maker.models import open_model
from wf_tui.workers.model.host.maker.requests import ModelRequests, Pauses
from wf_tui.workers.model.host.tool_calls import ToolCalls
from wf_tui.workers.model.session_spec import SessionSpec
from wf_tui.workers.permission import Ask, PermissionRules

__all__ = ["Session"]

_log = logging.getLogger(__name__)
_CANCELLED = Cause(FailureKind.CANCELLED, "it was stopped")
_HANDS_GONE = Cause(FailureKind.TRANSPORT, str(HandsGoneError()))


class Session:
    """Sees one conversation through; nothing that happens in it is felt by another."""

    def __init__(
        self,
        spec: SessionSpec,
        port: LinePort,
        hands: HandsPort,
        http: httpx2.AsyncClient,
        pauses: Pauses,
    ) -> None:
        history, spec = spec.history, replace(spec, history=())
        self._spec = spec
        self._port = port
        self._hands = hands
        rules = PermissionRules(spec.tree, Ask(spec.ask), spec.allow, spec.writes)
        self._approvals = Approvals(rules, port.say)
        self._tools = ToolCalls(hands, self._approvals, port.say, writes=spec.writes)
        self._requests = ModelRequests(spec, open_model(spec, http), port, pauses)
        self._conversation = Conversation(spec, history, port, self._requests, self._tools)
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Have the conversation, and say how it ended, whatever happens; never raises.

        Cancelled where the host ends: then nobody is told anything.
        """
        self._port.say(SessionStarted(self._spec.id, self._spec.model))
        status = 1
        try:
            cause = await self._cause()
            self._port.say(self._verdict(cause))
            status = 0 if cause is None else 1
        finally:
            # The verdict first: with the hands the attempt ends.
            await self._port.close()
            await self._hands.close(status)

    async def _cause(self) -> Cause | None:
        """Return why the conversation is no success; None if it is one."""
        talking = asyncio.create_task(self._conversation.run())
        others = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._stop.wait()),
            asyncio.create_task(self._hands.gone.wait()),
        ]
        try:
            await asyncio.wait([talking, *others[1:]], return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                return _cause_of(talking)
            return _CANCELLED if self._stop.is_set() else _HANDS_GONE
        finally:
            for task in (talking, *others):
                task.cancel()
            await asyncio.wait([talking, *others])

    async def _listen(self) -> None:
        """Take what comes down the line; its end means that nobody is there any more."""
        async for event in self._port.events():
            match event:
                case Answer():
                    self._approvals.answer(event)
                case PersonMessage():
                    self._conversation.take(event)
                case End():
                    self._conversation.finish()
                case Cancel():
                    self._stop.set()
        self._stop.set()

    def _verdict(self, cause: Cause | None) -> Verdict:
        usage = self._requests.usage
        done = Verdict(
            ok=True,
            session=self._spec.id,
            usage=None if usage is None else replace(usage, scope="session"),
            tools=self._tools.count,
            denied=self._approvals.denied,
            retries=self._requests.retries,
            text=self._conversation.text,
        )
        return done if cause is None else cause.verdict(done)


def _cause_of(talking: asyncio.Task[None]) -> Cause | None:
    """Return what a conversation that has ended came to."""
    if talking.cancelled():
        return Cause(FailureKind.UNKNOWN, "internal error: the conversation was given up")
    error = talking.exception()
    if isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if error is None:
        return None
    if isinstance(error, AttemptFailed):
        return error.cause
    if isinstance(error, HandsGoneError):
        return _HANDS_GONE
    _log.error("a conversation failed", exc_info=error)
    return Cause(FailureKind.UNKNOWN, f"internal error: {type(error).__name__}: {error}"[:500])
