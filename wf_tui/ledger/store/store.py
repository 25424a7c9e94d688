"""What a ledger needs of the place where it is kept: to be found, opened, and led by one at a time.

`Database` is one connection; a `Store` is what there is before any connection is open. Each kind of
store is one class beside this module, and `wf_tui.ledger.stores` says which one a repository has.
"""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from wf_tui.ledger.store.database import Database
from wf_tui.values import frozen

__all__ = ["Lead", "Patience", "Store", "StoreReport", "StoreState"]


@frozen
class Patience:
    """How many seconds to wait for another program, and after how many to say so."""

    most: float = 30.0
    say: float = 3.0

    def left(self, waited: float) -> float:
        """Return how long to wait before there is something to say or to give up."""
        return max(0.0, (self.say if waited < self.say < self.most else self.most) - waited)


class StoreState(StrEnum):
    """What is known of a ledger before it is opened."""

    ABSENT = "absent"
    OK = "ok"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    OLDER = "older"
    """Of a format that this wf brings up to date when it opens it."""
    UNKNOWN = "unknown"
    """Of a later wf, mostly."""
    UNUSABLE = "unusable"


@frozen
class StoreReport:
    """The state of a ledger, in one line and with what to do."""

    state: StoreState
    text: str
    hint: str = ""
    journal: str = ""


class Lead(Protocol):
    """The lead of one run, as who holds it has it; every change of a leader asks it first."""

    def require(self) -> None:
        """Raise `LedgerError` where somebody else may lead by now; called inside each change."""


class Store(Protocol):
    """Where the ledger of one repository is kept. Any thread may use it; it holds nothing open."""

    def exists(self) -> bool:
        """Whether there is a ledger; opening it may still fail."""

    def open(
        self, *, create: bool = False, patience: Patience | None = None, reader: bool = False
    ) -> Database:
        """Connect; the connection is for the thread that opened it.

        A ledger of an older format is brought up to date. `create` makes one that is missing;
        `patience` is how long its changes wait for another program. A `reader` keeps little of what
        it has read in memory. Raises `LedgerError`.
        """

    def describe(self) -> StoreReport:
        """Look at the ledger without changing anything; never raises for what is wrong with it."""

    def stamp(self) -> object:
        """Return what is another one after each commit, without opening anything.

        Equal stamps say that nothing was committed in between; for who looks at many ledgers.
        """

    def is_older(self) -> bool:
        """Whether opening it would bring it up to date: who only lists runs leaves it alone."""

    def lead(self, run: str) -> AbstractContextManager[Lead]:
        """Lead a run; wait as a stand-by, however long, while another process does."""

    def without_leader(self, run: str) -> AbstractContextManager[bool]:
        """Keep a run without a leader for a while; False where one leads it now. Never waits."""
