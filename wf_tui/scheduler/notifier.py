"""A person's own command, run for each thing that they are to be notified of (RULES 7).

By the scheduler and nobody else: so it runs without a board, too, and with three of them once. It
gets JSON on its standard input and 10 seconds; what it prints is dropped, and what it fails by is
in the log. Nothing waits for it but the end of the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attention.notices import Notice, NoticeKind
from wf_tui.text import clean
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.run_log import RunLog

__all__ = ["Notifier", "NotifyCommand"]

_SECONDS: Final = 10.0
_TEXT: Final = 400
_TAIL: Final = 200


@frozen
class NotifyCommand:
    """What a person's configuration says of it."""

    words: Sequence[str] = ()
    """A program and its arguments; empty where there is none."""
    with_words: bool = False
    """Whether words of workers, such as their questions, may be told."""
    seconds: float = _SECONDS
    """How long it may take, before it is ended with all that it has started."""


@dataclass
class Notifier:
    """Runs the command of one run's person; used on the event loop, one program at a time."""

    run: str
    repo: str
    """The git directory of the repository, by which a person knows which one it is."""
    command: NotifyCommand
    environ: Mapping[str, str] = field(repr=False)
    writer: Writer
    log: RunLog
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _seq: int = -1

    async def look(self, seq: int, *, last: bool) -> None:
        """Note how far the run has come; called by the loop after each look at the ledger.

        With the `last` one it waits for what is being told, and tells the end.
        """
        if last:
            await self._tell()
        elif seq != self._seq:
            self._seq = seq
            self._news.set()

    async def watch(self) -> None:
        """Tell what comes, for as long as the scheduler runs."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._tell()

    async def _tell(self) -> None:
        """Run the command for each new thing, one after the other; never raises for the command."""
        async with self._turn:
            await self._tell_new()

    async def _tell_new(self) -> None:

        def take(ledger: Ledger) -> tuple[RunRow, list[Notice]]:
            notices = ledger.take_notices(self.run)
            return reads.run_row(ledger.db, self.run), notices

        row, notices = await self.writer.submit(take)
        for notice in notices:
            await self._run_command(json.dumps(self.message(row, notice)).encode())

    def message(self, row: RunRow, notice: Notice) -> dict[str, object]:
        """Return what the command reads: an object of JSON, to which keys are only ever added."""
        task = notice.task
        found: dict[str, object] = {
            "kind": notice.kind.value,
            "repo": self.repo,
            "run": row.id,
            "goal": clean(row.goal, limit=_TEXT),
            "state": notice.state or row.state.value,
            "at": notice.at,
            "task": task.id if task else None,
            "title": clean(task.title, limit=_TEXT) if task else None,
            "needs": task.kind.value if task and task.kind else None,
            "message": clean(_sentence(row, notice), limit=_TEXT),
        }
        if self.command.with_words and task is not None:
            found["text"] = clean(task.note, limit=_TEXT)
        return found

    async def _run_command(self, message: bytes) -> None:
        name = clean(self.command.words[0], limit=_TAIL)
        try:
            program = await asyncio.create_subprocess_exec(
                *self.command.words,
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=PIPE,
                env=dict(self.environ),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self.log.warning("notifications: %s cannot be run: %s", name, error)
            return
        try:
            async with asyncio.timeout(self.command.seconds):
                _, said = await program.communicate(message)
        except TimeoutError:
            self.log.warning("notifications: %s was ended after %g s", name, self.command.seconds)
            return
        finally:
            # Whatever it has left running goes, too: nobody else would ever end that.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(program.pid, signal.SIGKILL)
            await program.wait()
        if program.returncode:
            words = clean(said.decode(errors="replace").strip()[-_TAIL:], limit=_TAIL)
            text = f": {words}" if words else ""
            self.log.warning("notifications: %s ended with %s%s", name, program.returncode, text)


def _sentence(row: RunRow, notice: Notice) -> str:
    """Return it in words; nothing that a worker wrote is in them."""
    match notice.kind:
        case NoticeKind.NEEDS_YOU if notice.task is not None:
            return f"{notice.task.title} needs you: {notice.task.kind}"
        case NoticeKind.STALLED:
            return f"{row.goal}: stalled, nothing can continue before you act"
        case NoticeKind.BUDGET:
            return f"{row.goal}: 80 % of its budget is used"
        case _:
            return f"{row.goal}: {notice.state}"
