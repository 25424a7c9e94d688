"""When the ledger cannot be written: waiting until it can, and for how long that has been so."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.errors import LedgerWaitError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WriteRetry"]

_Answer = TypeVar("_Answer")
_SHORTEST: Final = 0.1
_LONGEST: Final = 1.0
_log = logging.getLogger(__name__)


@dataclass
class WriteRetry:
    """When nothing could be written, and for how long that is borne.

    The writer has one for its whole life. `retry` and `over` belong to its thread; `limit` is
    called by another one, and the two times are read by any. Seconds of a clock that nobody sets.
    """

    why: str = ""
    """Why nothing can be written now."""
    _began: float = 0.0
    _total: float = 0.0
    _most: float = math.inf
    _since: float = 0.0
    _hurried: threading.Event = field(default_factory=threading.Event)

    @property
    def lasts(self) -> float:
        """For how many seconds the present one has lasted."""
        return time.monotonic() - self._began if self.why else 0.0

    @property
    def seconds(self) -> float:
        """How many seconds all have taken."""
        return self._total + self.lasts

    def limit(self, seconds: float) -> None:
        """Bear one no longer than this, beginning now."""
        self._most, self._since = seconds, time.monotonic()
        self._hurried.set()

    def retry(self, attempt: Callable[[], _Answer]) -> _Answer:
        """Try until it can be written; raise the last `LedgerWaitError` when the limit is over.

        It tries again after 0.1 to 1 s. Any other error of the ledger is raised at once.
        """
        pause = _SHORTEST
        while True:
            try:
                return attempt()
            except LedgerWaitError as error:
                self._begin(error)
                if time.monotonic() >= max(self._began, self._since) + self._most:
                    raise
            # Once hurried it would not wait at all, and ask as fast as it can.
            if self._hurried.wait(pause):
                time.sleep(_SHORTEST)
            pause = min(2 * pause, _LONGEST)

    def _begin(self, error: LedgerWaitError) -> None:
        if not self.why:
            self._began = time.monotonic()
            _log.warning("nothing new starts until the ledger can be written: %s", error)
        self.why = error.message

    def over(self) -> None:
        """Take note that something was written."""
        if self.why:
            _log.warning("the ledger can be written again, after %.1f s", self.lasts)
            # First the end, then the sum: a reader in between sees too little, never it twice.
            seconds = self.seconds
            self.why = ""
            self._total = seconds
