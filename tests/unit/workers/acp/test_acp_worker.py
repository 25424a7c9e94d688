"""The ACP worker with its driver under a real shim; its agent is a program of the tests."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.acp_harness import AcpHarness, permission
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    Answer,
    Heard,
    Message,
    Other,
    PersonMessage,
    PlanItem,
    PlanUpdate,
    Question,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
    Verdict,
)
from wf_tui.workers.protocol import Failure, Limits, Started, Success

if TYPE_CHECKING:
    from wf_tui.workers.protocol import Job, Outcome
    from wf_tui.workers.shim.launcher import Launcher

MAKE = {"toolCallId": "call", "title": "Run", "kind": "execute", "rawInput": {"command": "make"}}
USED = {"totalTokens": 12, "inputTokens": 2, "outputTokens": 5, "cachedReadTokens": 5}


@pytest.fixture
def acp(launcher: Launcher, tmp_path: Path) -> AcpHarness:
    """Give jobs whose agent is the tests' own."""
    return AcpHarness(launcher, tmp_path)


async def stopped(acp: AcpHarness, job: Job, event: type[Any]) -> float:
    """Run a job, stop it after the first event of a kind, and return the seconds that it took."""
    running = asyncio.create_task(acp.run(job))
    await acp.session.said.first(event)
    begun = asyncio.get_running_loop().time()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return asyncio.get_running_loop().time() - begun


def failed(outcome: Outcome) -> Failure:
    """Return an outcome that is a failure."""
    assert isinstance(outcome, Failure), outcome
    return outcome


