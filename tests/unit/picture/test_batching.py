"""The same history gives the same picture, in whatever batches it is read."""

from __future__ import annotations

import shutil
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.unit.ledger.driving import phase, shell
from tests.unit.ledger.test_counters import HAND, SCOPES, SEATS, Acts
from tests.unit.picture.looking import View, shown
from wf_tui.ledger.sqlite import SqliteDatabase
from wf_tui.ledger.words import DoneKind, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.ledger.database import Database
    from wf_tui.ledger.load import NewPhase, NewTask
    from wf_tui.picture.picture import Picture

FILTERS = ["", "", "t1", "kind:ready", "kind:backoff", "state:blocked", "worker:w", "waits", "p2"]


class Swarm(Acts):
    """The random acts on a ledger, drawn by weight, so that runs get far and go wrong often."""

    @staticmethod
    def make_store(folder: Path) -> Database:
        """Make a store that does not wait for the disk."""
        database = SqliteDatabase(folder / "ledger.db", create=True)
        database.execute("PRAGMA synchronous = OFF")
        return database

    def act(self, random: Random) -> None:
        """Do one thing."""
        pick = random.randrange(100)
        often: list[Callable[[], object]] = [
            lambda: self.claim(worker=random.choice(["w1", "w2", "o1"])),
            lambda: self.finish(pick=pick, kind=random.choice([*list(DoneKind)[:3]])),
            lambda: self.fail(pick=pick, how=random.choice(["failed", "gate", "scope", "budget"])),
            lambda: self.hand(name=random.choice(HAND), picks=[pick]),
            lambda: self.whole(act="resume"),
        ]
        seldom: list[Callable[[], object]] = [
            lambda: self.step(pick=pick, step=random.choice(list(Step)[1:])),
            lambda: self.conflict(pick=pick),
            lambda: self.limit(pick=pick, how=random.choice(["rate", "quota", "auth"])),
            lambda: self.ask(pick=pick, expire=random.random() < 0.5),
            lambda: self.old(pick=pick, late=random.random() < 0.5),
            lambda: self.reassign(pick=pick, to=random.choice(["w1", "w2", "shell"])),
            lambda: self.edit(pick=pick, scope=random.choice(SCOPES), number=random.randint(-1, 1)),
            lambda: self.answer(pick=pick),
            self.undo,
            self.stop_now,
            lambda: self.whole(act=random.choice(["pause", "stop", "release_due"])),
            lambda: self.idle(foreground=random.random() < 0.1),
            lambda: self.wait(seconds=random.choice([1.0, 6.0, 40.0, 400.0])),
            lambda: self.add(into=random.choice([None, "p0", "p1"]), picks=[pick]),
        ]
        random.choice(often if random.random() < 0.7 else seldom)()

    def abort(self) -> None:
        """Abort the run."""
        self.whole(act="abort")


def a_plan(random: Random) -> list[NewPhase]:
    """Return phases that build upon each other, with results that many others need."""
    phases: list[NewPhase] = []
    for number in range(5):
        known = [task.id for one in phases for task in one.tasks]
        inside = [a_task(random, f"t{number}{place}", known) for place in range(3)]
        needed = {need for task in inside for need in task.spec.needs}
        after = {one.name for one in phases if needed & {task.id for task in one.tasks}}
        phases.append(
            phase(
                f"p{number}",
                *inside,
                after=sorted(after),
                parallel=random.random() < 0.7,
                on_failure=random.choice(["skip_continue", "skip_continue", "hold"]),
                wip=random.choice([None, None, 1]),
            )
        )
    return phases


def a_task(random: Random, name: str, known: list[str]) -> NewTask:
    """Return a task that may need two of the known ones."""
    needs = random.sample(known, min(len(known), random.randint(0, 2)))
    return shell(
        name,
        *needs,
        mode=random.choice(["read_write", "read_write", "read_only"]),
        isolation=random.choice(["auto", "shared"]),
        scope=random.choice(SCOPES),
        worker=random.choice(["", "", "w2", "shell"]),
        max_attempts=random.choice([1, 1, 2]),
        backoff=random.choice([0.0, 5.0]),
    )


@pytest.fixture
def swarm(request: pytest.FixtureRequest) -> Iterator[Swarm]:
    """Give a run to which anything may happen, drawn from a seed."""
    made = Swarm()
    random = Random(request.param)  # noqa: S311 - the same history each time
    made.drive.make(*a_plan(random), seats=SEATS, jobs=3)
    yield made
    made.drive.db.close()
    shutil.rmtree(made.folder)


@pytest.mark.parametrize(("swarm", "seed"), [(n, n) for n in range(8)], indirect=["swarm"])
def test_batches_do_not_matter(swarm: Swarm, seed: int) -> None:
    """Whoever followed a run, at once or now and then, sees what one sees who begins now."""
    random = Random(seed)  # noqa: S311 - the same history each time
    eager, lazy = View(swarm.drive), View(swarm.drive)
    for number in range(120):
        text = random.choice(FILTERS) if random.random() < 0.1 else None
        fresh = View(swarm.drive)
        if text is not None:
            eager.picture.filter(text)
            lazy.picture.filter(text)
        fresh.picture.filter(_text(eager.picture))
        eager.look()
        fresh.look()
        assert shown(eager.picture) == shown(fresh.picture)
        assert list(eager.picture.counts.values()) == _counts(swarm)
        if random.random() < 0.1:
            lazy.look()
            assert shown(lazy.picture) == shown(fresh.picture)
        swarm.act(random) if number != 100 else swarm.abort()


def _text(picture: Picture) -> str:
    """Return the text of a picture's filter."""
    keys = [f"{key}:{value}" for key, many in picture.filtered.terms.items() for value in many]
    return " ".join([*keys, *picture.filtered.words])


def _counts(swarm: Swarm) -> list[int]:
    run = swarm.drive.run()
    return [run.pending, run.in_progress, run.done, run.blocked]
