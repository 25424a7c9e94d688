"""A swarm over two providers of which one refuses most requests: how long, how many, none lost."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figure, Section
from tests.bench.limited_provider import AGENT, LimitedProvider, serving
from tests.support.run_harness import RunHarness
from wf_tui.config import Profile
from wf_tui.ledger.model.states import DoneKind
from wf_tui.ledger.queries import reads
from wf_tui.plan.formats.write_yaml import plan_text
from wf_tui.project import open_reads
from wf_tui.swarm.items import Item
from wf_tui.swarm.plan import Swarm, swarm_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["SECTION"]

_SEATS: Final = 10
_BEARS: Final = 1
"""Requests that the limited provider bears at once."""


@dataclass(frozen=True)
class _Run:
    """How a swarm went."""

    seconds: float
    requests: int
    refused: int
    lost: int
    by_lane: Mapping[str, int]


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count = 6 if quick else 100
    floor = _swarm(folder / "floor", count, {})
    limited = _swarm(folder / "limited", count, {"near": _BEARS})
    shares = ", ".join(f"{name} {number}" for name, number in sorted(limited.by_lane.items()))
    yield Figure(f"{count} items, one lane at 429", limited.seconds, "s", floor.seconds)
    yield Figure("requests", limited.requests, "", floor.requests, note=f"answered: {shares}")
    yield Figure("refused", limited.refused, "", note="not counted as tries; Retry-After kept")
    yield Figure("items lost", limited.lost, "", wrong=limited.lost + floor.lost > 0)


def _swarm(folder: Path, count: int, most: Mapping[str, int]) -> _Run:
    """Lead a swarm with seats of two lanes; `most` says what each lane bears."""
    folder.mkdir()
    items = tuple(Item(f"item {number}") for number in range(count))
    text = plan_text(swarm_plan(Swarm("Do {{item}}", items)))
    with serving(LimitedProvider(most)) as provider:
        harness = RunHarness(folder, profiles=_profiles(provider.port))
        began = time.perf_counter()
        harness.play(text, jobs=2 * _SEATS)
        seconds = time.perf_counter() - began
    with open_reads(harness.project) as db:
        merged = [one.kind is DoneKind.MERGED for one in reads.tasks(db, harness.run)]
    answered, refused = provider.answered.total(), provider.refused.total()
    lost = merged.count(False)
    return _Run(seconds, answered + refused, refused, lost, dict(provider.answered))


def _profiles(port: int) -> dict[str, Profile]:
    return {
        lane: Profile(
            kind="agent",
            preset="jsonl",
            command=(sys.executable, "-S", "-c", AGENT, lane, str(port)),
            lane=lane,
            seats=_SEATS,
        )
        for lane in ("near", "far")
    }


SECTION: Final = Section(
    "swarm", "the same swarm where neither provider refuses anything", _measure
)
