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

__all__ = ["ProofReader", "with_proof"]

_TAIL: Final = 8000
"""Characters at the end of an output that are looked at."""
_LONGEST: Final = 200
_GATES: Final[dict[str, str]] = {Cause.GATE: "gate.json", Cause.MERGE_GATE: "merge/gate.json"}


@dataclass(frozen=True)
class ProofReader:
    """Adds it to the endings of one attempt; used on the event loop, reads in a thread."""

    threads: Threads
    folder: Path
    """That of the attempt."""

    async def add(self, ending: Ending, detail: Detail | None = None) -> Ending:
        """Return the ending with its proof; `detail` is what its task is blocked with."""
        return await self.threads.run(with_proof, ending, detail, self.folder)


def with_proof(ending: Ending, detail: Detail | None, folder: Path) -> Ending:
    """Return the ending with its line that matters; blocks, and is called in a thread.

    `folder` is that of the attempt, `detail` what its task is blocked with. What cannot be read has
    no proof: the sentence of the end stands in its place.
    """
    if ending.proof:
        return ending
    tail = (detail or {}).get("tail")
    text = tail if isinstance(tail, str) else _output(ending, folder)
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
