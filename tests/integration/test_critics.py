"""Critics, for real: scripted agents work and judge, their work is merged or goes to a person."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.crash_scenario import start
from tests.support.plans import WRITES, conflicting_plan, parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import attempt_started
from tests.support.scripted_runs import prompts_given, scripted, scripted_harness
from wf_tui.ledger.rules.moves import ACCEPT, EDIT, RETRY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger

pytestmark = pytest.mark.slow


def says(verdict: str, words: str = "so") -> str:
    """Return the step by which a scripted critic answers."""
    block = json.dumps({"summary": words, "files": [], "verdict": verdict})
    return "end " + json.dumps({"ok": True, "text": f"{words}\n```json\n{block}\n```"})


def critic(*steps: str, rounds: int = 3) -> str:
    """Return the critic of a task for `parallel_plan`; each one does the steps from the top."""
    prompt = "".join(f"DO {step}\n" for step in steps)
    return f"critic: {{prompt: {json.dumps(prompt)}, rounds: {rounds}}}"


def rounds(*verdicts: str) -> str:
    """Return a critic that gives one verdict a round."""
    steps = [f"once v{n} {says(one, f'round {n}')}" for n, one in enumerate(verdicts, 1)]
    return critic(*steps)


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Give a run in which one seat of one profile does all: it works, and judges its own work."""
    return scripted_harness(tmp_path)


def test_a_pass_is_merged(harness: RunHarness) -> None:
    """The critic reads the very work, is told of it as data, and its pass needs no seat."""
    look = f"tool grep -q hello a.txt && touch {harness.folder}/seen"
    judge = critic(look, says("pass"))
    plan = parallel_plan(scripted("a", "write a.txt hello", more=f"{WRITES}, {judge}"))
    assert harness.play(f"{plan}gate: 'cat a.txt'\n") == "completed"
    assert (harness.folder / "seen").exists()
    assert harness.merged("a.txt") == "hello"
    asked = prompts_given(harness)[1]
    assert "+hello" in asked
    assert '"gate": "cat a.txt"' in asked
    assert [attempt.worker for attempt in harness.attempts("a")] == ["one-1", "critic:a.critic.1"]
    assert violations(harness) == set()


def test_it_is_sent_back_in_its_session(harness: RunHarness) -> None:
    """Twice failed, then passed: the same worker goes on, and has each time what was said."""
    more = f"{WRITES}, {rounds('fail', 'fail', 'pass')}"
    assert harness.play(parallel_plan(scripted("a", "write a.txt x", more=more))) == "completed"
    task = harness.task("a")
    assert (task.kind, task.tries, task.critic_rounds) == ("merged", 0, 2)
    first, second, third, merge = harness.attempts("a")
    assert first.session == second.session == third.session
    assert merge.commit_id == third.commit_id
    assert "round 2" in prompts_given(harness)[4]
    assert "A critic has looked at earlier work" in prompts_given(harness)[4]
    assert violations(harness) == set()


def test_a_person_decides_where_it_does_not(harness: RunHarness) -> None:
    """Its rounds are used up, or it is unsure; the work is there to be accepted, or done again."""
    failing = scripted("a", "write a.txt x", more=f"{WRITES}, {critic(says('fail'), rounds=1)}")
    unsure = scripted("b", "write b.txt x", more=f"{WRITES}, {critic('say hm')}")
    assert harness.play(parallel_plan(failing, unsure)) == "partial"
    assert (harness.task("a").kind, harness.task("b").kind) == ("review", "review")
    harness.act(lambda ledger: ledger.move(harness.run, ACCEPT, ["a"]))
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["b"]))
    assert harness.lead() == "partial"
    assert (harness.task("a").kind, harness.task("b").detail["critic"]) == ("merged", "b.critic.2")
    assert violations(harness) == set()


def test_what_it_may_change_is_asked_again(harness: RunHarness) -> None:
    """A person has narrowed its scope while its critic looked: then a pass merges nothing."""
    go = harness.folder / "go"
    judge = critic(f"tool until test -e {go}; do sleep 0.02; done", says("pass"))

    def narrow(ledger: Ledger) -> None:
        ledger.move(harness.run, EDIT, ["a"], fields={"scope": ("docs",)})
        go.touch()

    harness.start(parallel_plan(scripted("a", "write a.txt x", more=f"{WRITES}, {judge}")))
    harness.when(attempt_started("a.critic.1"), narrow)
    assert harness.lead() == "partial"
    assert (harness.task("a").kind, harness.task("a").detail["why"]) == ("scope", "outside")
    assert violations(harness) == set()


def test_a_critic_that_crashes_is_tried_again(harness: RunHarness) -> None:
    """Its failures are its own: the author waits, and is not asked to do anything."""
    crash = 'once crash end {"ok": false, "kind": "task", "why": "crash"}'
    judge = critic(crash, says("pass"))
    plan = parallel_plan(scripted("a", "write a.txt x", more=f"{WRITES}, {judge}, max_attempts: 2"))
    assert harness.play(plan) == "completed"
    assert len(harness.attempts("a.critic.1")) == 2
    assert violations(harness) == set()


def test_a_command_finds_the_words(harness: RunHarness) -> None:
    """It has no prompt to read them in: they stand in its file of results."""
    run = 'grep -q "round 1" $WF_RESULTS && echo good > a.txt || echo bad > a.txt'
    plan = parallel_plan(f"id: a, run: '{run}', {WRITES}, {rounds('fail', 'pass')}")
    assert harness.play(plan) == "completed"
    assert harness.merged("a.txt") == "good"


def test_after_a_conflict_it_is_asked_again(harness: RunHarness) -> None:
    """What is merged then is other work than what it had passed."""
    more = f", {critic(says('pass'))}"
    assert harness.play(conflicting_plan(harness, more=more), jobs=4) == "partial"
    assert harness.task("t").kind == "conflict"
    judged = [event.data["commit"] for event in harness.events("critic_judged")]
    assert len(judged) == len(set(judged)) == 2
    assert violations(harness) == set()


@pytest.mark.parametrize(
    "moment",
    [
        "check.ended:1",
        "finish.recorded:1",
        "run.started:2",
        "finish.recorded:2",
        "integrate.begun:1",
        "integrate.moved:1",
    ],
)
def test_a_scheduler_that_is_killed(harness: RunHarness, moment: str) -> None:
    """Before its critic is asked, while it looks, after its pass: the run comes to the same end."""
    more = f"{WRITES}, {critic(says('pass'))}, max_attempts: 3"
    harness.start(parallel_plan(scripted("a", "write a.txt x", more=more)))
    with start(harness, f"{moment}:kill") as scheduler:
        assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert harness.task("a").kind == "merged"
    assert len([e for e in harness.events("task_added") if e.data.get("critic_of")]) == 1
    assert len(harness.events("integrated")) == 1
    assert violations(harness) == set()
