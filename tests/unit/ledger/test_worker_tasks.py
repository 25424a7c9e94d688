"""What a worker adds from within its attempt has no more than its author, and is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import recount
from tests.support.ledger_harness import RUN, LedgerHarness, phase, seat, shell
from wf_tui.errors import RefusedError
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import RELEASE
from wf_tui.plan.choices import Mode

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

READS = Mode.READ_ONLY


def add(
    drive: LedgerHarness, task: NewTask, to: str | None = None, *, worker: str = "w1"
) -> TaskRow:
    """Add a task as a worker does."""
    return drive.ledger.acting(f"worker:{worker}").add(RUN, task, to)


def author(drive: LedgerHarness, **values: object) -> None:
    """Let the first seat work on a task of these values, beside a phase of others."""
    drive.make(phase("p", shell("a", **values)), phase("q", "b", after=["p"]))
    drive.expect_claim("a", "w1", Step.RUNNING)


def test_it_waits_for_its_author(drive: LedgerHarness) -> None:
    """What a worker adds needs its author, and joins the phase that nothing waits for."""
    author(drive)
    row = add(drive, shell("n", scope=("src/a/x",)))
    assert (row.author, row.phase, row.spec.needs) == ("a", "added", ("a",))
    assert drive.reason("n").text == "waits for a"
    (event,) = drive.events("task_added", task="n")
    assert (event.actor, event.data["author"]) == ("worker:w1", "a")
    recount.check(drive.db)


def test_its_work_goes_to_the_critic_of_its_author(drive: LedgerHarness) -> None:
    """Else a worker could pass its critic by; in the shared workspace nothing could be judged."""
    author(drive, spec=Spec(command="true", critic="look", critic_worker="k", critic_rounds=2))
    spec = add(drive, shell("n", scope=("src/a/x",))).spec
    assert (spec.critic, spec.critic_worker, spec.critic_rounds) == ("look", "k", 2)
    with pytest.raises(RefusedError, match="its work goes to a critic"):
        add(drive, shell("m", scope=("src/a/x",), isolation="shared"))


def test_it_may_join_the_phase_of_its_author(drive: LedgerHarness) -> None:
    """Into no other phase: others wait for that one, or it waits for others."""
    author(drive)
    assert add(drive, NewTask("n"), "p").phase == "p"
    with pytest.raises(RefusedError, match="joins the phase 'p', or none"):
        add(drive, NewTask("m"), "q")


@pytest.mark.parametrize(
    ("task", "why"),
    [
        (shell("n", scope=("src/b",)), "its scope is src/a"),
        (shell("n", scope=("src/a/x", "src")), "its scope is src/a"),
        (shell("n", scope=("src/*",)), "its scope is src/a"),
        (shell("n", scope=()), "its scope is src/a"),
        (shell("n", mode=READS, worker="other"), "it works for the profile shell"),
        (shell("n", mode=READS, spec=Spec(command="x", gate="x")), "the gate and the variables"),
        (shell("n", mode=READS, spec=Spec(command="x", env=("A=1",))), "the gate and the var"),
        (shell("n", mode=READS, spec=Spec(command="x", pass_env=("A",))), "the gate and the var"),
    ],
)
def test_more_than_its_author_is_refused(drive: LedgerHarness, task: NewTask, why: str) -> None:
    """A worker cannot give to another one what it was not given itself."""
    author(drive)
    with pytest.raises(RefusedError, match=why):
        add(drive, task)


def test_a_reader_adds_readers(drive: LedgerHarness) -> None:
    """A task that only reads adds nothing that writes."""
    author(drive, mode=READS)
    with pytest.raises(RefusedError, match="it only reads"):
        add(drive, shell("n", scope=("src/a",)))
    assert add(drive, shell("m", mode=READS)).mode is READS


def test_only_a_command_adds_a_command(drive: LedgerHarness) -> None:
    """A worker that was given a prompt may not run a command by way of another one."""
    drive.make(NewTask("a", spec=Spec(prompt="think")), seats=[seat("w1", kind="prompt")])
    drive.expect_claim("a", "w1", Step.RUNNING)
    with pytest.raises(RefusedError, match="only a task with a command"):
        add(drive, shell("n", mode=READS))
    assert add(drive, NewTask("m", spec=Spec(prompt="think more"))).author == "a"


def test_it_is_held_to_what_its_author_is_held_to(drive: LedgerHarness) -> None:
    """Gate, review, time limit and place in the queue are those that a person gave the author."""
    spec = Spec(command="true", gate="make test", review=True, timeout_secs=9.0)
    author(drive, spec=spec, priority=3)
    row = add(drive, shell("n", scope=("src/a",), priority=-5))
    assert (row.spec.gate, row.spec.review, row.spec.timeout_secs) == ("make test", True, 9.0)
    assert row.priority == 3


def test_a_worker_that_was_stopped_adds_nothing(drive: LedgerHarness) -> None:
    """Whoever holds no task any more has nothing that a new one could be behind."""
    author(drive)
    drive.mine.move(RUN, RELEASE, ["a"])
    with pytest.raises(RefusedError, match="w1 holds no task any more"):
        add(drive, NewTask("n"))


def test_workers_add_a_hundred_tasks_of_a_run(drive: LedgerHarness) -> None:
    """Then it is up to a person, whose own tasks are not counted."""
    author(drive)
    for number in range(100):
        add(drive, NewTask(f"n{number}"))
    with pytest.raises(RefusedError, match="added 100 tasks"):
        add(drive, NewTask("m"))
    assert drive.mine.add(RUN, NewTask("m")).author == ""


def test_workers_add_three_deep(drive: LedgerHarness) -> None:
    """A task that was added by one that was added adds one more, and that one none."""
    drive.make(shell("a", mode=READS), seats=1)
    held = drive.expect_claim("a", "w1", Step.RUNNING)
    for deeper in ("b1", "b2", "b3"):
        add(drive, shell(deeper, mode=READS))
        drive.done(held)
        held = drive.expect_claim(deeper, "w1", Step.RUNNING)
    with pytest.raises(RefusedError, match="3 workers deep"):
        add(drive, shell("b4", mode=READS))
