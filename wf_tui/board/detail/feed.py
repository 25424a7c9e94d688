"""Reading for the detail pane: on threads of its own, answered by messages that say for what."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.message import Message

from wf_tui.board.detail.attempts import read_attempts
from wf_tui.board.detail.diff import read_diff
from wf_tui.board.detail.document import Document, Source, Tab
from wf_tui.board.detail.events import read_events
from wf_tui.board.detail.head_facts import read_head
from wf_tui.board.detail.log.reader import LogNews, read_log
from wf_tui.board.detail.prompt import read_prompt
from wf_tui.board.text_view.text_line import safe
from wf_tui.errors import WfError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.widget import Widget

    from wf_tui.board.detail.head_facts import HeadFacts
    from wf_tui.board.detail.log.reader import Cursor

__all__ = ["Answered", "DetailFeed", "Failed", "Ticket"]

_THREADS: Final = 2
"""A second one, so that a read whose answer is no longer wanted does not hold up the next."""
_READERS: Final[Mapping[Tab, Callable[[Source], Document]]] = {
    Tab.DIFF: read_diff,
    Tab.PROMPT: read_prompt,
    Tab.ATTEMPTS: read_attempts,
    Tab.EVENTS: read_events,
}


@dataclass(frozen=True)
class Ticket:
    """What was asked for; an answer to an older generation comes too late.

    The generation tells apart two questions that are otherwise the same, as when a person goes to
    another task and back.
    """

    task: str
    tab: Tab
    generation: int
    epoch: int | None = None


@dataclass
class Answered(Message):
    """A read is done."""

    ticket: Ticket
    answer: Document | LogNews
    facts: HeadFacts | None = None
    """What stands in the head, where that was asked for as well."""
    attempts: Document | None = None
    """What stands below the log, where that was."""


@dataclass
class Failed(Message):
    """A read could not be done, for this reason."""

    ticket: Ticket
    reason: str


class DetailFeed:
    """Reads the ledger, git and logs off the loop.

    Not the loop's own pool: a slow disk must hold up neither the board's feed nor its actions.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, "detail")

    def close(self) -> None:
        """Start nothing more; what runs is short and its answer is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def read(
        self,
        to: Widget,
        ticket: Ticket,
        source: Source,
        cursor: Cursor | None,
        *,
        with_head: bool,
        with_attempts: bool = False,
    ) -> None:
        """Read what the ticket says on a thread, and post the answer to a widget.

        A cursor is only for the log, which is read on from there; every other document is read
        anew. A read that fails is posted, too, and ends the asking like any answer.
        """

        def read() -> Answered:
            facts = read_head(source) if with_head else None
            attempts = _attempts_below(source) if with_attempts else None
            if ticket.tab is Tab.LOG:
                return Answered(ticket, read_log(source, cursor), facts, attempts)
            return Answered(ticket, _READERS[ticket.tab](source), facts, attempts)

        try:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._pool, read)
        except WfError as error:
            to.post_message(Failed(ticket, _one_line(error.message, error.hint)))
        except OSError as error:
            to.post_message(Failed(ticket, _one_line(str(error), "")))
        else:
            to.post_message(answer)


def _attempts_below(source: Source) -> Document | None:
    """Return what stands below the log; what cannot be read must not cost the log itself."""
    with contextlib.suppress(WfError, OSError):
        return read_attempts(source)
    return None


def _one_line(message: str, hint: str) -> str:
    text = f"{message} ({hint})" if hint else message
    # git's messages have several lines, and the place for them has one.
    return safe(" ".join(text.split()))
