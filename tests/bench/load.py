"""Bringing plans in: a large one into the ledger, and the check of an ordinary one."""

from __future__ import annotations

import json
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

import apsw
import yaml

from tests.bench.figures import Aim, Figure, Section, against, by_turns
from tests.bench.store import empty_run, opened
from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.plan.choices import Mode, OnFailure
from wf_tui.plan.read import parse_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from wf_tui.ledger.store.database import Row

__all__ = ["SECTION"]

_PHASES: Final = 10
_CHECKS: Final = {(1_000, "json"): Aim.CHECK_JSON, (1_000, "yaml"): Aim.CHECK_YAML}
_TABLES: Final = ("task", "event", "edge")


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    rounds = 1 if quick else 3
    yield _load(folder, 200 if quick else 100_000, rounds)
    yield from _checks(20 if quick else 1_000, rounds)


def _load(folder: Path, count: int, rounds: int) -> Figure:
    """Compare loading a plan with the bare inserts of the rows that this makes."""
    phases = _phases(count)
    chains = {
        task.id: _PHASES - index for index, phase in enumerate(phases) for task in phase.tasks
    }

    def loaded() -> float:
        path = _fresh(folder / "loaded.db")
        with opened(path, create=True) as ledger:
            return _seconds(lambda: ledger.create_run(empty_run(), phases, chains))

    first = loaded()
    rows = _rows(folder / "loaded.db")
    whole, bare = by_turns(rounds, loaded, partial(_insert, folder / "bare.db", rows))
    stored = sum(len(table) for table in rows.values())
    note = f"{stored:,} rows; the first time {first:.2f} s"
    return against(f"a plan of {count:,} tasks", "s", whole, bare, note=note)


def _phases(count: int) -> list[NewPhase]:
    """Return phases in which each task needs the result of one in the phase before."""
    each = count // _PHASES
    return [
        NewPhase(
            name=f"phase {phase}",
            parallel=True,
            on_failure=OnFailure.SKIP_CONTINUE,
            tasks=tuple(_task(phase, number) for number in range(each)),
            depends_on=(f"phase {phase - 1}",) if phase else (),
        )
        for phase in range(_PHASES)
    ]


def _task(phase: int, number: int) -> NewTask:
    needs = (f"t{phase - 1}-{number}",) if phase else ()
    return NewTask(
        f"t{phase}-{number}",
        spec=Spec(command="make", needs=needs),
        mode=Mode.READ_WRITE,
        scope=(f"src/{number}",),
    )


def _fresh(path: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


def _rows(path: Path) -> dict[str, list[Row]]:
    with closing(SqliteDatabase(path)) as db:
        return {table: db.execute(f"SELECT * FROM {table}") for table in _TABLES}


def _insert(path: Path, rows: dict[str, list[Row]]) -> float:
    """Insert finished rows into the same empty tables, in one transaction."""
    SqliteDatabase(_fresh(path), create=True).close()
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")

        def insert() -> None:
            with connection:
                for table, values in rows.items():
                    marks = ", ".join("?" * len(values[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)

        return _seconds(insert)


def _checks(count: int, rounds: int) -> Iterator[Figure]:
    """Compare reading and checking a plan with a library's bare reading of the same text."""
    phases = [
        {"name": f"p{phase}", "parallel": True, "tasks": _plan_tasks(phase, count // _PHASES)}
        for phase in range(_PHASES)
    ]
    plan = {"goal": "be measured", "phases": phases}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts: Sequence[tuple[str, str, Callable[[str], object]]] = (
        ("json", json.dumps(plan, indent=1), json.loads),
        ("yaml", yaml.safe_dump(plan), lambda text: yaml.load(text, Loader=loader)),  # noqa: S506
    )
    for name, text, read in texts:
        whole, bare = by_turns(rounds * 3, partial(_check, text, name), partial(_read, text, read))
        what = f"check of a plan of {count:,} tasks, {name}"
        note = "floor: the library's bare reading"
        yield against(what, "ms", whole, bare, note=note, aim=_CHECKS.get((count, name)))


def _plan_tasks(phase: int, count: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"t{phase}-{number}",
            "prompt": f"do part {number} of {phase}\nand say so",
            "run": "make",
            "mode": "read_write",
            "file_scope": [f"src/{phase}/{number}/**"],
            "depends_on_results": [f"t{phase - 1}-{number}"] if phase else [],
        }
        for number in range(count)
    ]


def _check(text: str, format_: str) -> float:
    def check() -> None:
        report = parse_plan(text, format_, f"plan.{format_}")
        assert report.plan is not None, report.errors

    return _seconds(check) * 1000


def _read(text: str, read: Callable[[str], object]) -> float:
    return _seconds(lambda: read(text)) * 1000


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


SECTION: Final = Section(
    "load", "executemany of the same rows into the same empty tables, one transaction", _measure
)
