"""What a person accepts: out of the scope, or resolved by hand; nothing of theirs is ever lost."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.unit.scheduler.test_scheduler import parallel
from wf_tui.commands import open_reads
from wf_tui.git.control import open_control
from wf_tui.ledger.load import NewTask
from wf_tui.ledger.rows import Spec
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.scheduler.arena import Arena
    from wf_tui.ledger.rows import TaskRow

RACE = "scopes: race"
WRITES = "mode: read_write"


def contested(arena: Arena, *, times: int = 2, more: str = "") -> str:
    """Return a plan in which the work of `t` does not merge, the first `times` times."""
    seen = arena.folder / "seen"
    seen.mkdir()
    branch = f"git --git-dir={arena.place.paths.run(arena.run).control} rev-parse HEAD"
    moved = f'until [ "$({branch})" != "$(git rev-parse wf-base)" ]; do sleep 0.02; done'
    work = f"n=$(ls {seen} | wc -l); mkdir {seen}/$n; {moved}; echo mine > shared.txt"
    tasks = [f"id: t, run: '{work}', {WRITES}{more}"]
    for number in range(times):
        wait = f"until test -d {seen}/{number}; do sleep 0.02; done"
        tasks.append(f"id: o{number}, run: '{wait}; echo {number} > shared.txt', {WRITES}")
    return parallel(*tasks, before=RACE)


def outside(fields: str = "") -> str:
    """Return a plan of a task that leaves its scope."""
    work = "mkdir src; echo in > src/a; echo out > other.txt; echo said"
    return parallel(f"id: t, run: '{work}', file_scope: [src], {WRITES}{fields}")


def accept(arena: Arena) -> TaskRow:
    """Accept the work of `t`, lead the run to its end, and return what became of the task."""
    arena.act(lambda ledger: ledger.accept(arena.run, "t"))
    arena.lead()
    return arena.task("t")


def until_killed(pid: int) -> None:
    """Wait until a scheduler has died of its planned fault."""
    handle = os.pidfd_open(pid)
    died = os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    assert died is not None
    assert died.si_status == signal.SIGKILL


def kept(arena: Arena) -> Path:
    """Return the one tree that is left of the run."""
    (tree,) = arena.place.paths.run(arena.run).trees.iterdir()
    return tree


@pytest.fixture(autouse=True)
def _legal(arena: Arena) -> Iterator[None]:
    """Judge the whole log of each run, by rules that are not the ledger's."""
    yield
    with open_reads(arena.place) as db:
        control = open_control(arena.place.paths.run(arena.run))
        assert verify_run(db, arena.run, control).violations == ()


def test_outside_the_scope(arena: Arena) -> None:
    """Work outside its scope that a person accepts is merged, with what its worker said."""
    assert arena.play(outside()) == "partial"
    task = accept(arena)
    assert (task.kind, task.result, task.tries) == ("merged", "said", 0)
    assert arena.merged("other.txt") == "out"
    assert arena.attempts("t")[-1].profile == "user"
    assert not list(arena.place.paths.run(arena.run).trees.iterdir())


def test_resolved_by_hand(arena: Arena) -> None:
    """What a person makes of a conflict is merged on the head that the work had met."""
    assert arena.play(contested(arena)) == "partial"
    tree = kept(arena)
    assert "<<<<<<<" in (tree / "shared.txt").read_text()
    (tree / "shared.txt").write_text("both\n")
    (tree / "note.txt").write_text("by hand\n")
    assert accept(arena).kind == "merged"
    assert (arena.merged("shared.txt"), arena.merged("note.txt")) == ("both", "by hand")
    assert not tree.exists()


def test_marks_that_are_left(arena: Arena) -> None:
    """A file in which conflict marks still stand is named; the tree waits for more."""
    arena.play(contested(arena))
    task = accept(arena)
    assert (task.kind, task.note) == ("conflict", "1 file still with conflict marks: shared.txt")
    assert (task.detail["paths"], task.tries) == (["shared.txt"], 0)
    (kept(arena) / "shared.txt").write_text("both\n")
    assert accept(arena).kind == "merged"
    assert arena.merged("shared.txt") == "both"


