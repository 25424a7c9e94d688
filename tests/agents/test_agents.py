"""The real agents, driven through `wf run` to merged work, by a scripted model."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.agents.cache import AGENTS
from tests.support.agents.harness import CANARIES, AgentHarness, Ended, Seat, keys_in
from tests.support.model_server.tokens import INPUT, OUTPUT
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]

_TRIED = ("codex", "claude", "kimi", "opencode")
HEADLESS = [Seat(AGENTS[name], "agent") for name in _TRIED]
OTHERS = [Seat(AGENTS[name], "agent") for name in ("gemini", "qwen", "pi")]
OVER_ACP = [Seat(AGENTS[name], "acp") for name in _TRIED]
NAMES_NO_TOKENS = {"opencode-acp"}
"""It tells those of its last step alone."""

NAMES_SESSION_LATE = {"kimi"}
"""It says its session in its last line alone, so one that is killed begins anew."""


def seats(*, ci: bool = False, headless: bool = True, others: bool = False) -> pytest.MarkDecorator:
    """Say which seats a test is for; those of CI are driven headless."""
    marks = [pytest.mark.agents_ci] if ci else []
    known = [pytest.param(seat, id=str(seat), marks=marks) for seat in HEADLESS if headless]
    known += [pytest.param(seat, id=str(seat)) for seat in OTHERS if others]
    over_acp = [pytest.param(seat, id=str(seat)) for seat in OVER_ACP]
    return pytest.mark.parametrize("seat", known + over_acp)


def outcomes(ended: Ended) -> list[str]:
    """Return how each attempt ended."""
    return [attempt["outcome"] for attempt in ended.attempts]


def causes(ended: Ended) -> list[str | None]:
    """Return why each attempt ended so."""
    return [attempt["cause"] for attempt in ended.attempts]


def texts(lines: Iterable[dict[str, Any]], kind: str) -> str:
    """Return all that a transcript has of one kind."""
    return "".join(f"{line['text']}\n" for line in lines if line["kind"] == kind)


@seats(ci=True, others=True)
def test_edit(agent: AgentHarness) -> None:
    """It writes a file, which is merged; usage, session and transcript are those of the stream."""
    ended = agent.run("scenario: plan-edit")
    assert ended.status == 0, ended
    assert agent.merged() == "hello from the model\n"
    assert outcomes(ended) == ["succeeded"]
    (attempt,) = ended.attempts
    asked = [request for request in agent.server.requests if not request.aside]
    assert attempt["session"]
    assert attempt["tools"] >= 1
    if str(agent.seat) not in NAMES_NO_TOKENS:
        usage = attempt["usage"]
        told = (usage["input_tokens"], usage["output_tokens"])
        assert told == (len(asked) * INPUT, len(asked) * OUTPUT)
    transcript = agent.transcript()
    assert "I will create the file." in texts(transcript, "say")
    assert texts(transcript, "tool")


@seats(ci=True)
def test_rate_limit_once(agent: AgentHarness) -> None:
    """A 429 is waited for, by the agent or by wf; no try is counted, and the work is merged."""
    ended = agent.run("scenario: rate-limit-once")
    assert ended.status == 0, ended
    assert agent.merged() == "hello from the model\n"
    assert ended.task["tries"] == 0
    assert [request.status for request in agent.server.requests].count(429) == 1


@seats(ci=True)
def test_false_success(agent: AgentHarness) -> None:
    """It says that all is done, and has done nothing: not merged, and it is said why."""
    ended = agent.run("scenario: claims", max_attempts=2)
    assert ended.status == 1, ended
    assert causes(ended) == ["no_work", "no_work"]
    assert ended.task["state"] == "blocked"
    assert agent.merged() is None


@seats()
def test_truncated_once(agent: AgentHarness) -> None:
    """A stream that ends without a reason is asked for again, by the agent or by wf."""
    ended = agent.run("scenario: truncate-once")
    assert ended.status == 0, ended
    assert agent.merged() == "hello from the model\n"


@seats()
def test_truncated_for_ever(agent: AgentHarness) -> None:
    """Streams that never end well are not taken for work, however long an agent tries."""
    ended = agent.run("scenario: truncate", max_attempts=1, timeout_secs=40)
    assert (ended.status, ended.task["state"]) == (1, "blocked"), ended
    assert agent.merged() is None


@seats(ci=True)
def test_cancel(agent: AgentHarness) -> None:
    """Cancelled while a tool runs: it is over, and not one process is left."""
    run = agent.start("run", agent.plan_of("scenario: sleep"), "--headless")
    until(lambda: _sleeps(agent), "the agent runs its tool", within=100, every=0.2)
    cancelled = agent.wf("cancel", "t")
    ended = agent.ended(run)
    assert cancelled.returncode == 0, cancelled
    assert outcomes(ended) == ["cancelled"]
    agent.wait_until_gone()


@seats()
def test_resume(agent: AgentHarness) -> None:
    """The scheduler is killed within a tool; resumed, the agent continues in its own session."""
    run = agent.start("run", agent.plan_of("scenario: sleep"), "--headless")
    until(lambda: _sleeps(agent), "the agent runs its tool", within=100, every=0.2)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    resumed = agent.wf("resume")
    assert resumed.returncode == 0, resumed
    agent.until_over()
    ended = agent.looked_at(0)
    assert agent.merged() == "hello from the model\n", ended
    if str(agent.seat) not in NAMES_SESSION_LATE:
        assert len({attempt["session"] for attempt in ended.attempts}) == 1, ended


@seats(ci=True)
def test_keys(agent: AgentHarness) -> None:
    """`env`, run by the agent, shows no other maker's key; and none gets into a file of wf's."""
    ended = agent.run("scenario: env")
    assert ended.status == 0, ended
    (shown,) = [text for text in agent.server.results if "PATH=" in text]
    own = agent.seat.agent.user
    assert keys_in(shown.encode()) <= {own}
    assert agent.server.count(CANARIES[own]).answered >= 3
    assert agent.left() == {}
    assert keys_in((ended.out + ended.err).encode()) == set()
    assert "PATH=" in json.dumps(agent.transcript()), "the transcript has no output of the tool"


def _sleeps(agent: AgentHarness) -> bool:
    return any("tail -f /dev/null" in words for words in agent.processes())


@seats(headless=False)
@pytest.mark.parametrize("word", ["allow", "reject"])
def test_question(agent: AgentHarness, word: str) -> None:
    """A command is asked for; allowed it is run, rejected it is not."""
    agent.configure(ask="commands")
    run = agent.start("run", agent.plan_of("scenario: command", max_attempts=1), "--headless")
    agent.when_it_asks()
    answered = agent.wf("answer", "t", word)
    assert answered.returncode == 0, answered
    ended = agent.ended(run)
    assert "question_answered" in ended.kinds()
    assert (agent.merged() is not None) == (word == "allow"), ended


@seats(headless=False)
def test_question_left_open(agent: AgentHarness) -> None:
    """The scheduler is killed while one is open: nothing is approved, and it is asked again."""
    agent.configure(ask="commands")
    run = agent.start("run", agent.plan_of("scenario: command"), "--headless")
    agent.when_it_asks()
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert agent.wf("resume").returncode == 0
    events = [json.loads(line) for line in agent.wf("events", "--json").stdout.splitlines()]
    agent.when_it_asks(since=events[-1]["seq"])
    assert agent.merged() is None
    assert agent.wf("answer", "t", "allow").returncode == 0
    agent.until_over()
    assert agent.merged() == "hello\n"


@seats()
def test_probe(agent: AgentHarness) -> None:
    """`wf profiles NAME --probe` gets a word out of the real program, by its preset alone."""
    done = agent.wf("profiles", str(agent.seat), "--probe", "--json")
    (shown,) = json.loads(done.stdout)
    assert done.returncode == 0, done
    assert (shown["usable"], shown["probe"]["ok"]) == (True, True)
    assert shown["version"]
    assert agent.left() == {}
