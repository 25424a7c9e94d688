"""A command of wf in a process of its own, for what the board must not end halfway.

Each is a session of its own, so that neither the end of the terminal nor Ctrl-C reaches it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Finished", "run_command"]

_LONGEST: Final = 300


@dataclass(frozen=True)
class Finished:
    """What came of it."""

    done: bool
    printed: bytes
    complaint: str
    """What it said besides, in one line that is safe to draw; "" for nothing."""


async def run_command(
    words: Sequence[str], environ: Mapping[str, str], *, stops: bool = False
) -> Finished:
    """Run `wf WORDS` to its end; called on the event loop, which goes on meanwhile.

    Where the caller is cancelled it goes on alone, or with `stops` it is ended, too.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "wf_tui", *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environ),
        start_new_session=True,
    )
    try:
        printed, complaints = await process.communicate()
    except asyncio.CancelledError:
        if stops:
            with suppress(ProcessLookupError):
                process.terminate()
        raise
    lines = complaints.decode(errors="replace").removeprefix("wf: ").split("\n")
    said = " ".join(filter(None, (clean(line).strip() for line in lines)))
    return Finished(process.returncode == 0, printed, clean(said, limit=_LONGEST))