def test_gate_of_accepted_work(arena: Arena) -> None:
    """A gate that fails gives the work back, uncounted, with the tail; it can be mended there."""
    arena.play(outside(", gate: 'cat other.txt; grep fixed other.txt'"))
    task = accept(arena)
    assert (task.kind, task.note, task.tries) == ("scope", "the gate failed: exit 1", 0)
    assert (task.detail["tail"], task.detail["paths"]) == ("out", ["other.txt"])
    (kept(arena) / "other.txt").write_text("fixed\n")
    assert accept(arena).kind == "merged"
    assert arena.merged("other.txt") == "fixed"


def test_deliverable_of_accepted_work(arena: Arena) -> None:
    """A file that is missing gives the work back, too, not to a worker."""
    arena.play(outside(", deliverables: [src/b], max_attempts: 3"))
    task = accept(arena)
    assert (task.kind, task.note) == ("scope", "missing or empty: src/b")
    (kept(arena) / "src/b").write_text("b\n")
    assert accept(arena).kind == "merged"


def test_conflict_over_what_was_resolved(arena: Arena) -> None:
    """A resolution that conflicts again has the new merge laid over it, and is resolved again."""
    arena.play(contested(arena))
    (kept(arena) / "shared.txt").write_text("both\n")
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode="read_write")
    arena.act(lambda ledger: ledger.add(arena.run, more))
    arena.lead()
    task = accept(arena)
    text = (kept(arena) / "shared.txt").read_text()
    assert (task.kind, arena.task("more").kind) == ("conflict", "merged")
    assert ("late\n" in text, "both\n" in text, "<<<<<<<" in text) == (True, True, True)
    (kept(arena) / "shared.txt").write_text("all\n")
    assert accept(arena).kind == "merged"
    assert arena.merged("shared.txt") == "all"


def test_first_conflict_of_accepted_work(arena: Arena) -> None:
    """Accepted work that does not merge is never begun anew by a worker."""
    arena.play(parallel("id: t, run: 'echo mine > shared.txt', file_scope: [x], " + WRITES))
    more = NewTask("more", "more", Spec(command="echo late > shared.txt"), mode="read_write")
    arena.act(lambda ledger: ledger.add(arena.run, more))
    arena.lead()
    assert (accept(arena).kind, arena.task("t").attempts) == ("conflict", 2)
    (kept(arena) / "shared.txt").write_text("both\n")
    assert accept(arena).kind == "merged"


def test_conflict_in_the_shared_tree(arena: Arena) -> None:
    """A writer of the shared tree has its conflict laid out in a tree of its own."""
    shared = ", isolation: shared, file_scope: [shared.txt]"
    arena.play(contested(arena, more=shared))
    (kept(arena) / "shared.txt").write_text("both\n")
    assert accept(arena).kind == "merged"
    assert arena.merged("shared.txt") == "both"


POINTS = [
    "harvest.begun",
    "harvest.commit",
    "harvest.ref",
    "harvest.recorded",
    "check.begun",
    "check.ended",
    "integrate.begun",
    "integrate.intent",
    "integrate.moved",
    "integrate.recorded",
    "finish.recorded",
]


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_it_takes_accepted_work(arena: Arena, point: str) -> None:
    """Wherever the scheduler is killed, the next one merges what was accepted, once."""
    arena.play(outside(", gate: 'test -e other.txt'"))
    (kept(arena) / "by-hand").write_text("x\n")
    arena.act(lambda ledger: ledger.accept(arena.run, "t"))
    arena.environ["WF_FAULT"] = f"{point}:1:kill"
    until_killed(arena.detach())
    del arena.environ["WF_FAULT"]
    assert arena.lead() == "completed"
    assert (arena.task("t").kind, arena.merged("by-hand")) == ("merged", "x")
    assert [attempt.outcome for attempt in arena.attempts("t")] == ["failed", "succeeded"]


@pytest.mark.slow
@pytest.mark.parametrize("point", ["integrate.begun", "integrate.conflict"])
def test_killed_in_the_conflict(arena: Arena, point: str) -> None:
    """A scheduler killed over a second conflict leaves it to the next one to lay it out."""
    arena.start(contested(arena))
    arena.environ["WF_FAULT"] = f"{point}:{5 if point == 'integrate.begun' else 3}:kill"
    until_killed(arena.detach())
    del arena.environ["WF_FAULT"]
    assert arena.lead() == "partial"
    (kept(arena) / "shared.txt").write_text("both\n")
    assert accept(arena).kind == "merged"
