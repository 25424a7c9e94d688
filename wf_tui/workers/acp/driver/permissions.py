"""Permissions that the agent asks for: answered by rule, or asked of a person over the line."""

import asyncio
from collections.abc import Callable
from typing import Final

from acp import schema

from wf_tui.workers.acp.driver.tool_calls import KnownCall
from wf_tui.workers.acp.driver.updates import Updates
from wf_tui.workers.line.fields import safe_id
from wf_tui.workers.line.grammar import Answer, LineEvent, Option, Other, Question
from wf_tui.workers.permission import Permission, PermissionRules, ToolRequest, decide

__all__ = ["Permissions"]

MOST_OPEN: Final = 8
MOST: Final = 100
"""Questions that the line takes at a time, and in all; the agent is refused what is beyond."""
_LONGEST_TEXT: Final = 4000
"""Characters that a person is shown; a longer text is asked, and never allowed for good."""
_LONGEST_REASON: Final = 1000
_ABOUT_FILES: Final = frozenset({"read", "edit", "delete", "move"})
_ALLOW: Final = "allow_once"
_REJECT: Final = "reject_once"
_Reply = schema.RequestPermissionResponse


class Permissions:
    """The open requests of one session; used on the driver's event loop."""

    def __init__(
        self, rules: PermissionRules, updates: Updates, say: Callable[[LineEvent], None]
    ) -> None:
        self._rules = rules
        self._updates = updates
        self._say = say
        self._open: dict[str, asyncio.Future[Answer | None]] = {}
        self._asked = 0
        self._is_cancelled = False
        self.denied = 0
        """How many were refused."""

    async def ask(self, request: schema.RequestPermissionRequest) -> _Reply:
        """Answer a request: by rule at once, else when a person has, else when all is cancelled."""
        call = self._updates.calls.learn(request.tool_call)
        for event in self._updates.told(call):
            self._say(event)
        if self._is_cancelled:
            return _cancelled()
        options = request.options
        kinds = [option.kind for option in options]
        is_choice = kinds.count(_ALLOW) != 1
        permission = decide(
            ToolRequest(call.kind, call.command, call.touched, is_choice=is_choice), self._rules
        )
        text = _text(call, is_choice=is_choice)
        if permission.allowed:
            self._say(
                Other("answer", f"wf allows once ({permission.reason}): {text[:_LONGEST_TEXT]}")
            )
            return _selected(_by_kind(options, _ALLOW))
        if len(self._open) >= MOST_OPEN or self._asked >= MOST:
            self._say(Other("answer", f"wf rejects (too many questions): {text[:_LONGEST_TEXT]}"))
            self.denied += 1
            return _selected(_by_kind(options, _REJECT))
        return await self._ask_person(call, text, permission, options)

    async def _ask_person(
        self,
        call: KnownCall,
        text: str,
        permission: Permission,
        options: list[schema.PermissionOption],
    ) -> _Reply:
        self._asked += 1
        number = f"q{self._asked}"
        ids = {_option_id(option, index): option for index, option in enumerate(options, start=1)}
        if not permission.by_rule or len(text) > _LONGEST_TEXT:
            # Without a kind no answer holds for the next one.
            kind, text = None, f"{call.kind} ({permission.reason}): {text}"
        else:
            kind = call.kind
        offered = tuple(Option(id_, one.name[:200] or id_, one.kind) for id_, one in ids.items())
        answered = asyncio.get_running_loop().create_future()
        self._open[number] = answered
        # A person who is to judge a command sees it whole, or is told that it is cut.
        command = call.command if len(text) <= _LONGEST_TEXT else None
        # Many name the call by its command, which says nothing of why.
        names_it = not call.title or (command or call.title) in call.title
        reason = None if names_it else call.title[:_LONGEST_REASON]
        asked = Question(
            number,
            text[:_LONGEST_TEXT],
            kind,
            offered,
            command=command,
            reason=reason,
            rule=permission.reason,
        )
        self._say(asked)
        try:
            answer = await answered
        finally:
            del self._open[number]
        if answer is None:
            return _cancelled()
        chosen = ids.get(answer.option or "") or _by_kind(options, answer.kind or _REJECT)
        if chosen is None or not chosen.kind.startswith("allow"):
            self.denied += 1
        return _selected(chosen)

    def answer(self, answer: Answer) -> None:
        """Take what a person has answered; one to a question that is not open changes nothing."""
        answered = self._open.get(answer.id)
        if answered is not None and not answered.done():
            answered.set_result(answer)

    def cancel(self) -> None:
        """Answer all that is open, and all that comes, with `cancelled`: so the protocol wants."""
        self._is_cancelled = True
        for answered in self._open.values():
            if not answered.done():
                answered.set_result(None)


def _text(call: KnownCall, *, is_choice: bool) -> str:
    """Return exactly what would be allowed, in words that a person can judge."""
    if is_choice:
        return call.description
    if call.command is not None:
        return call.command
    if call.paths and call.kind in _ABOUT_FILES:
        return " ".join((call.kind, *call.paths))
    return call.description or call.kind


def _option_id(option: schema.PermissionOption, index: int) -> str:
    """Return the agent's id; where the line does not take it, one of our own."""
    id_ = option.option_id
    return id_ if safe_id(id_) == id_ else f"option-{index}"


def _by_kind(options: list[schema.PermissionOption], kind: str) -> schema.PermissionOption | None:
    """Return the first option of a kind, for the ids differ from agent to agent."""
    return next((option for option in options if option.kind == kind), None)


def _selected(option: schema.PermissionOption | None) -> _Reply:
    if option is None:
        return _cancelled()
    chosen = schema.AllowedOutcome(outcome="selected", option_id=option.option_id)
    return _Reply(outcome=chosen)


def _cancelled() -> _Reply:
    return _Reply(outcome=schema.DeniedOutcome(outcome="cancelled"))
