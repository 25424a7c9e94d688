"""A call that looks through many files: in a process of its own, which can be ended.

A tree may have a million files, and a regular expression may take for ever; neither keeps the other
calls waiting.
"""

import contextlib
import os
import resource
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.child import Child
from wf_tui.workers.model.hands.kept_output import KeptOutput
from wf_tui.workers.model.hands.wire import Answer

__all__ = ["MOST_CHARACTERS", "LookCall"]

SECONDS: Final = 30
MOST_CHARACTERS: Final = 60_000
"""Of an answer; about 15,000 tokens."""
_MOST_BYTES: Final = 8 * MOST_CHARACTERS
_MOST_MEMORY: Final = 2 * 1024 * 1024 * 1024
_REFUSED: Final = 3


@dataclass(frozen=True)
class LookCall:
    """A look that is under way."""

    child: Child
    hint: str
    """What to do where it takes too long."""

    @classmethod
    def start(cls, look: Callable[[], str], folder: int, hint: str) -> "LookCall":
        """Call `look` in a fork, and in a folder; its text is the answer."""
        try:
            output = KeptOutput(_MOST_BYTES, 0)
            return cls(Child(lambda: _tell(look), folder, SECONDS, output), hint)
        except OSError as error:
            raise CallError(f"no process can be started: {error.strerror}") from error

    def answer(self) -> Answer:
        """Return what the model is told, once it has ended."""
        child, text = self.child, self.child.kept.text()
        if child.cause == "time":
            return Answer(f"it took longer than {SECONDS} s; {self.hint}", is_error=True)
        if child.cause is not None:
            return Answer("stopped before its end", is_error=True)
        if child.code == 0:
            return Answer(text)
        why = text if child.code == _REFUSED else f"it ended with {child.code}; {self.hint}"
        return Answer(why, is_error=True)


def _tell(look: Callable[[], str]) -> None:
    """Write what a look finds, or why it does not, and end with the status that says which."""
    with contextlib.suppress(OSError, ValueError):  # where the system does not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    # What Python thinks of a pattern would stand in the answer.
    warnings.simplefilter("ignore")
    status = 0
    try:
        text = look()
    except CallError as error:
        text, status = str(error), _REFUSED
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        text, status = f"it could not be done: {type(error).__name__} {error}", _REFUSED
    left = memoryview(text.encode("utf-8", "replace"))
    while left:
        left = left[os.write(1, left) :]
    os._exit(status)
