"""What the model wants to do: allowed by rule, or asked of a person over the line."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.line.grammar import Answer, LineEvent, Option, Other, Question
from wf_tui.workers.line.limits import MOST_OPEN, MOST_QUESTIONS
from wf_tui.workers.permission import Permission, PermissionRules, ToolRequest, decide

__all__ = ["Approvals", "Decision"]

ALLOW: Final = "allow_once"
REJECT: Final = "reject_once"
_OPTIONS: Final = (Option(ALLOW, "Allow once", ALLOW), Option(REJECT, "Reject", REJECT))
_LONGEST_TEXT: Final = 4000
"""Characters that a person is shown; a longer text is asked, and never allowed for good."""
_LOOKS: Final = frozenset({"read", "search", "think"})
"""What changes nothing: that it was allowed is not worth a line."""
_REFUSED: Final = "refused: do not try the same in another way"
_UNANSWERED: Final = "refused: nobody answered the question; go on without it"
_TOO_MANY: Final = f"refused: {MOST_QUESTIONS} questions were asked, which is all; do without it"


@dataclass(frozen=True)
class Decision:
    """Whether it may be done; else what the model is told."""

    allowed: bool
    why: str = ""


class Approvals:
    """The open questions of one session; used on the host's event loop."""

    def __init__(self, rules: PermissionRules, say: Callable[[LineEvent], None]) -> None:
        self._rules = rules
        self._say = say
        self._open: dict[str, asyncio.Future[Answer]] = {}
        self._room = asyncio.Semaphore(MOST_OPEN)
        """The line takes so many at a time; the others wait."""
        self._asked = 0
        self.denied = 0
        """How many were refused."""

    async def ask(self, request: ToolRequest, text: str) -> Decision:
        """Decide on a request: by rule at once, else when a person has."""
        permission = decide(request, self._rules)
        if permission.allowed:
            if request.kind not in _LOOKS:
                words = f"wf allows once ({permission.reason}): {text[:_LONGEST_TEXT]}"
                self._say(Other("answer", words))
            return Decision(allowed=True)
        if request.command is None and not permission.by_rule:
            # The hands are confined, too: what a person allowed here would still not be done.
            return self._refuse(f"{permission.reason} is not to be touched: stay in the worktree")
        async with self._room:
            if self._asked >= MOST_QUESTIONS:
                words = f"wf rejects (too many questions): {text[:_LONGEST_TEXT]}"
                self._say(Other("answer", words))
                return self._refuse(_TOO_MANY)
            answer = await self._answer(request, text, permission)
        if answer.option == ALLOW or (answer.option is None and answer.kind == ALLOW):
            return Decision(allowed=True)
        if answer.text:
            return self._refuse(f"refused by a person, who says: {answer.text}")
        is_answered = answer.option is not None or answer.kind is not None
        return self._refuse(_REFUSED if is_answered else _UNANSWERED)

    def answer(self, answer: Answer) -> None:
        """Take what a person has answered; one to a question that is not open changes nothing."""
        answered = self._open.get(answer.id)
        if answered is not None and not answered.done():
            answered.set_result(answer)

    async def _answer(self, request: ToolRequest, text: str, permission: Permission) -> Answer:
        self._asked += 1
        number = f"q{self._asked}"
        kind: str | None = request.kind
        if not permission.by_rule or len(text) > _LONGEST_TEXT:
            # Without a kind no answer holds for the next one.
            kind, text = None, f"{request.kind} ({permission.reason}): {text}"
        if (more := len(text) - _LONGEST_TEXT) > 0:
            text = f"{text[:_LONGEST_TEXT]}\n[{more:,} characters more, which are not shown]"
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[number] = answered
        # A person who is to judge a command sees it whole, or is told that it is cut.
        command = None if more > 0 else request.command
        self._say(Question(number, text, kind, _OPTIONS, command=command, rule=permission.reason))
        try:
            return await answered
        finally:
            del self._open[number]

    def _refuse(self, why: str) -> Decision:
        self.denied += 1
        return Decision(allowed=False, why=why)
