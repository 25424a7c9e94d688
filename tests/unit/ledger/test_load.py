"""Bringing a checked plan into the ledger."""

from __future__ import annotations

from tests.support.ledger_harness import RUN, LedgerHarness, a_run, shell
from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.ledger.model.nodes.new_rows import rank
from wf_tui.ledger.model.rows import Spec
from wf_tui.plan.models import Plan

PLAN = Plan.model_validate(
    {
        "goal": "to test",
        "phases": [
            {
                "name": "p",
                "parallel": True,
                "wip": 2,
                "tasks": [
                    {"id": "a", "prompt": "Look around.\nThen tell.", "agent_type": "explore"},
                    {"id": "b", "run": "make", "mode": "read_write", "file_scope": ["src"]},
                ],
            },
            {
                "name": "q",
                "on_failure": "abort",
                "tasks": [
                    {
                        "id": "c",
                        "run": "make test",
                        "title": "Test it",
                        "depends_on_results": ["a", "b", "a"],
                        "worker": "kimi",
                        "priority": -1,
                        "budget": {"max_seconds": 30, "max_tokens": 9},
                        "fallback": ["glm"],
                        "checkpoint": "fresh",
                    },
                    {"id": "d", "run": "make docs", "mode": "read_write", "isolation": "shared"},
                ],
            },
        ],
    }
)


def loaded(drive: LedgerHarness) -> LedgerHarness:
    """Create a run of the plan."""
    drive.ledger.create_run(a_run(), *of_plan(PLAN))
    return drive


def test_phases(drive: LedgerHarness) -> None:
    """Phases keep order, policy and limit, and wait for the phases of the results they need."""
    loaded(drive)
    p, q = drive.phase("p"), drive.phase("q")
    assert (p.ordinal, p.parallel, p.on_failure, p.wip) == (0, True, "hold", 2)
    assert (q.ordinal, q.parallel, q.on_failure, q.wip) == (1, False, "abort", None)
    assert (p.unmet, q.unmet, q.unsettled) == (0, 1, 2)


def test_tasks(drive: LedgerHarness) -> None:
    """A task keeps all that its worker needs; a result named twice counts once."""
    task = loaded(drive).task("c")
    assert task.spec == Spec(
        command="make test", needs=("a", "b"), fallback=("glm",), checkpoint="fresh",
        max_seconds=30.0, max_tokens=9,
    )  # fmt: skip
    assert (task.title, task.pinned, task.pinned_by, task.unmet) == ("Test it", "kimi", "plan", 3)
    assert (task.priority, task.rank) == (-1, rank(-1, task.chain))


def test_kinds_and_titles(drive: LedgerHarness) -> None:
    """A task without a command needs more than a shell; without a title its first line is one."""
    loaded(drive)
    assert [drive.task(name).takes for name in "abcd"] == [
        "prompt",
        "command",
        "command",
        "command",
    ]
    assert [drive.task(name).title for name in "abcd"] == ["Look around.", "b", "Test it", "d"]
    assert drive.task("a").role == "explore"


def test_workspaces(drive: LedgerHarness) -> None:
    """`auto` is a worktree for a writing task and shared for one that reads."""
    loaded(drive)
    places = [drive.task(name).isolation for name in "abd"]
    assert places == ["shared", "worktree", "shared"]


def test_longest_path_first(drive: LedgerHarness) -> None:
    """At equal priority the rank is lower the more work waits for a task."""
    loaded(drive)
    assert drive.task("a").chain == drive.task("b").chain == 3
    assert rank(0, 3) < rank(0, 1) < rank(1, 3)


def test_runs_side_by_side(drive: LedgerHarness) -> None:
    """Two runs in one ledger share no task, phase or number."""
    drive.make("a")
    drive.ledger.create_run(a_run(id="r2"), *of_plan(PLAN))
    drive.finish("a")
    assert drive.ledger.end_when_idle(RUN, foreground=True) == "completed"
    rows = drive.db.execute("SELECT run, count(*), max(seq) FROM event GROUP BY run")
    assert [row[1] == row[2] for row in rows] == [True, True]


def test_a_new_run_says_how_many_events_it_has(drive: LedgerHarness) -> None:
    """Creating a run returns it as it is stored."""
    made = drive.ledger.create_run(a_run(), *of_plan(PLAN))
    assert made == drive.run()
    assert (made.seq, made.pending) == (5, 4)


def test_a_task_alone(drive: LedgerHarness) -> None:
    """A task without prompt, command or title goes by its id."""
    drive.make(shell("a", spec=Spec()))
    assert drive.task("a").title == "a"