def is_alive(pid: int) -> bool:
    """Whether a process is there, and is no zombie."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False


async def test_a_turn_comes_up_the_line(acp: AcpHarness) -> None:
    """Words, thoughts, plan, tools, permissions, usage are told; the last words are the result."""
    plan = {"entries": [{"content": "x", "priority": "high", "status": "in_progress"}]}
    job = acp.job(
        [
            ["think", "hm"],
            ["say", "I "],
            ["say", "begin."],
            ["update", "plan", plan],
            ["update", "tool_call", MAKE],
            permission({}, "allow_always", "allow_once", "reject_once"),
            ["update", "tool_call_update", {"toolCallId": "call", "status": "completed"}],
            ["edit", "new.txt", "content"],
            ["raw", 'nonsense\n[]\n{"id": []}\n'],
            ["long", 5],
            ["say", "Done."],
            ["end", "end_turn", {"usage": USED}],
        ]
    )
    acp.session.answers.put_nowait(Answer("q1", kind="allow_once"))
    outcome = await acp.run(job)
    usage = Usage(7, 5, 5, None, None, "turn")
    told = [event for event in acp.session.said if not isinstance(event, Other | Question)]
    assert told[:-1] == [
        SessionStarted("session-1"),
        Message("hm", thought=True),
        Message("I begin."),
        PlanUpdate((PlanItem("x", "in_progress", "high"),)),
        ToolStart("call", "Run", "execute", {"command": "make"}),
        Message("[allow_once!]"),
        ToolEnd("call"),
        Message("Done.", delta=True),
        usage,
    ]
    question = acp.said(Question)[0]
    assert (question.id, question.text, question.kind) == ("q1", "make", "execute")
    assert [option.kind for option in question.options] == [
        "allow_always",
        "allow_once",
        "reject_once",
    ]
    assert [one.kind for one in acp.said(Other)] == ["text", "text", "no message", "long line"]
    verdict = acp.said(Verdict)[0]
    assert (verdict.ok, verdict.tools, verdict.usage.input) == (True, 1, 7)
    assert isinstance(outcome, Success)
    assert outcome.result.endswith("Done.")
    assert "nonsense" in (acp.attempt / "raw.jsonl").read_text()


@pytest.mark.slow
async def test_what_the_agent_is_told_and_given(acp: AcpHarness) -> None:
    """No ability is announced; its own mode is set; the line, its name and its group are kept."""
    seen = acp.folder / "seen.json"
    profile = {"modes": {"write": "careful", "read": "plan"}}
    await acp.run(acp.job([["look", str(seen)], ["say", "Hi."]], profile=profile))
    assert [message["method"] for message in acp.heard] == [
        "initialize",
        "session/new",
        "session/set_mode",
        "session/prompt",
    ]
    abilities = acp.heard_of("initialize")[0].get("clientCapabilities", {})
    assert not any(abilities.get("fs", {}).values())
    assert not abilities.get("terminal")
    assert acp.heard_of("session/new")[0]["cwd"] == str(acp.tree)
    assert acp.heard_of("session/set_mode")[0]["modeId"] == "careful"
    given = json.loads(seen.read_text())
    assert given["sockets"] == []
    assert "WF_LINE" not in given["names"]
    assert given["group"] != acp.session.noted[0].pid


@pytest.mark.slow
async def test_a_message_is_the_next_turn(acp: AcpHarness) -> None:
    """What a person writes in a turn is prompted when that has ended, and is heard then."""
    ask = permission(MAKE, "allow_once", "reject_once")
    job = acp.job([ask, ["say", "first"]], [["say", "second"]])
    running = asyncio.create_task(acp.run(job))
    await acp.session.said.first(Question)
    acp.session.written.put_nowait(PersonMessage("m1", "ann", "And the tests?"))
    acp.session.answers.put_nowait(Answer("q1", "reject_once-", "reject_once"))
    outcome = await running
    assert isinstance(outcome, Success)
    assert outcome.result == "second"
    assert acp.said(Heard) == [Heard("m1")]
    assert [params["prompt"][0]["text"] for params in acp.heard_of("session/prompt")] == [
        "Do it.",
        "And the tests?",
    ]
    assert acp.said(Verdict)[0].denied == 1


@pytest.mark.slow
async def test_a_session_goes_on(acp: AcpHarness) -> None:
    """What the agent replays of it is not heard again; only what is new is prompted."""
    outcome = await acp.run(acp.job([["say", "More."]], resume="session-1"))
    assert acp.said(Message) == [Message("More.")]
    assert acp.said(ToolStart) == []
    assert acp.said(SessionStarted) == [SessionStarted("session-1")]
    assert isinstance(outcome, Success)


@pytest.mark.slow
@pytest.mark.parametrize(
    "script", [{"load": False}, {"errors": {"session/load": {"code": -32603, "message": "gone"}}}]
)
async def test_a_session_that_is_gone(acp: AcpHarness, script: dict[str, Any]) -> None:
    """An agent that does not know its session any more is told all of its task in a new one."""
    fresh = acp.attempt / "fresh.md"
    fresh.write_text("All of it.")
    job = acp.job([["say", "Done."]], resume="old", fresh_prompt_file=fresh, **script)
    assert isinstance(await acp.run(job), Success)
    assert acp.heard_of("session/prompt")[0]["prompt"][0]["text"] == "All of it."


async def test_a_stop_cancels_first(acp: AcpHarness) -> None:
    """The agent hears session/cancel, and its open permission is answered `cancelled`."""
    ask = permission(MAKE, "allow_once", "reject_once")
    seconds = await stopped(acp, acp.job([ask, ["wait"]]), Question)
    assert [message.get("method") for message in acp.heard][-1] is None
    assert acp.heard[-1]["result"]["outcome"]["outcome"] == "cancelled"
    assert seconds < Limits().grace


@pytest.mark.slow
async def test_a_cancelled_turn_ends_by_itself(acp: AcpHarness) -> None:
    """An agent that obeys has its turn ended, with a verdict, before the shim would kill it."""
    await stopped(acp, acp.job([["say", "I wait."], ["wait"]]), Message)
    assert acp.heard_of("session/cancel") == [{"sessionId": "session-1"}]
    verdict = acp.said(Verdict)[0]
    assert (verdict.ok, verdict.kind) == (False, FailureKind.CANCELLED)


@pytest.mark.slow
async def test_what_a_deaf_agent_left_is_gone(acp: AcpHarness) -> None:
    """One that ignores cancel and TERM is killed, with all that it has started."""
    child, agent = acp.folder / "child", acp.folder / "agent"
    job = acp.job([["fork", str(child)], ["deaf", str(agent)]])
    await stopped(acp, job, Message)
    assert not is_alive(int(child.read_text()))
    assert not is_alive(int(agent.read_text()))


@pytest.mark.slow
async def test_the_death_of_the_agent(acp: AcpHarness) -> None:
    """An agent that is killed ends its attempt, and the verdict says by what."""
    failure = failed(await acp.run(acp.job([["say", "I"], ["die"]])))
    assert failure.kind is FailureKind.UNKNOWN
    assert "ended with status -9" in failure.text
    assert acp.said(Verdict)[0].exit_code == -9


@pytest.mark.slow
async def test_what_the_agent_died_of(acp: AcpHarness) -> None:
    """Its standard error says why, is kept in the raw log, and a child's open pipe is no matter."""
    child = acp.folder / "child"
    failure = failed(await acp.run(acp.job([["fork", str(child)], ["exit", 3]])))
    assert failure.kind is FailureKind.RATE_LIMIT
    assert "ended with status 3: provider.rate_limit: 429" in failure.text
    assert "provider.rate_limit" in (acp.attempt / "raw.jsonl").read_text()
    assert not is_alive(int(child.read_text()))


