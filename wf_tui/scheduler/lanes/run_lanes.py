"""The lanes of one run: permits for its claims, and what its attempts were told by providers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from wf_tui.errors import WfError
from wf_tui.ledger.lanes.permits import Grant, Holder, Wish
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.states import LimitKind
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from wf_tui.ledger.lanes.host_lane import HostLane
    from wf_tui.ledger.lanes.lanes import Lanes
    from wf_tui.profiles.run_profiles import RunProfiles
    from wf_tui.scheduler.lanes.lane_thread import LaneThread

__all__ = ["LaneLook", "RunLanes"]

_WATCH_EVERY: Final = 0.1
"""Seconds between looks whether another process has changed the lanes; 0.1 ms each."""
_WRITE_EVERY: Final = 1.0
_RETRY: Final = 1.0
_log = logging.getLogger(__name__)
Key = tuple[str, int]
"""An attempt, by its task and epoch."""


@dataclass(frozen=True)
class LaneLook:
    """What one look at the lanes has brought, for the claims that follow it."""

    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By lane: the profiles of the seats that wanted to claim."""
    states: tuple[LaneState, ...] = ()
    """How the lanes of the run are."""
    grant: Grant = field(default_factory=Grant)
    generation: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many may be claimed in each lane; the caller counts them down."""
        return {lane: len(numbers) for lane, numbers in self.grant.permits.items()}

    @property
    def short(self) -> Mapping[str, str]:
        """The lanes that are open and yet gave fewer than wanted: `capacity`, `ramp`, `memory`."""
        return {lane: why for lane, why in self.grant.short.items() if why != "lane"}


@dataclass
class RunLanes:
    """What a scheduler holds in the lanes of its host; on the event loop.

    Nothing here raises for a file that cannot be used: the claims wait then, or the run has lanes
    of its own (`LaneThread`).
    """

    run: str
    repo: str
    thread: LaneThread
    profiles: RunProfiles
    """Whose programs need memory, and whose keys this scheduler may not find."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """By lane: micro-dollars that may be spent in it on one day."""
    _held: dict[Key, tuple[int, int]] = field(default_factory=dict)
    """By attempt: the permit, and the generation of the file that it is in."""
    _seen: tuple[LaneState, ...] = ()
    _lanes: frozenset[str] = frozenset()
    _stale: bool = True
    """Whether the lanes may be others than those that were seen last."""
    _short: bool = False
    _unspent: dict[str, Usage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Be known to others by this process."""
        self._holder = Holder(self.repo, self.run, own_identity())

    @property
    def withheld(self) -> Mapping[str, str]:
        """By lane: why this scheduler cannot use it, though others may; in words.

        Shut for this run alone, before anything starts: its key is not here.
        """
        missing = self.profiles.missing
        return {
            self.profiles.profiles[name].lane: self.profiles.missing_sentence(name)
            for name in missing
        }

    async def refresh(self, stored: str) -> None:
        """Take over profiles that a person has changed, and look again for keys that were missing.

        `stored` is the column of the run. Called before each look; does nothing where nothing is
        missing and nothing has changed.
        """
        if stored == self.profiles.stored and not self.profiles.missing:
            return
        before = self.withheld
        await asyncio.to_thread(self.profiles.refresh, stored)
        self._stale |= self.withheld != before

    async def look(
        self, lanes: Iterable[str], wanted: Mapping[str, Sequence[str]], *, first: bool
    ) -> LaneLook:
        """Look at the lanes of the run, and take permits for the seats that want to claim.

        `lanes` are all that the run has seats of; `wanted` has profiles by lane, the seat that
        comes first in front. `first` says that nothing of the run is running.
        """
        self._lanes = frozenset(lanes)
        if not wanted and not self._stale:
            return LaneLook(states=self._seen)
        known, withheld = self.profiles.profiles, self.withheld
        seats = {
            lane: [known[name].rss if name in known else 0 for name in names]
            for lane, names in wanted.items()
            if lane not in withheld
        }

        def use(lanes: Lanes) -> tuple[Grant, tuple[LaneState, ...]]:
            grant = lanes.take(Wish(seats, first), self._holder) if seats else Grant()
            return grant, self._states(lanes)

        try:
            grant, states = await self.thread.call(use)
        except WfError as error:
            _log.warning("no permit could be taken: %s", error)
            again = self.thread.clock.now() + _RETRY
            grant = Grant({}, dict.fromkeys(seats, "ramp"), again if seats else None)
            states = self._seen
        else:
            self._stale = False
        self._seen, self._short = states, bool(grant.short)
        return LaneLook(wanted, states, grant, self.thread.generation)

    def _states(self, lanes: Lanes) -> tuple[LaneState, ...]:
        """Return how the lanes of the run are, also those that nobody has written of yet."""
        known = {row.lane.name: row.lane.seen for row in lanes.rows()}
        for name, why in self.withheld.items():
            known[name] = LaneState(name, LaneStatus.AUTH, LimitKind.AUTH, why)
        return tuple(known.get(name, LaneState(name)) for name in sorted(self._lanes))

    def settle(self, look: LaneLook, claimed: Iterable[tuple[Key, str]]) -> None:
        """Hold a permit for each claim, by its lane, and give the others back at once."""
        left = {lane: list(numbers) for lane, numbers in look.grant.permits.items()}
        used = []
        for key, lane in claimed:
            if left.get(lane):
                number = left[lane].pop(0)
                self._held[key] = (number, look.generation)
                used.append((number, key))
        unused = [number for numbers in left.values() for number in numbers]

        def note(lanes: Lanes) -> None:
            for number, (task, epoch) in used:
                lanes.hold(number, task, epoch)
            if unused:
                lanes.give_back(unused=unused)

        if used or unused:
            self._post(note, look.generation)

    def free(self, key: Key) -> None:
        """Give back what an attempt held; one of no lane held nothing."""
        number, generation = self._held.pop(key, (0, 0))
        if number:
            self._post(lambda lanes: lanes.give_back([number]), generation)

    def _post(self, use: Callable[[Lanes], object], generation: int) -> None:
        """Write without waiting; a permit of a file that is in use no more is nobody's."""

        def write(lanes: Lanes) -> None:
            try:
                if generation in {0, self.thread.generation}:
                    use(lanes)
            except WfError as error:
                _log.warning("the lanes of this host could not be written: %s", error)

        self.thread.post(write)

    # -- what providers said to an attempt; each returns how the lane is from now on

    async def limited(
        self, lane: str, retry_after: float | None = None, text: str = ""
    ) -> LaneState:
        """Pause a lane whose provider refused an attempt for its rate."""
        return await self._tell(
            lane, lambda lanes: lanes.limit(lane, retry_after=retry_after, text=text)
        )

    async def used_up(
        self, lane: str, reset_at: float | None = None, *, plan: bool, text: str = ""
    ) -> LaneState:
        """Shut a lane whose quota is used up; `plan` says whether its profile pays by a plan."""
        return await self._tell(
            lane, lambda lanes: lanes.use_up(lane, reset_at=reset_at, plan=plan, text=text)
        )

    async def refused(self, lane: str, text: str = "") -> LaneState:
        """Shut a lane whose key or configuration was refused, until a person opens it."""
        return await self._tell(lane, lambda lanes: lanes.refuse(lane, text=text))

    async def failed(self, lane: str, text: str = "") -> LaneState:
        """Count a failure of server or network; three in a row are a limit."""
        return await self._tell(lane, lambda lanes: lanes.failed(lane, text=text))

    def worked(self, lane: str) -> None:
        """Take note of an attempt whose provider answered to its end."""
        self._post(lambda lanes: lanes.worked(lane), 0)

    def spent(self, lane: str, usage: Usage) -> None:
        """Add what a step has used to the day of a lane, which its budget may shut.

        It is written once a second, since a hundred agents take more steps than that; at once where
        there is a budget, so that the next look at the lane is behind it.
        """
        self._unspent[lane] = self._unspent.get(lane, NO_USAGE) + usage
        if lane in self.budgets:
            self._write_spent()

    def _write_spent(self) -> None:
        for lane, usage in self._unspent.items():
            most = self.budgets.get(lane)
            self._post(partial(_spend, lane=lane, usage=usage, most=most), 0)
        self._unspent.clear()

    async def opened(self, lane: str, actor: str) -> LaneState:
        """Open a lane at a person's word to the run, as by its resume."""
        return await self._tell(lane, lambda lanes: lanes.open(lane, actor))

    async def _tell(self, lane: str, use: Callable[[Lanes], HostLane]) -> LaneState:
        try:
            state = (await self.thread.call(use)).seen
        except WfError as error:
            _log.warning("the lanes of this host could not be written: %s", error)
            return LaneState(lane)
        # At once: what a look before this has seen must not open again what is shut now.
        others = [one for one in self._seen if one.name != lane]
        self._seen = tuple(sorted([*others, state], key=attrgetter("name")))
        return state

    @property
    def seen(self) -> tuple[LaneState, ...]:
        """How the lanes of the run are, as far as this scheduler knows; safe to read in a thread.

        Newer than what a look has brought, where an attempt was told something since.
        """
        return self._seen

    # -- watching

    async def watch(self, wake: asyncio.Event) -> None:
        """Set `wake` when another process changed a lane of the run, or may have freed a permit.

        Never returns; run beside the loop of the scheduler.
        """
        written_at = self.thread.clock.monotonic()
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            now = self.thread.clock.monotonic()
            if now - written_at >= _WRITE_EVERY:
                written_at = now
                self._write_spent()
            with contextlib.suppress(WfError):
                if await self.thread.call(self._changed):
                    self._stale = True
                    wake.set()

    def _changed(self, lanes: Lanes) -> bool:
        if not self._lanes or not lanes.changed():
            return False
        return self._short or self._states(lanes) != self._seen

    def close(self) -> None:
        """Give back what is still held, and close the file; blocks until that is written."""
        self._write_spent()
        for key in list(self._held):
            self.free(key)
        self.thread.close()


def _spend(lanes: Lanes, *, lane: str, usage: Usage, most: int | None) -> None:
    lanes.spend(lane, usage, most)
