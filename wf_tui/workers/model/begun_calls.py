"""The calls that hands have begun, as the raw log of their attempt has them.

What the host says goes by way of the scheduler into the history, and what the hands do does not
wait for that. So after the death of a scheduler a call may have been begun of which the history
knows nothing; the hands print each before they do it. Standard library only.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from wf_tui.workers.shim.log import RAW, tail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["BegunCall", "begun_calls", "unknown_to"]

_LOOKED_AT: Final = 1 << 18
"""Characters of the raw log, from its end."""
_PRINTED: Final = 300
"""Characters of the arguments that are printed."""
BegunCall = tuple[str, str]
"""The name of a tool, and the beginning of its arguments as JSON."""


def begun_calls(folder: Path) -> list[BegunCall]:
    """Return the last calls that the hands of an attempt have begun, oldest first. Blocks.

    `folder` is that of the attempt; nothing where there is no raw log that can be read.
    """
    try:
        lines = tail(folder / RAW, _LOOKED_AT).splitlines()
    except OSError:
        return []
    return [call for line in lines if (call := _begun(line)) is not None]


def unknown_to(known: Iterable[tuple[str, object]], begun: Iterable[BegunCall]) -> list[BegunCall]:
    """Return the calls that were begun without those of a history: each by tool and arguments."""
    left = Counter((name, _printed(arguments)) for name, arguments in known)
    unknown = []
    for call in begun:
        if left[call]:
            left[call] -= 1
        else:
            unknown.append(call)
    return unknown


def _begun(line: str) -> BegunCall | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    tool, arguments = said.get("tool"), said.get("args")
    is_call = isinstance(tool, str) and isinstance(arguments, str)
    return (str(tool), str(arguments)) if is_call else None


def _printed(arguments: object) -> str:
    """Return arguments as the hands print them, which get them as an object."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            return str(arguments)
    return json.dumps(arguments)[:_PRINTED]
