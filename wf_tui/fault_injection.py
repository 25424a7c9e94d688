"""Faults on purpose: `WF_FAULT` kills, fails or delays a scheduler at a named point (tests only).

Each point is declared here, once, with what has happened by then; `tests/faults/README.md` says the
same for people, and a test compares the two.
"""

import errno
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self, TypeVar

from wf_tui.errors import LedgerError, UnknownNameError, UsageError
from wf_tui.values import frozen

__all__ = ["Action", "Fault", "Faults", "Point", "planned"]

_Word = TypeVar("_Word", bound=StrEnum)
_FORM: Final = "write WF_FAULT=point:nth:action, action one of kill, error, delay=SECONDS"


class Point(StrEnum):
    """A moment between two steps of a run."""

    happened: str
    """What is done by then; what comes after is not."""

    def __new__(cls, name: str, happened: str) -> Self:
        """Make a point of its name and sentence."""
        point = str.__new__(cls, name)
        point._value_ = name
        point.happened = happened
        return point

    CLAIM_CHOSEN = ("claim.chosen", "Tasks are claimed in a transaction not yet committed.")
    CLAIM_COMMITTED = ("claim.committed", "Claims are committed, no attempt has begun.")
    PREPARE_BEGUN = ("prepare.begun", "An attempt is in its step `preparing`, without a tree.")
    PREPARE_TREE = ("prepare.tree", "Its tree is filled, the ledger does not know which it is.")
    PREPARE_RECORDED = ("prepare.recorded", "Its tree is recorded, its program not yet started.")
    RUN_STARTED = ("run.started", "Its program runs, a transaction is about to say so.")
    RUN_KEPT = ("run.kept", "A message of a model is in its history, what follows is not taken.")
    RUN_ENDED = ("run.ended", "Its program has ended, nothing is harvested.")
    HARVEST_BEGUN = ("harvest.begun", "Its step is `harvesting`, its tree still untouched.")
    HARVEST_COMMIT = ("harvest.commit", "The commit of its work is made, no ref keeps it.")
    HARVEST_REF = ("harvest.ref", "Its ref is made, a transaction is about to say so.")
    HARVEST_RECORDED = ("harvest.recorded", "Its harvest is recorded.")
    CHECK_BEGUN = ("check.begun", "Its step is `checking`; scope, files and gate are to be judged.")
    CHECK_ENDED = ("check.ended", "Its work is judged, nothing is recorded of that.")
    GATE_BEGUN = ("gate.begun", "Its gate is to be asked about the merge, which has no tree yet.")
    GATE_ENDED = ("gate.ended", "Its gate on the merge has ended, the branch has not moved.")
    INTEGRATE_BEGUN = ("integrate.begun", "Its step is `integrating`, its result is kept.")
    INTEGRATE_INTENT = ("integrate.intent", "The merge is made and intended, no ref has moved.")
    INTEGRATE_MOVED = ("integrate.moved", "The branch has moved, a transaction is about to say so.")
    INTEGRATE_CONFLICT = ("integrate.conflict", "It does not merge, nothing says so.")
    INTEGRATE_RECORDED = ("integrate.recorded", "The merge and the end of the task are recorded.")
    FINISH_RECORDED = ("finish.recorded", "An attempt is closed, its tree not given back.")
    FINISH_LEFT = ("finish.left", "Its tree is given back to the pool.")
    EXPORT_BEGUN = ("export.begun", "The user's repository has the objects, no branch has moved.")
    EXPORT_MOVED = ("export.moved", "The user's branch has moved, the ledger does not know it.")
    EXPORT_RECORDED = ("export.recorded", "The export is recorded.")
    RECOVERY_SWEPT = ("recovery.swept", "Strays, stale locks and trash of a dead one are gone.")
    RECOVERY_HARVESTED = ("recovery.harvested", "The work of an attempt that was left is saved.")
    RECOVERY_SETTLED = ("recovery.settled", "An attempt that was left has its end.")
    RECOVERY_DONE = ("recovery.done", "Every such attempt has its end, no new claim is made.")
    END_DECIDED = ("end.decided", "The run is over, its last merges may not be exported.")
    END_EXPORTED = ("end.exported", "The run is over and exported, its trees are still there.")
    END_TIDIED = ("end.tidied", "The trees are removed, the scheduler has not signed off.")
    END_SIGNED_OFF = ("end.signed_off", "The scheduler has signed off; only its exit is left.")


_IN_TRANSACTION: Final = frozenset(
    {Point.CLAIM_CHOSEN, Point.RUN_STARTED, Point.HARVEST_REF, Point.INTEGRATE_MOVED}
)
"""Where an error is one of the ledger."""


class Action(StrEnum):
    """What happens at a point."""

    KILL = "kill"
    ERROR = "error"
    DELAY = "delay"


@frozen
class Fault:
    """One planned fault: the `nth` time that this process reaches a point."""

    point: Point
    nth: int
    action: Action
    seconds: float = 0.0
    """How long a delay is."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `point:nth:action`; raise `UsageError` for anything else."""
        form = re.fullmatch(r"([^:]+):([1-9][0-9]{0,8}):([a-z]+)(?:=(\d+(?:\.\d+)?))?", text)
        if form is None:
            raise UsageError(f"WF_FAULT is not understood: {text!r}", _FORM)
        name, nth, word, seconds = form.groups()
        action = _named("action", word, Action)
        if (action is Action.DELAY) != (seconds is not None):
            raise UsageError(f"WF_FAULT is not understood: {text!r}", _FORM)
        return cls(_named("point", name, Point), int(nth), action, float(seconds or 0))


@dataclass
class Faults:
    """The faults that a process has planned: none, but in a fault test."""

    planned: tuple[Fault, ...] = ()
    _times: Counter[Point] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, point: Point) -> None:
        """Do what is planned for this moment; blocks for a delay, so it belongs into a thread."""
        if not self.planned:
            return
        with self._lock:
            self._times[point] += 1
            times = self._times[point]
        for fault in self.planned:
            if (fault.point, fault.nth) == (point, times):
                _do(fault)


def planned(environ: Mapping[str, str]) -> Faults:
    """Return the faults that `WF_FAULT` plans, separated by commas; raise `UsageError`."""
    texts = environ.get("WF_FAULT", "").split(",")
    return Faults(tuple(Fault.parse(text.strip()) for text in texts if text.strip()))


def _do(fault: Fault) -> None:
    if fault.action is Action.KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    if fault.action is Action.DELAY:
        time.sleep(fault.seconds)
        return
    if fault.point in _IN_TRANSACTION:
        raise LedgerError(f"the ledger fails at {fault.point}, as WF_FAULT says")
    raise OSError(errno.EIO, f"{os.strerror(errno.EIO)} at {fault.point}, as WF_FAULT says")


def _named(kind: str, word: str, words: Iterable[_Word]) -> _Word:
    known = {str(one): one for one in words}
    if word not in known:
        raise UnknownNameError(f"{kind} of WF_FAULT", word, known)
    return known[word]
