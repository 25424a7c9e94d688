"""The goals of speed: what each is about, what it was before, and why one is missed.

A figure names its goal (`Figure(..., aim=Aim.SEATS)`); the first table of `RESULTS.md` has a line
for each, in this order, whether a figure was measured for it or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

__all__ = ["BECAUSE", "NO_GOAL", "Aim", "Goal", "Of", "Target"]


class Of(Enum):
    """What of a figure a goal is about."""

    RATIO = auto()
    """The measured over its floor."""
    VALUE = auto()
    """The measured itself: a count, a size."""
    TIME = auto()
    """The measured time, or share of a core, in the pace of the machine: see `pace`."""


@dataclass(frozen=True)
class Goal:
    """What a figure should be at least, or at most."""

    least: float | None = None
    most: float | None = None
    of: Of = Of.RATIO

    def __bool__(self) -> bool:
        """Return whether there is a goal at all."""
        return self.least is not None or self.most is not None

    def here(self, pace: float) -> Goal:
        """Return the goal as it is on a machine of this pace, where it is about time."""
        if self.of is not Of.TIME or self.most is None:
            return self
        return Goal(most=self.most * pace)

    def met(self, value: float) -> bool:
        """Return whether a value, or a ratio where the goal is about that, meets it."""
        if self.least is not None:
            return value >= self.least
        return self.most is None or value <= self.most

    def __str__(self) -> str:
        """Return it as a person reads it."""
        if self.least is not None:
            return f">= {self.least:g}"
        if self.most is None:
            return ""
        return f"<= {self.most:.3g}" if self.most else "0"


NO_GOAL: Final = Goal()


@dataclass(frozen=True)
class Target:
    """A line of the table of goals."""

    what: str
    before: str
    """How it was before it was worked on, on the machine whose pace is 1; "" if never measured."""
    goal: Goal


def _ratio(
    what: str, before: str, *, least: float | None = None, most: float | None = None
) -> Target:
    return Target(what, before, Goal(least, most))


def _count(
    what: str, before: str, *, least: float | None = None, most: float | None = None
) -> Target:
    return Target(what, before, Goal(least, most, Of.VALUE))


def _time(what: str, before: str, *, most: float) -> Target:
    return Target(what, before, Goal(most=most, of=Of.TIME))


class Aim(Enum):
    """All goals; the value of each is its `Target`."""

    SEATS = _ratio("ledger, 8 seats of one scheduler, over 3 bare commits a task", "0.95x", least=2)
    SEATS_STATEMENTS = _count("ledger, 8 seats: statements a task", "46", most=20)
    SEATS_AT_ONCE = _ratio("ledger, 8 seats, one claim for all at once", "", least=4)
    ONE_WORKER = _ratio("ledger, one worker, over 3 bare commits a task", "0.55x", least=0.65)
    PROCESSES = _ratio("ledger, 8 processes, over 3 bare commits a task", "0.36x", least=0.6)
    PROCESSES_EVEN = _count("ledger, 8 processes: least served over most served", "0.92", least=0.7)
    PROCESSES_WAIT = _time("ledger, 8 processes: longest wait for a claim [ms]", "31 ms", most=100)
    PROCESSES_TWICE = _count("ledger, 8 processes: tasks given out twice", "0", most=0)
    GRAPH_NINJA = _ratio("graph of 1,000 x echo, 8 jobs, over ninja", "7 to 10x", most=5)
    GRAPH_SNAKEMAKE = _ratio("graph of 1,000 x echo: times as fast as snakemake", "", least=2)
    GRAPH_LUIGI = _ratio("graph of 1,000 x echo: times as fast as luigi", "", least=2)
    GRAPH_REQUESTS = _count("graph of 1,000 x echo: requests of the ledger a task", "", most=4)
    GRAPH_STATEMENTS = _count("graph of 1,000 x echo: statements of the ledger a task", "", most=50)
    TRUE = _ratio("200 x true, over bare spawn", "7.7x", most=4.5)
    CYCLE_100 = _ratio("worktree cycle, 100 files, over plain git in a pool", "1.8x", most=1.2)
    CYCLE_5000 = _ratio("worktree cycle, 5,000 files, over plain git in a pool", "2.0x", most=1.6)
    CYCLE_PROCESSES = _count("worktree cycle, processes of git", "20", most=8)
    ATTEMPT_100 = _time("whole attempt, 8 jobs, 100 files [ms]", "49 ms", most=27)
    ATTEMPT_5000 = _time("whole attempt, 8 jobs, 5,000 files [ms]", "73 ms", most=55)
    FRAME_100 = _time("board, first frame, 100 cards [ms]", "199 ms", most=120)
    FRAME_10000 = _time("board, first frame, 10,000 cards [ms]", "455 ms", most=130)
    COLD_100 = _time("board from a cold start, 100 cards [ms]", "840 ms", most=650)
    COLD_10000 = _time("board from a cold start, 10,000 cards [ms]", "1,300 ms", most=750)
    BOARD_MEMORY = _count("board, memory at 10,000 cards [MB]", "97 MB", most=70)
    BOARD_IDLE = _time("board, idle at 10,000 cards [% of a core]", "1.2 %", most=0.5)
    STATUS = _ratio("wf status, over python -c pass", "10.5x", most=7)
    HELP = _ratio("wf --help, over python -c pass", "4.4x", most=4)
    NEXT = _time("dependency done to the next program runs, p50 [ms]", "", most=10)
    LINES_CPU = _time("100 agents x 100 lines a second [% of a core]", "", most=25)
    LINES_LAG = _time("100 agents x 100 lines a second: lag of the loop, p99 [ms]", "", most=30)
    LINES_LOST = _count("100 agents x 100 lines a second: lines lost", "", most=0)
    RECOVERY_STANDBY = _time("kill -9 to the next claim, stand-by [s]", "0.19 s", most=0.1)
    RECOVERY_NEW = _time("kill -9 to the next claim, a new one [s]", "0.51 s", most=0.3)
    CHECK_JSON = _time("check of a plan of 1,000 tasks, JSON [ms]", "64 ms", most=40)
    CHECK_YAML = _time("check of a plan of 1,000 tasks, YAML [ms]", "121 ms", most=100)


BECAUSE: Final[dict[Aim, str]] = {
    Aim.CYCLE_100: (
        "its git costs what the floor's does; on top is the search for work that is saved nowhere"
    ),
    Aim.CYCLE_5000: (
        "the mode and the links of each file are looked at anew, which git alone never does"
    ),
    Aim.SEATS_AT_ONCE: "each claim is a walk of its own, for which the one before is written",
    Aim.SEATS: "most of it is Python, 850 calls a task, and not SQL",
    Aim.ONE_WORKER: "the same Python a task, and no commit is shared",
    Aim.PROCESSES: "the same Python a task, and one after the other, under the lock of writers",
    Aim.GRAPH_NINJA: "see 200 x true; ninja keeps no ledger, no log and no shim",
    Aim.GRAPH_SNAKEMAKE: "see 200 x true",
    Aim.GRAPH_LUIGI: "see 200 x true",
    Aim.TRUE: (
        "of the CPU a task shim and sh have two fifths, the ledger a quarter, the loop a sixth, "
        "and threads that find ports and write files a tenth"
    ),
    Aim.ATTEMPT_100: "git has two cores for eight; see the cycle",
    Aim.ATTEMPT_5000: "git has two cores for eight; see the cycle",
    Aim.BOARD_MEMORY: "48 MB are there once all is imported, two thirds of it Textual's",
    Aim.BOARD_IDLE: "half of it is Textual's partial frame, once a second for the clocks",
    Aim.LINES_CPU: "six times json.loads a line: it is cut, redacted, checked and kept",
    Aim.RECOVERY_STANDBY: "stray processes and what was left in worktrees come first, one by one",
    Aim.RECOVERY_NEW: "half of it is imports; then as a stand-by",
}
"""Why a goal is missed, or nothing measured for it: shown beside it only as long as it is so.

After a change of it, `python -m tests.bench --reasons` writes it into the page as it is.
"""
