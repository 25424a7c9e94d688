"""The agent worker with its driver under a real shim; its agents are scripts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.agent_harness import DONE, LISTENER, AgentHarness
from tests.support.agent_streams import STREAMS
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    Heard,
    Message,
    Other,
    PersonMessage,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Verdict,
)
from wf_tui.workers.protocol import Failure, Job, Limits, Lost, Success

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.workers.protocol import Outcome
    from wf_tui.workers.shim.launcher import Launcher

STEP = '{"type":"step_start","sessionID":"s"}'


@pytest.fixture
def agents(launcher: Launcher, tmp_path: Path) -> AgentHarness:
    """Give jobs whose agents are scripts."""
    return AgentHarness(launcher, tmp_path)


def seen(agents: AgentHarness, name: str) -> str:
    """Return what a script has written into a file of its tree."""
    return (agents.tree / name).read_text()


def failed(outcome: Outcome) -> Failure:
    """Return an outcome that is a failure."""
    assert isinstance(outcome, Failure), outcome
    return outcome


@pytest.mark.parametrize("name", [name for name in STREAMS if name.endswith(".plan-edit")])
async def test_recorded_work_is_a_success(agents: AgentHarness, name: str) -> None:
    """What a real agent printed comes up the line, and its answer is the result."""
    outcome = await agents.run(agents.recorded(name))
    assert isinstance(outcome, Success), outcome
    assert outcome.result.startswith("Done: ")
    said = agents.session.said
    assert {ToolStart, ToolEnd, Message, SessionStarted} <= {type(event) for event in said}
    assert isinstance(said[-1], Verdict)
    assert outcome.verdict == said[-1]


async def test_the_raw_stream_is_kept(agents: AgentHarness) -> None:
    """What the agent printed stands in the raw log of the attempt, its standard error as well."""
    await agents.run(agents.recorded("kimi-code.auth-error"))
    raw = (agents.folder / "attempt" / "raw.jsonl").read_text()
    assert "system.version" in raw
    assert "provider.auth_error: 401" in raw


@pytest.mark.parametrize("agent", ["claude", "kimi-code", "pi"])
async def test_a_refused_key_is_that(agents: AgentHarness, agent: str) -> None:
    """A refused key is told by a stream, by standard error, and with exit status 0."""
    failure = failed(await agents.run(agents.recorded(f"{agent}.auth-error")))
    assert (failure.kind, failure.cause) == (FailureKind.AUTH, "auth")
    assert failure.text.startswith("its key or login was refused: ")
    assert failure.exit_code == 1


async def test_a_prompt_is_on_standard_input(agents: AgentHarness) -> None:
    """The agent reads its prompt to the end of its standard input."""
    await agents.run(agents.job(f"cat >seen; {DONE}", prompt="grüß dich\n"))
    assert seen(agents, "seen") == "grüß dich\n"


def by_argument(job: Job) -> Job:
    """Return a job whose agent gets its prompt as an argument."""
    assert job.profile is not None
    argv = (*job.profile.argv, "agent", "{prompt}")
    return replace(job, profile=replace(job.profile, argv=argv, prompt_by="argv"))


async def test_a_prompt_can_be_an_argument(agents: AgentHarness) -> None:
    """Where the agent takes no other, its prompt is an argument, and its input is empty."""
    script = f'printf %s "$1" >seen; cat >>seen; {DONE}'
    await agents.run(by_argument(agents.job(script, prompt="{home} is\0 no slot")))
    assert seen(agents, "seen") == "{home} is no slot"


async def test_a_long_prompt_is_no_argument(agents: AgentHarness) -> None:
    """A prompt that no argument holds is a file, which the argument names."""
    job = by_argument(agents.job(f'printf %s "$1" >seen; {DONE}', prompt="x" * 200_000))
    assert isinstance(await agents.run(job), Success)
    assert str(job.prompt_file) in seen(agents, "seen")


async def test_the_line_is_the_drivers_alone(agents: AgentHarness) -> None:
    """Neither the agent nor what it starts has the line, or a word that there is one."""
    script = f'ls /proc/self/fd >seen; echo "line:$WF_LINE" >>seen; {DONE}'
    await agents.run(agents.job(script))
    assert seen(agents, "seen").split() == ["0", "1", "2", "3", "line:"]  # 3 is the folder of `ls`


async def test_a_leftover_does_not_hold_the_attempt(agents: AgentHarness) -> None:
    """The end is that of the agent: what it left running, and holds its pipes, ends with it."""
    outcome = await agents.run(agents.job(f"sleep 1000 & {DONE}"))
    assert isinstance(outcome, Success)
    assert outcome.program is not None
    assert outcome.program.left_running == 1


async def test_a_stop_is_an_interrupt_first(agents: AgentHarness) -> None:
    """A stopped agent is interrupted, so that it can write down its session, and ends then."""
    script = "trap 'echo interrupted >seen; exit 0' INT; echo up; sleep 1000 & wait"
    running = asyncio.create_task(agents.run(agents.job(script)))
    await agents.session.said.first(Other, 2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert seen(agents, "seen") == "interrupted\n"


async def test_over_its_time_is_no_verdict_of_the_agent(agents: AgentHarness) -> None:
    """An agent that the shim ended for its time failed by that, whatever its driver says."""
    job = agents.job("trap 'exit 0' INT; sleep 1000 & wait", limits=Limits(seconds=0.2))
    failure = failed(await agents.run(job))
    assert (failure.cause, failure.kind) == ("time_limit", FailureKind.TASK)
    assert failure.verdict is not None
    assert failure.verdict.kind is FailureKind.CANCELLED


async def test_an_agent_may_ignore_a_stop(agents: AgentHarness) -> None:
    """An agent that is deaf is killed after its grace, with all that it started."""
    job = agents.job("trap '' INT TERM; echo up; while :; do sleep 1; done")
    running = asyncio.create_task(agents.run(replace(job, limits=Limits(grace=0.1))))
    await agents.session.said.first(Other, 2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_model_that_says_nothing_is_ended(agents: AgentHarness) -> None:
    """Five steps without text or tool end an agent that would go on for ever."""
    script = f"trap 'exit 0' INT; for i in 1 2 3 4 5; do echo '{STEP}'; done; sleep 1000 & wait"
    failure = failed(await agents.run(agents.job(script, parser="opencode")))
    assert failure.kind is FailureKind.TRUNCATED
    assert "neither text nor a tool" in failure.text


async def test_a_message_reaches_a_running_agent(agents: AgentHarness) -> None:
    """What a person says is written to an agent that reads as it works; it says when it took it."""
    job = agents.job("", parser="claude", prompt="Do it.")
    assert job.profile is not None
    argv = ("python3", "-c", LISTENER)
    job = replace(job, profile=replace(job.profile, argv=argv, prompt_by="stream"))
    running = asyncio.create_task(agents.run(job))
    await agents.session.said.first(SessionStarted)
    agents.session.written.put_nowait(PersonMessage("m-1", "user:ann", "Use tabs."))
    outcome = await running
    assert isinstance(outcome, Success)
    assert outcome.result == "Do it. | ann says: Use tabs."
    assert [event for event in agents.session.said if isinstance(event, Heard)] == [Heard("m-1")]


async def test_an_unknown_session_begins_anew(agents: AgentHarness) -> None:
    """An agent that does not know its session is started once more, with the whole prompt."""
    script = f"""
        cat >>seen
        if [ -n "$1" ]; then echo "No conversation found with session ID: $1" >&2; exit 1; fi
        echo '{{"ev":"session","id":"s-2"}}'; {DONE}"""
    whole = agents.folder / "whole.md"
    whole.write_text("All of it.")
    job = agents.job(script, prompt="Only news. ", resume="s-1", fresh_prompt_file=whole)
    outcome = await agents.run(job)
    assert isinstance(outcome, Success)
    assert outcome.verdict is not None
    assert outcome.verdict.session == "s-2"
    assert seen(agents, "seen") == "Only news. All of it."
    assert sum(isinstance(event, Verdict) for event in agents.session.said) == 1


async def test_a_session_is_resumed(agents: AgentHarness) -> None:
    """An agent that knows its session goes on in it, and is told only what is new."""
    whole = agents.folder / "whole.md"
    whole.write_text("All of it.")
    script = f'echo "$1" >seen; cat >>seen; {DONE}'
    job = agents.job(script, prompt="Only news.", resume="s-1", fresh_prompt_file=whole)
    assert isinstance(await agents.run(job), Success)
    assert seen(agents, "seen") == "s-1\nOnly news."


async def test_work_in_a_session_is_not_begun_anew(agents: AgentHarness) -> None:
    """Where the agent has worked, an error of such words is none of its session."""
    tool = """echo '{"ev":"tool_start","id":"1","name":"Bash"}'"""
    script = f'echo x >>seen; {tool}; echo "Session not found" >&2; exit 1'
    whole = agents.folder / "whole.md"
    whole.write_text("All of it.")
    failed(await agents.run(agents.job(script, resume="s-1", fresh_prompt_file=whole)))
    assert seen(agents, "seen") == "x\n"


async def test_a_missing_program_is_a_wrong_profile(agents: AgentHarness) -> None:
    """An agent that is not there is `config`, with its name."""
    job = agents.job("")
    assert job.profile is not None
    job = replace(job, profile=replace(job.profile, argv=("no-such-agent",)))
    failure = failed(await agents.run(job))
    assert failure.kind is FailureKind.CONFIG
    assert "no-such-agent" in failure.text


async def test_a_slow_model_is_no_slow_start(agents: AgentHarness) -> None:
    """An agent that says nothing before its model does is up at once: its driver says so."""
    await agents.run(agents.recorded("opencode.plan-edit"))
    assert agents.session.said[0] == Other("started", "sh was started")
    agents.session.said.clear()
    await agents.run(agents.recorded("codex.plan-edit"))
    assert isinstance(agents.session.said[0], SessionStarted)


async def test_a_session_is_known_before_the_end(agents: AgentHarness) -> None:
    """Of an agent that tells its session at its end the driver finds it as it works."""
    wire = "$KIMI_CODE_HOME/sessions/wd/session_1/agents/main"
    script = f"mkdir -p {wire}; echo >{wire}/wire.jsonl; trap 'exit 0' INT; sleep 1000 & wait"
    job = agents.job(script, parser="kimi-code")
    home = {"KIMI_CODE_HOME": str(agents.folder / "home")}
    running = asyncio.create_task(agents.run(replace(job, environment={**job.environment, **home})))
    found = await agents.session.said.first(SessionStarted)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert found.id == "session_1"


async def test_a_missing_prompt_is_no_wrong_profile(agents: AgentHarness) -> None:
    """What goes wrong before the agent closes no lane, and its trace is in the raw log."""
    job = agents.job(DONE)
    assert job.prompt_file is not None
    job.prompt_file.unlink()
    failure = failed(await agents.run(job))
    assert failure.kind is FailureKind.TRANSPORT
    assert "FileNotFoundError" in failure.tail


async def test_a_program_says_its_result(agents: AgentHarness) -> None:
    """A program that speaks the grammar can say a summary and the files that matter."""
    result = """echo '{"ev":"result","summary":"All fine.","files":["a.py"]}'"""
    outcome = await agents.run(agents.job(f"{result}; {DONE}"))
    assert isinstance(outcome, Success)
    assert (outcome.summary, outcome.files) == ("All fine.", ("a.py",))


async def test_a_dead_driver_is_no_fault_of_the_work(agents: AgentHarness) -> None:
    """A driver that was killed has given no verdict: what carries the work has failed."""
    outcome = await agents.run(agents.job("kill -9 $PPID; sleep 1000"))
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.TRANSPORT
    assert not isinstance(outcome, Lost)


async def test_a_line_without_end_is_passed_over(agents: AgentHarness) -> None:
    """A line of 100 MB is passed over, and the raw log keeps to its size."""
    script = f"head -c 100000000 /dev/zero | tr '\\0' x; echo; {DONE}"
    job = agents.job(script, limits=Limits(output_bytes=10_000))
    assert isinstance(await agents.run(job), Success)
    assert Other("long line", "a line of over 4 MiB was passed over") in agents.session.said
    assert (agents.folder / "attempt" / "raw.jsonl").stat().st_size < 20_000


async def test_no_key_is_in_the_raw_log(agents: AgentHarness) -> None:
    """The value of a key that the agent prints is replaced by its name."""
    script = f"echo key-0123456789; {DONE}"
    await agents.run(agents.job(script, secrets={"key-0123456789": "A_KEY"}))
    raw = (agents.folder / "attempt" / "raw.jsonl").read_text()
    assert "key-0123456789" not in raw
    assert "A_KEY" in raw
