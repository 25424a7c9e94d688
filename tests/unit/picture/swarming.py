"""Random histories of a run, drawn by weight, so that they get far and go wrong often."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.unit.ledger.driving import phase, shell
from tests.unit.ledger.test_counters import HAND, SCOPES, SEATS, Acts
from wf_tui.ledger.sqlite import SqliteDatabase
from wf_tui.ledger.words import DoneKind, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from wf_tui.ledger.database import Database
    from wf_tui.ledger.load import NewPhase, NewTask


class Store:
    """Makes ledgers that do not wait for the disk."""

    def __call__(self, folder: Path) -> Database:
        """Make one."""
        return self.again(folder)

    def again(self, folder: Path) -> Database:
        """Connect to the one of this folder."""
        database = SqliteDatabase(folder / "ledger.db", create=True)
        database.execute("PRAGMA synchronous = OFF")
        return database


class Swarm(Acts):
    """The random acts on a ledger."""

    make_store = Store()

    def act(self, random: Random) -> None:
        """Do one thing."""
        pick = random.randrange(100)
        often: list[Callable[[], object]] = [
            lambda: self.claim(worker=random.choice(["w1", "w2", "o1"])),
            lambda: self.finish(pick=pick, kind=random.choice([*list(DoneKind)[:3]])),
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
        random.choice(often if random.random() < 0.8 else seldom)()

    def start(self, random: Random) -> None:
        """Make a run."""
        self.drive.make(*a_plan(random), seats=SEATS, jobs=3)

    def abort(self) -> None:
        """Abort the run."""
        self.whole(act="abort")

    def end(self) -> None:
        """Put the ledger away."""
        self.drive.db.close()
        shutil.rmtree(self.folder)


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
                on_failure=random.choice(["skip_continue"] * 5 + ["hold"]),
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
