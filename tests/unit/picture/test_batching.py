"""The same history gives the same picture, in whatever batches it is read."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.picture_harness import PictureHarness, shown
from tests.support.seeds import seeds

if TYPE_CHECKING:
    from tests.support.random_runs import RandomRuns
    from wf_tui.picture.picture import Picture

FILTERS = ["", "", "t1", "kind:ready", "kind:backoff", "state:blocked", "worker:w", "waits", "p2"]


@pytest.mark.parametrize(("swarm", "seed"), seeds(8, quick=2, times=2), indirect=["swarm"])
def test_batches_do_not_matter(swarm: RandomRuns, seed: int) -> None:
    """Whoever followed a run, at once or now and then, sees what one sees who begins now."""
    random = Random(seed)  # noqa: S311 - the same history each time
    eager, lazy = PictureHarness(swarm.drive), PictureHarness(swarm.drive)
    for number in range(150):
        text = random.choice(FILTERS) if random.random() < 0.1 else None
        fresh = PictureHarness(swarm.drive)
        if text is not None:
            eager.picture.filter(text)
            lazy.picture.filter(text)
        fresh.picture.filter(_text(eager.picture))
        for one in (eager, fresh):
            one.look()
            # A filter is judged as a card changes, so who began earlier may have judged earlier.
            one.picture.judge_again()
        assert shown(eager.picture) == shown(fresh.picture)
        assert list(eager.picture.counts.values()) == _counts(swarm)
        if random.random() < 0.1:
            lazy.look()
            lazy.picture.judge_again()
            assert shown(lazy.picture) == shown(fresh.picture)
        swarm.act(random) if number != 140 else swarm.abort()


def _text(picture: Picture) -> str:
    """Return the text of a picture's filter."""
    keys = [f"{key}:{value}" for key, many in picture.filtered.terms.items() for value in many]
    return " ".join([*keys, *picture.filtered.words])


def _counts(swarm: RandomRuns) -> list[int]:
    run = swarm.drive.run()
    return [run.pending, run.in_progress, run.done, run.blocked]
