"""The line of an attempt's output that tells why it ended as it did, kept with its end (RULES 3.3).

Read once, as the attempt ends and its programs are gone, so that a card shows it when the log is
long gone, and no view has to open files for each of a thousand cards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Cause
from wf_tui.line_that_matters import line_that_matters
from wf_tui.text import clean
from wf_tui.workers.shim import log
from wf_tui.workers.shim.exit_file import read_exit

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.model.rows import Detail
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.scheduler.threads import Threads

__all__ = ["ProofReader"]

_TAIL: Final = 8000
"""Characters at the end of an output that are looked at."""
_AT_ONCE: Final = 500
"""Characters that are looked at on the event loop: it takes a quarter of a millisecond."""
_LONGEST: Final = 200
_GATES: Final[dict[str, str]] = {Cause.GATE: "gate.json", Cause.MERGE_GATE: "merge/gate.json"}


@dataclass
class ProofReader:
    """Adds it to the endings of one attempt; used on the event loop, reads in a thread."""

    threads: Threads
    folder: Path
    """That of the attempt."""
    printed: str | None = None
    """The end of what its command has printed; None for an agent, or where nobody has seen it."""

    async def add(self, ending: Ending, detail: Detail | None = None) -> Ending:
        """Return the ending with its proof; `detail` is what its task is blocked with."""
        if ending.proof:
            return ending
        text = (detail or {}).get("tail")
        if text is None and ending.cause not in _GATES:
            text = self.printed
        if not isinstance(text, str):
            return await self.threads.run(with_proof, ending, self.folder)
        if len(text) > _AT_ONCE:
            return await self.threads.run(proven_by, ending, text)
        return proven_by(ending, text)


def with_proof(ending: Ending, folder: Path) -> Ending:
    """Return the ending with its line that matters, from the `folder` of its attempt; blocks.

    What cannot be read has no proof: the sentence of the end stands in its place.
    """
    return proven_by(ending, _output(ending, folder))


def proven_by(ending: Ending, text: str) -> Ending:
    """Return the ending with the line that matters of an output."""
    line = line_that_matters(clean(text, multiline=True).splitlines())
    return replace(ending, proof=clean(line, limit=_LONGEST))


def _output(ending: Ending, folder: Path) -> str:
    """Return the end of what failed: a gate, or the program; of an agent, what it said."""
    gate = _GATES.get(ending.cause)
    try:
        if gate is None and (folder / log.RAW).exists():
            said = log.tail(folder / log.LOG, _TAIL)
            if said.strip():
                return said
        ended = read_exit(folder / (gate or "exit.json"))
    except OSError:
        return ""
    return ended.tail if ended else ""