async def test_the_death_of_the_driver(acp: AcpHarness) -> None:
    """Its open question is void, nothing is approved, and its agent does not outlive it."""
    ask = permission(MAKE, "allow_once", "reject_once")
    seen = acp.folder / "seen.json"
    running = asyncio.create_task(acp.run(acp.job([["look", str(seen)], ask])))
    await acp.session.said.first(Question)
    started = await acp.session.noted.first(Started)
    os.kill(started.pid, signal.SIGKILL)
    failure = failed(await running)
    assert failure.kind is FailureKind.TRANSPORT
    assert not is_alive(json.loads(seen.read_text())["group"])
    assert not any("result" in message for message in acp.heard)


@pytest.mark.slow
async def test_a_turn_without_anything(acp: AcpHarness) -> None:
    """An agent that ends its turn without a word and without a tool has done nothing."""
    assert failed(await acp.run(acp.job([]))).kind is FailureKind.TRUNCATED


async def test_a_program_that_is_not_there(acp: AcpHarness) -> None:
    """It is one clear sentence, and the fault of the profile."""
    failure = failed(await acp.run(acp.job(profile={"argv": ("no-such-agent",)})))
    assert failure.kind is FailureKind.CONFIG
    assert "cannot start no-such-agent: No such file or directory" in failure.text


@pytest.mark.slow
async def test_a_line_without_end(acp: AcpHarness) -> None:
    """A line of 100 MB is passed over, fills neither memory nor log, and the turn goes on."""
    job = acp.job([["long", 100], ["say", "Done."]], limits=Limits(output_bytes=1 << 20))
    assert isinstance(await acp.run(job), Success)
    assert [event.kind for event in acp.said(Other)] == ["long line"]
    assert (acp.attempt / "raw.jsonl").stat().st_size < 4 << 20


@pytest.mark.slow
async def test_an_agent_that_gets_nowhere(acp: AcpHarness) -> None:
    """It is stopped as one is that a person stops, and what it said is why."""
    said = [
        [
            "update",
            "agent_message_chunk",
            {"messageId": str(number), "content": {"type": "text", "text": "I will."}},
        ]
        for number in range(12)
    ]
    failure = failed(await acp.run(acp.job([*said, ["wait"]])))
    assert failure.kind is FailureKind.TRUNCATED
    assert "12" in failure.text
    assert acp.heard_of("session/cancel") == [{"sessionId": "session-1"}]


