"""A deliverable is delivered when it is in the tree that is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.plans import parallel_plan

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

ONCE = "deliverables: [dist/report.md], max_attempts: 1"


def plan(command: str, mode: str = "read_write") -> str:
    """Return a plan of a task that has to deliver a report, with one try."""
    return parallel_plan(f"id: t, run: '{command}', mode: {mode}, {ONCE}")


@pytest.fixture(autouse=True)
def _ignored(harness: RunHarness) -> None:
    """Have git ignore the folder of the report."""
    harness.write(".gitignore", "dist/\n")
    harness.git("add", "-A")
    harness.git("commit", "-qm", "ignore dist")


def test_an_ignored_file_is_not_delivered(harness: RunHarness) -> None:
    """It would be thrown away with the tree; the rule that hides it is named."""
    harness.play(plan("mkdir dist; echo found > dist/report.md"))
    task = harness.task("t")
    assert (task.kind, task.detail["paths"]) == ("deliverable", ["dist/report.md"])
    assert task.note == (
        "git ignores dist/report.md (.gitignore:1: dist/), so that it is not delivered; "
        "`git add -f` in the task takes it all the same"
    )


def test_an_ignored_file_that_was_added_is_delivered(harness: RunHarness) -> None:
    """What the worker tracks is merged, ignored or not."""
    harness.play(plan("mkdir dist; echo found > dist/report.md; git add -f dist"))
    assert harness.task("t").kind == "merged"
    assert harness.merged("dist/report.md") == "found"


def test_a_reader_delivers_nothing(harness: RunHarness) -> None:
    """What a task that only reads has written is not kept, so that it does not count."""
    harness.play(plan("mkdir dist; echo found > dist/report.md", "read_only"))
    task = harness.task("t")
    assert (task.kind, "the task only reads" in task.note) == ("deliverable", True)


def test_a_file_of_the_base_is_delivered(harness: RunHarness) -> None:
    """One that is there already need not be written again; an empty one or a link is none."""
    (harness.repo / "dist").mkdir()
    harness.write("dist/report.md", "old\n")
    harness.git("add", "-f", "dist")
    harness.git("commit", "-qm", "report")
    harness.play(plan("true"))
    assert harness.task("t").kind == "no_changes"


def test_what_git_ignores_is_counted(harness: RunHarness) -> None:
    """A task that is done without changes says what it has left all the same."""
    harness.play(parallel_plan("id: t, run: 'mkdir dist; echo x > dist/a', mode: read_write"))
    assert harness.task("t").note == "1 ignored by git: dist/"
    assert harness.attempts("t")[-1].ignored == 1
    assert harness.events("harvested")[-1].data["ignored_names"] == ["dist/"]
