"""One session with an agent: opened, prompted turn by turn, until nobody has more to say."""

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from acp import schema
from acp.connection import Connection
from acp.exceptions import RequestError
from acp.meta import AGENT_METHODS, CLIENT_METHODS, PROTOCOL_VERSION
from acp.utils import serialize_params
from pydantic import BaseModel, ValidationError

from wf_tui.workers.acp.driver.failures import (
    CUT_OFF,
    SILENT,
    cause_of_error,
    cause_of_notice,
    cause_of_stop,
)
from wf_tui.workers.acp.driver.permissions import Permissions
from wf_tui.workers.acp.driver.stray_writes import StrayWriteError, write_in_tree
from wf_tui.workers.acp.driver.transport import StdioTransport
from wf_tui.workers.acp.driver.turn_usage import turn_usage
from wf_tui.workers.acp.driver.updates import Updates
from wf_tui.workers.acp.driver_spec import DriverSpec
from wf_tui.workers.agent.causes import Cause
from wf_tui.workers.agent.homes.kimi_code import read_kimi_home
from wf_tui.workers.agent.usage_sum import usage_sum
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.fields import safe_id
from wf_tui.workers.line.grammar import (
    Answer,
    Heard,
    Other,
    PersonMessage,
    SessionStarted,
    Usage,
)
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.permission import PermissionRules

__all__ = ["Conversation"]

_Reply = TypeVar("_Reply", bound=BaseModel)


