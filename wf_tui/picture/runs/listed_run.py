"""One run and one repository of the list of all runs, and what stands in the column of needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.picture.strip import StripPhase

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.git.known_repositories import KnownRepository
    from wf_tui.paths import RepoPaths
    from wf_tui.processes import ProcessIdentity

__all__ = ["ListedRepository", "ListedRun", "Need", "Standing"]


class Standing(StrEnum):
    """How a run stands, as one asks of many: whether there is something to do."""

    NEEDS_YOU = "needs you"
    RUNNING = "running"
    NO_SCHEDULER = "no scheduler"
    """It is not over, and nobody leads it."""
    PAUSED = "paused"
    STALLED = "stalled"
    TO_LAND = "to land"
    """It is over, and its work is on no branch of the person yet."""
    LANDED = "landed"
    EMPTY = "nothing to land"
    PARTIAL = "partial"
    """It is over, not all of it is done, and there is nothing to land."""
    ABORTED = "aborted"


@dataclass(frozen=True)
class Need:
    """A task that waits for its person; all text in it is safe to draw."""

    folder: str
    """The name of the repository's folder in the state directory."""
    run: str
    task: str
    """Its id as it is stored."""
    title: str
    kind: str
    since: float


@dataclass(frozen=True)
class ListedRun:
    """One run; all text in it is safe to draw. Times are UTC seconds."""

    folder: str
    """The name of the repository's folder in the state directory."""
    id: str
    goal: str
    state: RunState
    is_led: bool
    done: int
    in_progress: int
    parked: int
    pending: int
    needs: tuple[Need, ...]
    """What waits for its person, the oldest first; without what is put off."""
    usage: Usage
    created_at: float
    ended_at: float | None
    changed_at: float
    is_landed: bool
    has_work: bool
    """Whether anything was merged."""
    number: int
    """Its place among the runs of its repository."""
    seq: int
    """Its last event: as long as that is the same, so is all but what time alone changes."""
    leader: ProcessIdentity | None = None
    """Who leads, or last led, it; None where it is over."""
    snoozed_until: float | None = None
    """When the first thing that is put off comes back; None where none does by itself."""

    @property
    def name(self) -> str:
        """What it is called among all runs of this user; `hidden` keeps these."""
        return f"{self.folder}/{self.id}"

    @property
    def total(self) -> int:
        """How many tasks it has."""
        return sum(self.bar.tasks)

    @property
    def bar(self) -> StripPhase:
        """Its tasks, as a strip of one phase shows them."""
        needs = len(self.needs)
        return StripPhase("", self.done, self.in_progress, needs, self.parked, self.pending)

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self.state is RunState.ABORTED:
            return Standing.ABORTED
        if self.state.ended:
            return self._standing_at_its_end
        if self.needs:
            return Standing.NEEDS_YOU
        if self.state is RunState.PAUSED:
            return Standing.PAUSED
        if not self.is_led:
            return Standing.NO_SCHEDULER
        return Standing.STALLED if self.state is RunState.STALLED else Standing.RUNNING

    @property
    def _standing_at_its_end(self) -> Standing:
        if self.is_landed:
            return Standing.LANDED
        if self.has_work:
            return Standing.TO_LAND
        return Standing.EMPTY if self.state is RunState.COMPLETED else Standing.PARTIAL

    def seconds(self, now: float) -> float:
        """Return how long it went on; while nobody leads it that is until its last change."""
        end = self.ended_at
        if end is None:
            end = now if self.is_led else self.changed_at
        return max(0.0, end - self.created_at)


@dataclass(frozen=True)
class ListedRepository:
    """A repository with its runs, the newest first."""

    known: KnownRepository
    is_there: bool
    runs: tuple[ListedRun, ...] = ()
    problem: str = ""
    """Why its ledger could not be read, safe to draw; "" where it could."""
    branch: str = ""
    """What is checked out in it, safe to draw; "" where that is no branch."""
    spent: Usage = NO_USAGE
    """What its attempts used that ended today, by local time."""
    left_out: int = 0
    """Runs that are not listed, since others have changed later."""
    stamp: object = None
    """The stamp of its ledger from just before it was read, and the day."""

    @property
    def paths(self) -> RepoPaths:
        """Its folder in the state directory."""
        return self.known.paths

    @property
    def common_dir(self) -> Path | None:
        """Where its git directory was at the newest run; None where nothing tells."""
        return self.known.common_dir

    @property
    def folder(self) -> str:
        """The name of its folder in the state directory."""
        return self.paths.root.name

    @property
    def place(self) -> Path | None:
        """The folder that people call the repository; None where nothing tells."""
        where = self.common_dir
        return where.parent if where is not None and where.name == ".git" else where

    @property
    def is_over(self) -> bool:
        """Whether nothing in it can change by itself."""
        return all(run.state.ended for run in self.runs)