@pytest.mark.slow
async def test_a_flood_of_words(acp: AcpHarness) -> None:
    """Words that come faster than anybody reads are put together, and none is lost."""
    said = [["say", f"{number} "] for number in range(20_000)]
    assert isinstance(await acp.run(acp.job(said)), Success)
    told = acp.said(Message)
    assert "".join(event.text for event in told) == "".join(text for _, text in said)
    assert len(told) < 2000


@pytest.mark.slow
async def test_stray_writes(acp: AcpHarness) -> None:
    """Files of the tree are written for the agent; it is told of what is not."""
    (acp.tree / ".git").mkdir()
    (acp.tree / "out").symlink_to(acp.folder)
    paths = ["new/a.txt", str(acp.tree / "b.txt"), "../c.txt", "out/d.txt", ".git/config"]
    await acp.run(acp.job([["stray", path, "content"] for path in paths]))
    assert acp.said(Verdict)[0].text == "[written][written][-32602][-32602][-32602]"
    assert [event.text for event in acp.said(Other)] == paths[:2]
    assert (acp.tree / "new/a.txt").read_text() == "content"
    assert not (acp.folder / "d.txt").exists()


@pytest.mark.slow
async def test_a_refusal_is_told_as_what_it_is(acp: AcpHarness) -> None:
    """An error of the agent ends the attempt with its cause, and a notice as last word does."""
    error = {"code": -32603, "message": "Internal error", "data": {"errorKind": "rate_limit"}}
    failure = failed(await acp.run(acp.job([["say", "I"], ["fail", error]])))
    assert failure.kind is FailureKind.RATE_LIMIT
    profile = {"names_messages": True}
    failure = failed(await acp.run(acp.job([["say", "Insufficient Balance"]], profile=profile)))
    assert failure.kind is FailureKind.QUOTA


@pytest.mark.slow
async def test_what_an_agent_may_not_do(acp: AcpHarness) -> None:
    """Requests of other methods are refused, notifications that are not known are nothing."""
    unknown = json.dumps({"jsonrpc": "2.0", "method": "_of/another", "params": {}})
    asking = json.dumps({"jsonrpc": "2.0", "id": "x", "method": "terminal/create", "params": {}})
    job = acp.job([["raw", f"{unknown}\n{asking}\n"], ["say", "Hi."]], [["say", "Again."]])
    acp.session.written.put_nowait(PersonMessage("m1", "ann", "Go on."))
    assert isinstance(await acp.run(job), Success)
    refused = [message for message in acp.heard if message.get("id") == "x"]
    assert refused[0]["error"]["code"] == -32601


@pytest.mark.slow
async def test_what_kimi_code_tells_in_its_home_alone(acp: AcpHarness) -> None:
    """Its tokens are known from there, and that its last answer was cut off."""
    main = acp.folder / "home" / "sessions" / "wd" / "session-1" / "agents" / "main"
    main.mkdir(parents=True)
    later = {"time": 4102444800000}
    used = {"type": "usage.record", "usage": {"inputOther": 7, "inputCacheRead": 3, "output": 5}}
    cut = {"type": "x", "event": {"type": "step.end", "finishReason": "end_turn"}}
    lines = "\n".join(json.dumps(one | later) for one in (used, cut)) + "\n"
    environment = {"PATH": "/usr/bin:/bin", "KIMI_CODE_HOME": str(acp.folder / "home")}
    job = acp.job(
        [["edit", str(main / "wire.jsonl"), lines], ["say", "I begin."]],
        profile={"usage_of": "kimi_home"},
        environment=environment,
    )
    assert failed(await acp.run(job)).kind is FailureKind.TRUNCATED
    assert acp.said(Usage) == [Usage(10, 3, 5, scope="session")]
    assert acp.said(Verdict)[0].usage == Usage(10, 3, 5, scope="session")
