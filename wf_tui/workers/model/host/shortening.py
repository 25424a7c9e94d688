"""A conversation that no longer fits its model's window: cut, then summarised, then given up."""

from collections.abc import Callable, Sequence
from typing import Final

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, UserPromptPart

from wf_tui.workers.agent.causes import Cause
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import LineEvent, Other
from wf_tui.workers.model.host.maker.failures import AttemptFailed
from wf_tui.workers.model.host.maker.requests import ModelRequests
from wf_tui.workers.model.host.messages import told
from wf_tui.workers.model.host.window import Window, cut_results, split_for_summary, transcript
from wf_tui.workers.model.session_spec import SessionSpec

__all__ = ["Shortening"]

_ENOUGH: Final = 0.75
"""How full the window may be once results were cut; else all of it is summarised, too: each cut
costs what the maker remembers of the conversation."""
_SHARE: Final = 0.5
"""Of the window: how much of the conversation is told when a summary is asked for."""
_UNKNOWN_WINDOW: Final = 32_000
"""Tokens of a window that is not known, where its maker says that it is full."""
_LONGEST_TASK: Final = 40_000
"""Characters of the first prompt that stay as they are."""
_SUMMARISE: Final = """\
You write the notes by which a colleague goes on with a task, whose first part is told below. Write
what was found out, what was decided and why, which files were changed and how, what was tried in
vain, and what is left to be done. Name files, functions and commands exactly. Write no more than a
page, and nothing else."""
_SUMMARY: Final = "Notes of what was done up to here, for the conversation became too long:"


class Shortening:
    """Keeps the conversation of one session within its window."""

    def __init__(
        self, spec: SessionSpec, requests: ModelRequests, say: Callable[[LineEvent], None]
    ) -> None:
        self._window = Window(spec.context_tokens, spec.quirks.max_output_tokens)
        self._requests = requests
        self._say = say
        self.is_summarised = False
        """Whether the last call has put a summary into the place of the beginning."""

    def count(self, messages: Sequence[ModelMessage], response: ModelResponse) -> None:
        """Take note of what the maker has counted: the messages, the answer as the last of them."""
        usage = response.usage
        self._window.count(messages, usage.input_tokens + usage.output_tokens)

    async def fitted(self, messages: list[ModelMessage]) -> list[ModelMessage]:
        """Return the messages as they fit; raises `AttemptFailed` where nothing helps."""
        self.is_summarised = False
        if not self._window.is_over(messages):
            return messages
        shorter = self._cut(messages)
        if self._window.size(shorter) > _ENOUGH * self._window.limit:
            shorter = await self._summarised(shorter)
        if self._window.is_over(shorter):
            raise _too_long()
        return shorter

    async def forced(
        self, messages: list[ModelMessage], refusal: AttemptFailed
    ) -> list[ModelMessage]:
        """Return shorter messages, for the maker says that these do not fit; raises `refusal`."""
        shorter = await self._summarised(self._cut(messages))
        if not self.is_summarised:
            raise refusal
        return shorter

    def _cut(self, messages: list[ModelMessage]) -> list[ModelMessage]:
        shorter = cut_results(messages)
        self._window.forget()
        self._say(Other("note", "the conversation became too long: old results were cut"))
        return shorter

    async def _summarised(self, messages: list[ModelMessage]) -> list[ModelMessage]:
        self.is_summarised = False
        older, later = split_for_summary(messages, self._window)
        if not older:
            return messages
        tokens = self._window.limit or _UNKNOWN_WINDOW
        text = transcript(older, int(tokens * _SHARE * self._window.per_token))
        try:
            response = await self._requests.ask([told(text)], _SUMMARISE, [])
        except AttemptFailed as error:
            if error.cause.kind is FailureKind.CONTEXT:
                raise _too_long() from error
            raise
        if not response.text:
            return messages
        self.is_summarised = True
        self._say(Other("note", f"its beginning was summarised: {response.text}"))
        return [told(f"{_first(older)}\n\n{_SUMMARY}\n{response.text}"), *later]


def _first(messages: Sequence[ModelMessage]) -> str:
    """Return the task, with which the conversation began."""
    for message in messages:
        if isinstance(message, ModelRequest):
            for part in message.parts:
                if isinstance(part, UserPromptPart) and isinstance(part.content, str):
                    return part.content.partition(f"\n\n{_SUMMARY}")[0][:_LONGEST_TASK]
    return ""


def _too_long() -> AttemptFailed:
    return AttemptFailed(
        Cause(FailureKind.CONTEXT, "the conversation no longer fits the model's window")
    )
