"""ACP agents in whole runs: what they ask, hear, and go on with, through the ledger."""

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

    from wf_tui.ledger.model.rows import EventRow

MAKE = {"title": "Run", "kind": "execute", "rawInput": {"command": "make"}}
ASKS = permission(MAKE, "allow_always", "allow_once", "reject_once")
WORKS = [["update", "tool_call", {"toolCallId": "w", "title": "Write"}], ["edit", "a.txt", "x"]]


class AcpRun:
    """A run whose one profile is the tests' own ACP agent."""

    def __init__(self, folder: Path, *turns: list[Any], **profile: Any) -> None:
        self.heard_file = folder / "heard.json"
        script = folder / "script.json"
        script.write_text(json.dumps({"turns": turns, "heard": str(self.heard_file)}), "utf-8")
        agent = Profile(kind="acp", command=(*AGENT, str(script)), seats=1, **profile)
        self.harness = RunHarness(folder, Timing(grace=1.0), {"agent": agent})

    def start(self, *tasks: str) -> None:
        """Make a run whose tasks are prompts that change files."""
        fields = 'mode: read_write, prompt: "Do it.", max_attempts: 2'
        self.harness.start(parallel_plan(*(f"id: {task}, {fields}" for task in tasks)))

    def heard_of(self, method: str) -> list[Any]:
        """Return the parameters of each message of a method that the last agent was sent."""
        heard = json.loads(self.heard_file.read_text("utf-8"))
        return [message["params"] for message in heard if message.get("method") == method]

    def answers(self) -> list[Any]:
        """Return what the last agent's requests were answered."""
        heard = json.loads(self.heard_file.read_text("utf-8"))
        return [message["result"] for message in heard if "result" in message]


def asked(event: EventRow) -> bool:
    """Whether an event says that a task asks."""
    return event.kind == "question_asked"


def test_a_permission_is_given_by_a_person(tmp_path: Path) -> None:
    """The agent goes on with what was allowed, once; its work is merged."""
    run = AcpRun(tmp_path, [ASKS, *WORKS, ["say", "Done."]])
    run.start("a")
    run.harness.when(
        asked, lambda ledger: ledger.move(run.harness.run, ANSWER, ["a"], option="option-1")
    )
    assert run.harness.lead() == "completed"
    assert run.harness.merged("a.txt") == "x"
    assert run.answers()[0]["outcome"]["optionId"] == "allow_once!"
    assert run.harness.task("a").result == "Done."
    assert violations(run.harness) == set()


@pytest.mark.slow
def test_always_is_a_rule_of_wf(tmp_path: Path) -> None:
    """The same of another task is answered by wf, and the agent is told to allow it once."""
    run = AcpRun(tmp_path, [ASKS, *WORKS, ["say", "Done."]])
    run.start("a", "b")
    run.harness.when(
        asked,
        lambda ledger: ledger.move(
            run.harness.run, ANSWER, ["a"], option="option-2", always="profile"
        ),
    )
    assert run.harness.lead() == "completed"
    assert run.answers()[0]["outcome"]["optionId"] == "allow_once!"
    with open_ledger(run.harness.project) as ledger:
        (question,) = conversation.questions(ledger.db, run.harness.run, "b")
    assert question.answered_by == "allowance 1"
    assert violations(run.harness) == set()


@pytest.mark.slow
def test_a_message_reaches_a_running_agent(tmp_path: Path) -> None:
    """What a person writes is its next turn, and delivered when it was taken up."""
    run = AcpRun(tmp_path, [ASKS, ["say", "First."]], [*WORKS, ["say", "Second."]])
    run.start("a")

    def speak(ledger: Any) -> None:
        ledger.move(run.harness.run, MESSAGE, ["a"], text="And the tests?")
        ledger.move(run.harness.run, ANSWER, ["a"], option="option-3")

    run.harness.when(asked, speak)
    assert run.harness.lead() == "completed"
    prompts = [params["prompt"][0]["text"] for params in run.heard_of("session/prompt")]
    assert prompts[1:] == ["And the tests?"]
    with open_ledger(run.harness.project) as ledger:
        (message,) = conversation.messages(ledger.db, run.harness.run, "a")
    assert (message.state, message.epoch) == ("delivered", 1)
    assert violations(run.harness) == set()


@pytest.mark.slow
def test_a_scheduler_is_killed_while_an_agent_asks(tmp_path: Path) -> None:
    """Nothing is approved; the next attempt goes on with the session, and asks again."""
    run = AcpRun(tmp_path, [ASKS, *WORKS, ["say", "Done."]])
    run.start("a")
    pid = run.harness.detach()
    run.harness.wait_for(asked)
    kill_scheduler(run.harness, pid)
    assert run.answers() == []
    run.harness.when(
        lambda event: asked(event) and event.epoch == 2,
        lambda ledger: ledger.move(run.harness.run, ANSWER, ["a"], option="option-2"),
    )
    assert run.harness.lead() == "completed"
    assert run.heard_of("session/load")[0]["sessionId"] == "session-1"
    assert [one.outcome for one in run.harness.attempts("a")] == ["lost", "succeeded"]
    assert violations(run.harness) == set()
