"""The driver's process: started by the shim with a spec, it ends with one verdict on the line."""

import asyncio
import contextlib
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from wf_tui.workers.acp.driver.agent_process import CLOSE_SECONDS, AgentProcess
from wf_tui.workers.acp.driver_spec import DriverSpec
from wf_tui.workers.agent.causes import Cause, cause_of
from wf_tui.workers.agent.parsers.signs import Trouble
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Answer, Cancel, End, PersonMessage, Verdict
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.permission import Ask, PermissionRules

if TYPE_CHECKING:
    from wf_tui.workers.acp.driver.conversation import Conversation

__all__ = ["main"]

LINE: Final = 3
_EXIT_SECONDS: Final = 1.0
"""For how long an agent that has closed its output may take to end, so that its status is known."""
_CANCEL_SHARE: Final = 0.4
"""Of the grace: for how long an agent may take to obey a cancel before it is ended."""
_END_SHARE: Final = 0.1
_NO_PROGRAM: Final = 127


def main() -> None:
    """Be the driver; the one argument is its spec."""
    sys.exit(asyncio.run(Driver(DriverSpec.from_json(sys.argv[1])).run()))


class Driver:
    """Starts one agent, has the conversation with it, and sees to its end."""

    def __init__(self, spec: DriverSpec) -> None:
        self._spec = spec
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Return the exit status: 0 where the agent says that all is well."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        port = await LinePort.open(LINE)
        try:
            agent = AgentProcess(self._spec.argv, self._spec.hidden)
        except OSError as error:
            why = f"cannot start {self._spec.argv[0]}: {error.strerror}"
            port.say(Verdict(ok=False, why=why, kind=FailureKind.CONFIG))
            await port.close()
            return _NO_PROGRAM
        await agent.attach()
        conversation = self._begin(agent, port)
        cause = await self._converse(conversation, agent, port)
        status = await agent.exit_status(0.0)
        patience = CLOSE_SECONDS if cause is None else _END_SHARE * self._spec.grace
        if self._spec.usage_of == "kimi_home":
            await agent.end(patience)  # only then all of it is written
            cause = conversation.read_home(cause)
        port.say(_verdict(conversation, cause, status))
        await conversation.close()
        await agent.end(patience)
        await port.close()
        return 0 if cause is None else 1

    def _begin(self, agent: AgentProcess, port: LinePort) -> "Conversation":
        # Here, when the agent has begun to start: it takes longer than this import does. Of 300
        # models a conversation needs twenty, so each is made when it is first used.
        BaseModel.model_config["defer_build"] = True
        from wf_tui.workers.acp.driver.conversation import Conversation  # noqa: PLC0415 - see above
        from wf_tui.workers.acp.driver.transport import StdioTransport  # noqa: PLC0415 - see above

        spec = self._spec
        rules = PermissionRules(
            str(Path.cwd()), Ask(spec.ask), spec.allow, spec.writes, spec.settings
        )
        return Conversation(spec, rules, StdioTransport(agent, port), port)

    async def _converse(
        self, conversation: "Conversation", agent: AgentProcess, port: LinePort
    ) -> Cause | None:
        """See the conversation to its end, or to a stop; return why it is no success."""
        talking = asyncio.create_task(conversation.run())
        listening = asyncio.create_task(self._listen(port, conversation))
        stopping = asyncio.create_task(self._stop.wait())
        stuck = asyncio.create_task(conversation.stuck.wait())
        await asyncio.wait({talking, stopping, stuck}, return_when=asyncio.FIRST_COMPLETED)
        if talking.done():
            cause = await _cause(talking, agent)
        else:
            cause = Cause(FailureKind.CANCELLED, "it was stopped")
            if not stopping.done():
                cause = Cause(FailureKind.TRUNCATED, conversation.updates.stuck)
            await self._cancel(conversation, talking)
        tasks = {talking, listening, stopping, stuck}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return cause

    async def _listen(self, port: LinePort, conversation: "Conversation") -> None:
        """Take what comes down the line; its end means that nobody is there any more."""
        async for event in port.events():
            match event:
                case Answer() | PersonMessage():
                    conversation.take(event)
                case End():
                    conversation.finish()
                case Cancel():
                    self._stop.set()
        self._stop.set()

    async def _cancel(
        self, conversation: "Conversation", talking: "asyncio.Task[Cause | None]"
    ) -> None:
        """Cancel the turn and give the agent a while to obey; the shim's kill comes later."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_CANCEL_SHARE * self._spec.grace):
                await conversation.cancel()
                await asyncio.wait({talking})


async def _cause(talking: "asyncio.Task[Cause | None]", agent: AgentProcess) -> Cause | None:
    """Return why the conversation is no success; what the agent died of, if it did."""
    try:
        return talking.result()
    except ConnectionError:
        status = await agent.exit_status(_EXIT_SECONDS)
    words = agent.errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
    cause = cause_of(Trouble(words), time.time())
    how = "closed its output" if status is None else f"ended with status {status}"
    return replace(cause, why=f"the agent {how}" + (f": {cause.why}" if words else ""))


def _verdict(conversation: "Conversation", cause: Cause | None, status: int | None) -> Verdict:
    """Return what the attempt came to; whether its tree shows it is the scheduler's to say."""
    usage = conversation.usage
    done = Verdict(
        ok=True,
        session=conversation.session or None,
        usage=None if usage is None else replace(usage, scope="session"),
        tools=conversation.updates.tools,
        denied=conversation.permissions.denied,
        text=conversation.updates.text,
        exit_code=status,
    )
    return done if cause is None else cause.verdict(done)


if __name__ == "__main__":
    main()
