"""Going to any moment of a long run: how soon its past is read, and what a step costs."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figure, Goal, Of, Section
from tests.bench.store import EIGHT, RUN, claim, fill, finish, opened
from wf_tui.picture.history.history import read_history
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.store.database import Database, Value
    from wf_tui.picture.history.history import History

__all__ = ["SECTION"]

_EVENTS: Final = 100_000
_A_CLAIM: Final = 100
"""So many events a worker tells while it works."""
_TOLD: Final = (
    "INSERT INTO event (run, seq, at, task, worker, epoch, actor, kind, data, command) "
    "VALUES (:run, :seq, :at, :task, :worker, :epoch, 'scheduler', :kind, :data, NULL)"
)
_WORDS: Final = '{"text": "edits src/auth/token_store.py", "tools": 7}'
_FIGURES: Final = '{"input_tokens": 1200, "output_tokens": 80, "cost_microusd": 1900}'


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as the others
    count = _EVENTS // 20 if quick else _EVENTS
    path = fill(folder / "ledger.db", count // (_A_CLAIM + 5))
    with opened(path) as ledger:
        for number in range(count // (_A_CLAIM + 5)):
            held = claim(ledger, EIGHT[number % len(EIGHT)])
            assert held is not None
            _tell(ledger.db, held)
            finish(ledger, held)
        begun = time.thread_time()
        history = read_history(ledger.db, RUN)
        picture = Picture(0.0)
        picture.apply(history.batch_at(history.last))
        took = time.thread_time() - begun
    what = f"history of {history.last:,} events: read and replayed"
    yield Figure(what, took, "s CPU", goal=Goal(most=1.5, of=Of.TIME))
    for name, by in (("on", 1), ("back", -1)):
        steps = _steps(history, picture, by)
        note = f"the longest {max(steps):.1f} ms"
        goal = Goal(most=10, of=Of.TIME)
        yield Figure(f"a step {name}", median(steps), "ms CPU", goal=goal, note=note)


def _tell(db: Database, held: Claim) -> None:
    """Write what a worker tells while it works, as the ledger would, but all at once."""
    with db.transaction(RUN):
        seq = int(str(db.execute("SELECT seq FROM run WHERE id = :run", {"run": RUN})[0][0]))
        of: dict[str, Value] = {
            "run": RUN,
            "task": held.task.id,
            "worker": held.worker,
            "epoch": held.epoch,
        }
        told = [
            ("usage", _FIGURES) if n % 4 == 0 else ("task_progress", _WORDS)
            for n in range(_A_CLAIM)
        ]
        db.execute_many(
            _TOLD,
            [
                {**of, "seq": seq + number, "at": held.at, "kind": kind, "data": data}
                for number, (kind, data) in enumerate(told, 1)
            ],
        )
        db.execute("UPDATE run SET seq = :seq WHERE id = :run", {"seq": seq + _A_CLAIM, "run": RUN})


def _steps(history: History, picture: Picture, by: int) -> list[float]:
    """Go from the middle of the log, a step each; return the milliseconds of each."""
    seq, found = history.last // 2, []
    picture.apply(history.batch_at(seq))
    for _ in range(min(2000, history.last // 3)):
        begun = time.thread_time()
        seq = history.step(seq, by)
        picture.apply(history.batch_at(seq))
        found.append((time.thread_time() - begun) * 1000)
    return found


SECTION: Final = Section("history", "none", _measure)