class Conversation:
    """The client of one agent; used on the driver's event loop."""

    def __init__(
        self, spec: DriverSpec, rules: PermissionRules, transport: StdioTransport, port: LinePort
    ) -> None:
        self._spec = spec
        self._rules = rules
        self._port = port
        self.updates = Updates(rules.tree)
        self.permissions = Permissions(rules, self.updates, port.say)
        self.stuck = asyncio.Event()
        """Set when the agent gets nowhere and is to be stopped."""
        self.session = ""
        """The agent's own id of it; "" as long as there is none."""
        self.usage: Usage | None = None
        """The sum of all turns; None as long as nothing is known."""
        self._messages: list[PersonMessage] = []
        self._is_last = False
        self._began = time.time()
        self._is_prompted = False
        self._connection = Connection(self._handle, transport)

    async def run(self) -> Cause | None:
        """Open the session and go on until nobody has more to say; None is a success.

        Raises `ConnectionError` when the agent is gone.
        """
        try:
            cause = await self._turn([await self._open()])
            while cause is None and self._messages and not self._is_last:
                messages, self._messages = self._messages, []
                for message in messages:
                    self._port.say(Heard(message.id))
                cause = await self._turn([message.text for message in messages])
        except RequestError as error:
            return cause_of_error(error, time.time(), self.updates.notice or self.updates.text)
        except ValidationError as error:
            reason = error.errors(include_input=False)[0]["msg"]
            return Cause(FailureKind.UNKNOWN, f"what it answers is not the protocol: {reason}")
        return cause

    def take(self, event: Answer | PersonMessage) -> None:
        """Take what a person says: an answer at once, a message for the next turn."""
        if isinstance(event, Answer):
            self.permissions.answer(event)
        else:
            self._messages.append(event)

    def finish(self) -> None:
        """Let the turn that runs be the last one."""
        self._is_last = True

    async def cancel(self) -> None:
        """Cancel the turn; an agent that obeys answers its prompt then."""
        self.permissions.cancel()
        if self._is_prompted:
            params = schema.CancelNotification(session_id=self.session)
            await self._connection.send_notification(
                AGENT_METHODS["session_cancel"], serialize_params(params)
            )

    def read_home(self, cause: Cause | None) -> Cause | None:
        """Read what kimi-code has written and not told; return why it is no success by that."""
        found = read_kimi_home(os.environ.get("KIMI_CODE_HOME", ""), self._began)
        if found.usage is not None:
            self.usage = replace(found.usage, scope="session")
            self._port.say(self.usage)
        return CUT_OFF if cause is None and found.cut_off else cause

    async def close(self) -> None:
        """Let go of the connection; the process is ended by who has started it."""
        await self._connection.close()

    async def _open(self) -> str:
        """Begin or go on with the session, in the right mode; return what it is to be told."""
        # Neither files nor terminals: the agent works on the worktree by itself then.
        hello = schema.InitializeRequest(
            protocol_version=PROTOCOL_VERSION,
            client_capabilities=schema.ClientCapabilities(),
            client_info=schema.Implementation(name="wf", version="1"),
        )
        welcome = await self._request("initialize", hello, schema.InitializeResponse)
        able = welcome.agent_capabilities
        prompt = self._spec.prompt
        if not await self._loaded(can_load=able is not None and able.load_session is True):
            prompt = self._spec.fresh_prompt or prompt
            begin = schema.NewSessionRequest(cwd=self._rules.tree, mcp_servers=[])
            begun = await self._request("session_new", begin, schema.NewSessionResponse)
            self.session = begun.session_id
        self.updates.session = self.session
        # An id that the line does not take could not become an argument later either.
        is_safe = safe_id(self.session) == self.session
        self._port.say(SessionStarted(self.session) if is_safe else Other("session", self.session))
        if self._spec.mode:
            mode = schema.SetSessionModeRequest(session_id=self.session, mode_id=self._spec.mode)
            await self._request("session_set_mode", mode, schema.SetSessionModeResponse)
        return Path(prompt).read_text("utf-8", "replace")  # noqa: ASYNC240 - a small local file

    async def _loaded(self, *, can_load: bool) -> bool:
        """Go on with the session that there was; False: there is none, and a new one is to be.

        An agent that cannot is told all anew, where that text is there.
        """
        wanted = self._spec.session
        if wanted is None:
            return False
        if can_load:
            load = schema.LoadSessionRequest(
                session_id=wanted, cwd=self._rules.tree, mcp_servers=[]
            )
            try:
                await self._request("session_load", load, schema.LoadSessionResponse)
            except RequestError as error:
                is_refused = cause_of_error(error, time.time()).kind is FailureKind.AUTH
                if is_refused or not self._spec.fresh_prompt:
                    raise
            else:
                self.session = wanted
                return True
        self._port.say(Other("note", "it does not know its session any more: a fresh one"))
        return False

    async def _turn(self, texts: list[str]) -> Cause | None:
        """Prompt the agent and wait until it stops."""
        self._is_prompted = True
        self.updates.begin_turn()
        prompt = schema.PromptRequest(
            session_id=self.session,
            prompt=[schema.TextContentBlock(type="text", text=text) for text in texts],
        )
        reply = await self._request("session_prompt", prompt, schema.PromptResponse)
        cause = cause_of_stop(reply.stop_reason)
        usage = turn_usage(reply) if self._spec.usage_of == "turn" else None
        if usage is not None:
            self.usage = usage_sum(self.usage, usage)
            self._port.say(usage)
        if cause is None and self._spec.names_messages and self.updates.notice:
            return cause_of_notice(self.updates.notice, time.time())
        return SILENT if cause is None and self.updates.is_silent else cause

    async def _request(self, method: str, params: BaseModel, reply: type[_Reply]) -> _Reply:
        found = await self._connection.send_request(AGENT_METHODS[method], serialize_params(params))
        return reply.model_validate({} if found is None else found)

    async def _handle(self, method: str, params: Any, is_notification: bool) -> BaseModel | None:  # noqa: FBT001 - the library calls it so
        """Do what the agent asks for; the library calls this in a task for each message."""
        if method == CLIENT_METHODS["session_update"]:
            # What comes before the first prompt is the history of a session that is loaded.
            if self._is_prompted:
                for event in self.updates.read(params):
                    self._port.say(event)
                if self.updates.stuck:
                    self.stuck.set()
            return None
        if method == CLIENT_METHODS["session_request_permission"]:
            return await self.permissions.ask(
                schema.RequestPermissionRequest.model_validate(params)
            )
        if method == CLIENT_METHODS["fs_write_text_file"]:
            return self._write(schema.WriteTextFileRequest.model_validate(params))
        if is_notification:
            return None  # of an extension that is not known, as nobody has to
        raise RequestError.method_not_found(method)

    def _write(self, request: schema.WriteTextFileRequest) -> BaseModel:
        try:
            write_in_tree(request.path, request.content, self._rules)
        except StrayWriteError as error:
            raise RequestError.invalid_params({"details": str(error)}) from error
        self._port.say(Other("write", request.path))
        return schema.WriteTextFileResponse()
