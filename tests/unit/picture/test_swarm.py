"""How far the tasks of a swarm are, by each other; and the swarm as a whole in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FOLDER, RUN, phase, seat, shell
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import Step
from wf_tui.paths import RunPaths
from wf_tui.picture.phase_counts import count_lines, phase_counts
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import status_lines

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness
    from wf_tui.ledger.ledger import Fence
    from wf_tui.ledger.model.new_tasks import NewTask

PROMPTS = [seat(f"a{number}", "agent", kind="agent") for number in range(1, 5)]


def prompt(name: str, *tags: str) -> NewTask:
    """Return a task for an agent."""
    return shell(name, spec=Spec(prompt="Do", tags=tags or ("swarm",)))


def make(drive: LedgerHarness) -> dict[str, Fence]:
    """Make a swarm of four, of which two run, and a task beside it."""
    drive.make(
        phase("items", *map(prompt, "abcd")),
        phase("more", prompt("e", "other")),
        seats=PROMPTS,
    )
    return {name: drive.expect_claim(name, step=Step.RUNNING) for name in ("a", "b")}


def finish(drive: LedgerHarness, fence: Fence, tools: int, seconds: float = 10) -> None:
    """Let an attempt use tools, and end well."""
    assert drive.ledger.said(fence, "x", tools=tools)
    drive.clock.move(seconds)
    assert drive.done(fence)


def share(drive: LedgerHarness, view: PictureHarness, task: str) -> float | None:
    """Return how far a task is."""
    view.look()
    return view.picture.progress(task, drive.clock.now())


def test_tool_calls_are_measured_by_those_of_finished_ones(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Nothing is known before the first has finished; then the share grows, to 85 % at most."""
    running = make(drive)
    view.look()
    drive.ledger.said(running["b"], "reads", tools=5)
    assert share(drive, view, "b") == 0
    finish(drive, running["a"], tools=20)
    assert share(drive, view, "b") == pytest.approx(0.25)
    drive.ledger.said(running["b"], "reads", tools=100)
    assert share(drive, view, "b") == 0.85
    finish(drive, running["b"], tools=40)
    third = drive.expect_claim("c", step=Step.RUNNING)
    drive.ledger.said(third, "reads", tools=15)
    assert share(drive, view, "c") == pytest.approx(0.5)


def test_a_plan_of_its_own_says_more(drive: LedgerHarness, view: PictureHarness) -> None:
    """Where an agent tells its plan, that counts, with or without others that are done."""
    running = make(drive)
    drive.ledger.said(running["a"], "reads", tools=99, plan_done=1, plan_total=4)
    assert share(drive, view, "a") == 0.25
    finish(drive, running["b"], tools=1)
    assert share(drive, view, "a") == 0.25


def test_what_is_merged_is_nearly_done(drive: LedgerHarness, view: PictureHarness) -> None:
    """Once its program has ended only checks and the merge are left, whatever it used."""
    running = make(drive)
    drive.bring(running["a"], Step.CHECKING)
    assert share(drive, view, "a") == 0.85


def test_a_command_is_measured_by_its_time(drive: LedgerHarness, view: PictureHarness) -> None:
    """A command uses no tools; what there is to go by is how long others took."""
    command = Spec(command="true", tags=("swarm",))
    drive.make(phase("items", shell("a", spec=command), shell("b", spec=command)))
    first, _ = (drive.expect_claim(name, step=Step.RUNNING) for name in "ab")
    assert share(drive, view, "b") == 0
    finish(drive, first, tools=0, seconds=20)
    drive.clock.move(-10)
    assert share(drive, view, "b") == pytest.approx(0.5)


def test_only_what_runs_in_a_swarm_has_a_share(drive: LedgerHarness, view: PictureHarness) -> None:
    """A task that waits or is done has none, and neither has one that is in no swarm."""
    running = make(drive)
    finish(drive, running["a"], tools=3)
    drive.expect_claim("c")
    drive.expect_claim("d")
    drive.expect_claim("e", step=Step.RUNNING)
    assert [share(drive, view, name) for name in "ae"] == [None, None]


def test_a_view_that_follows_knows_the_same(drive: LedgerHarness, view: PictureHarness) -> None:
    """Reading all at once gives the shares that following the events gave."""
    running = make(drive)
    view.look()
    finish(drive, running["a"], tools=8)
    drive.ledger.said(running["b"], "reads", tools=2)
    followed = share(drive, view, "b")
    view.last = None
    assert share(drive, view, "b") == followed == 0.25


def test_the_swarm_in_a_line(drive: LedgerHarness, view: PictureHarness) -> None:
    """While it goes on the header says how many are where, and the status says it at any time."""
    running = make(drive)
    finish(drive, running["a"], tools=3)
    drive.fail(running["b"])
    drive.expect_claim("c")
    view.look()
    line = "items: 1 done, 1 running, 1 waiting, 1 blocked of 4"
    assert view.picture.header.phase == line
    rows = [view.picture.row(name) for name in "abcde"]
    assert count_lines(phase_counts(rows)) == [line]
    drive.done(drive.expect_claim("d"))
    view.look()
    assert view.picture.header.phase == "items: 2 done, 1 running, 1 blocked of 4"


def test_the_status_says_how_far_each_is(drive: LedgerHarness) -> None:
    """Without a board the line of a task has its share, and the run the line of its swarm."""
    running = make(drive)
    finish(drive, running["a"], tools=20)
    drive.ledger.said(running["b"], "reads", tools=5)
    now = drive.clock.now()
    lines = list(status_lines(read_status(drive.db, RUN, now, RunPaths(FOLDER))))
    assert "items: 1 done, 1 running, 2 waiting of 4" in lines
    (line,) = [line for line in lines if line.startswith("  ● b")]
    assert line.endswith("10s  25%")
