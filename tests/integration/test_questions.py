"""What a worker asks, and what persons say: over a real line, through the ledger."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.log_text import printed
from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_scheduler
from wf_tui.config import Profile, Timing
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import ANSWER, RELEASE
from wf_tui.project import open_ledger
from wf_tui.workers.shim.log import SAID

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.model.rows import EventRow, QuestionRow

_ASKS = """
printf '{"ev":"question","id":"1","text":"Deploy?"}\\n' >&3
IFS= read -r answer <&3
printf '%s\\n' "$answer" > answer.txt
"""


def asking() -> str:
    """Return a plan whose one task asks a person, and writes down what it is told."""
    return parallel_plan(f"id: a, mode: read_write, run: {json.dumps(_ASKS)}")


def asked(event: EventRow) -> bool:
    """Whether an event says that the task asks."""
    return event.kind == "question_asked"


def question(harness: RunHarness) -> QuestionRow:
    """Return the one question of the task, as it is now."""
    with open_ledger(harness.project) as ledger:
        (found,) = conversation.questions(ledger.db, harness.run, "a")
    return found


def test_an_answer_reaches_the_program(tmp_path: Path) -> None:
    """A command that asks on its line goes on with what a person said, and nothing else."""
    harness = RunHarness(tmp_path, Timing(grace=0.5))
    harness.start(asking())
    harness.when(
        asked, lambda ledger: ledger.move(harness.run, ANSWER, ["a"], text="yes, on Monday")
    )
    assert harness.lead() == "completed"
    assert '"text":"yes, on Monday"' in harness.merged("answer.txt").replace(": ", ":")
    assert (question(harness).state, question(harness).delivered_epoch) == ("delivered", 1)
    (attempt,) = harness.attempts("a")
    folder = harness.project.paths.run(harness.run).attempt("a", attempt.epoch)
    assert printed(folder / SAID) == "[question 1] Deploy?\n[answer] yes, on Monday\n"


def test_a_program_need_not_wait_for_its_answer(tmp_path: Path) -> None:
    """One that reads nothing and ends well is done; its question is void, and nobody's any more."""
    harness = RunHarness(tmp_path)
    ask = _ASKS.strip().splitlines()[0]
    harness.start(parallel_plan(f"id: a, mode: read_only, run: {json.dumps(ask)}"))
    assert harness.lead() == "completed"
    assert question(harness).state == "void"
    assert violations(harness) == set()


def test_a_question_that_nobody_answers_stops_its_worker(tmp_path: Path) -> None:
    """It stays, and the answer that comes too late is what the next attempt is told."""
    patient = Profile(question_timeout=0.2)
    harness = RunHarness(tmp_path, Timing(grace=0.2), {"shell": patient})
    assert harness.play(asking()) == "partial"
    assert (harness.task("a").kind, question(harness).state) == ("question", "expired")
    (attempt,) = harness.attempts("a")
    assert attempt.note == "nobody answered it in time"


@pytest.mark.slow
def test_a_no_in_the_place_of_nobody(tmp_path: Path) -> None:
    """With `on_timeout: reject` the worker is told that nobody allows it, and goes on."""
    harness = RunHarness(
        tmp_path, Timing(grace=0.2), {"shell": Profile(question_timeout=0.2, on_timeout="reject")}
    )
    assert harness.play(asking()) == "completed"
    assert question(harness).answered_by == "timeout"


def test_a_task_says_how_long_it_waits(tmp_path: Path) -> None:
    """What a plan says of a task goes before what its profile says."""
    harness = RunHarness(tmp_path, Timing(grace=0.2), {"shell": Profile(question_timeout=0)})
    hasty = "question_timeout: 0.2, on_timeout: reject"
    task = f"id: a, mode: read_write, run: {json.dumps(_ASKS)}, {hasty}"
    assert harness.play(parallel_plan(task)) == "completed"
    assert question(harness).answered_by == "timeout"


@pytest.mark.slow
def test_a_task_is_taken_back_while_it_asks(tmp_path: Path) -> None:
    """A release voids the question; the attempt after it asks anew."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    harness.start(asking())
    harness.when(asked, lambda ledger: ledger.move(harness.run, RELEASE, ["a"]))
    harness.when(
        lambda event: asked(event) and event.epoch == 2,
        lambda ledger: ledger.move(harness.run, ANSWER, ["a"], text="now"),
    )
    assert harness.lead() == "completed"
    states = [(one.epoch, one.outcome) for one in harness.attempts("a")]
    assert states == [(1, "cancelled"), (2, "succeeded")]


_TWICE = """
if test -e {flag}; then cp "$WF_PROMPT" prompt.txt; exit; fi
touch {flag}
printf '{{"ev":"question","id":"1","text":"Deploy?"}}\\n' >&3
IFS= read -r answer <&3
echo "$answer" > answer.txt
"""


def asking_once(flag: Path) -> str:
    """Return a plan whose task asks the first time, and keeps its prompt the second time."""
    command = json.dumps(_TWICE.format(flag=flag))
    fields = "mode: read_write, max_attempts: 2, prompt: look, checkpoint: fresh"
    return parallel_plan(f"id: a, {fields}, run: {command}")


@pytest.mark.slow
def test_a_scheduler_is_killed_while_a_question_is_open(tmp_path: Path) -> None:
    """The attempt is lost and the question void: nothing was approved, and nobody may answer it."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    harness.start(asking_once(tmp_path / "again"))
    pid = harness.detach()
    harness.wait_for(asked)
    kill_scheduler(harness, pid)
    assert harness.lead() == "completed"
    assert [one.outcome for one in harness.attempts("a")] == ["lost", "succeeded"]
    assert (question(harness).state, question(harness).option) == ("void", None)
    assert "Answer" not in harness.merged("prompt.txt")


@pytest.mark.slow
def test_an_answer_that_no_worker_lived_to_hear(tmp_path: Path) -> None:
    """It stands in the next prompt as what a person said, and is delivered by that."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    harness.start(asking_once(tmp_path / "again"))
    pid = harness.detach()
    harness.wait_for(asked)
    os.kill(pid, signal.SIGSTOP)
    harness.act(lambda ledger: ledger.move(harness.run, ANSWER, ["a"], text="not on Friday"))
    kill_scheduler(harness, pid)
    assert question(harness).state == "answered"
    assert harness.lead() == "completed"
    assert "not on Friday" in harness.merged("prompt.txt")
    assert (question(harness).state, question(harness).delivered_epoch) == ("delivered", 2)
    assert violations(harness) == set()
