"""Permissions of an agent over ACP, from its question to a person and back: through a whole run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.acp_harness import AGENT, permission
from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_scheduler
from wf_tui.config import Profile, Timing
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import ANSWER, MESSAGE
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.model.rows import EventRow, QuestionRow

RUNS = {"kind": "execute", "title": "make deploy", "rawInput": {"command": "make deploy"}}


def asked(event: EventRow) -> bool:
    """Whether an event says that the task asks."""
    return event.kind == "question_asked"


def harness_of(folder: Path, *turns: list[Any], **more: object) -> RunHarness:
    """Return a repository with one seat, whose agent plays these turns in every attempt."""
    script = folder / "script.json"
    script.write_text(json.dumps({"turns": turns}), "utf-8")
    fields = {"kind": "acp", "command": [*AGENT, str(script)], "seats": 1, **more}
    return RunHarness(folder, Timing(grace=0.5), {"one": Profile.model_validate(fields)})


def question(harness: RunHarness) -> QuestionRow:
    """Return the last question of the task, as it is now."""
    with open_ledger(harness.project) as ledger:
        return conversation.questions(ledger.db, harness.run, "a")[-1]


PLAN = parallel_plan('id: a, mode: read_write, max_attempts: 2, prompt: "deploy it"')


@pytest.mark.parametrize(
    ("option", "told"), [("option-1", "[allow_once!]"), ("option-2", "[reject_once!]")]
)
def test_a_person_allows_or_rejects(tmp_path: Path, option: str, told: str) -> None:
    """The agent hears the option that was chosen, and goes on with that."""
    turn = [["edit", "a.txt", "x"], permission(RUNS, "allow_once", "reject_once"), ["say", "."]]
    harness = harness_of(tmp_path, turn)
    harness.start(PLAN)
    harness.when(asked, lambda ledger: ledger.move(harness.run, ANSWER, ["a"], option=option))
    assert harness.lead() == "completed"
    assert told in (harness.task("a").result or "")
    assert (question(harness).state, question(harness).answered_by) == ("delivered", "user:root")
    assert violations(harness) == set()


def test_what_is_allowed_for_always_is_asked_once(tmp_path: Path) -> None:
    """The second time wf answers by itself, and the agent is told for this time alone."""
    ask = permission(RUNS, "allow_once", "allow_always", "reject_once")
    harness = harness_of(tmp_path, [["edit", "a.txt", "x"], ask, ask, ["say", "."]])
    harness.start(PLAN)
    harness.when(
        asked,
        lambda ledger: ledger.move(harness.run, ANSWER, ["a"], option="option-1", always="task"),
    )
    assert harness.lead() == "completed"
    assert (harness.task("a").result or "").count("[allow_once!]") == 2
    assert question(harness).answered_by.startswith("allowance")


def test_nothing_is_approved_by_the_death_of_a_scheduler(tmp_path: Path) -> None:
    """The question of a lost attempt is void; the next attempt asks again."""
    turn = [["edit", "a.txt", "x"], permission(RUNS, "allow_once", "reject_once"), ["say", "."]]
    harness = harness_of(tmp_path, turn)
    harness.start(PLAN)
    pid = harness.detach()
    harness.wait_for(asked)
    kill_scheduler(harness, pid)
    harness.when(
        lambda event: asked(event) and event.epoch == 2,
        lambda ledger: ledger.move(harness.run, ANSWER, ["a"], option="option-2"),
    )
    assert harness.lead() == "completed"
    assert [one.outcome for one in harness.attempts("a")] == ["lost", "succeeded"]
    with open_ledger(harness.project) as ledger:
        first, second = conversation.questions(ledger.db, harness.run, "a")
    assert (first.state, first.option) == ("void", None)
    assert second.option == "option-2"
    assert violations(harness) == set()


def test_a_message_reaches_a_running_agent(tmp_path: Path) -> None:
    """It is heard between two turns of the agent, and delivered to the attempt that runs."""
    ask = permission(RUNS, "allow_once", "reject_once")
    harness = harness_of(tmp_path, [["edit", "a.txt", "x"], ask], [["say", "heard you"]])
    harness.start(PLAN)

    def write_and_allow(ledger: Any) -> None:
        ledger.move(harness.run, MESSAGE, ["a"], text="mind the tests")
        ledger.move(harness.run, ANSWER, ["a"], option="option-1")

    harness.when(asked, write_and_allow)
    assert harness.lead() == "completed"
    with open_ledger(harness.project) as ledger:
        (message,) = conversation.messages(ledger.db, harness.run, "a")
    assert (message.state, message.epoch) == ("delivered", 1)
    assert "heard you" in (harness.task("a").result or "")
