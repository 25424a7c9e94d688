"""What each recorded stream of a real agent says, and what it comes to."""

from __future__ import annotations

import pytest

from tests.support.agent_streams import STREAMS, folded, new_fold
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    LineEvent,
    Message,
    PlanItem,
    PlanUpdate,
    Retry,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
)

AGENTS = ("claude", "codex", "gemini", "kimi-code", "opencode", "pi", "qwen")
PLANNERS = ("gemini", "kimi-code", "opencode")
"""The agents that have a tool for a plan, which the recorded model used."""


def events(name: str) -> list[LineEvent]:
    """Return what a recorded stream says."""
    stream = STREAMS[name]
    return folded(stream.parser, stream.lines)[1]


@pytest.mark.parametrize("agent", AGENTS)
def test_work_that_was_done_is_a_success(agent: str) -> None:
    """A run to the end is ok by both proofs, with its session, its tools and its answer."""
    stream = STREAMS[f"{agent}.plan-edit"]
    fold, _ = folded(stream.parser, stream.lines)
    verdict = fold.verdict(stream.ending)
    assert (verdict.ok, verdict.kind, verdict.exit_code) == (True, None, 0)
    assert verdict.session
    assert verdict.tools == (3 if agent in PLANNERS else 2)
    assert verdict.text.startswith("Done: ")


@pytest.mark.parametrize("agent", AGENTS)
def test_the_same_exit_status_is_no_proof(agent: str) -> None:
    """A stream that ended before its terminal event is no success, whatever the exit status."""
    stream = STREAMS[f"{agent}.plan-edit"]
    fold, _ = folded(stream.parser, stream.lines[:-1])
    verdict = fold.verdict(stream.ending)
    assert (verdict.ok, verdict.kind) == (False, FailureKind.TRUNCATED)


@pytest.mark.parametrize("agent", AGENTS)
def test_the_terminal_event_is_no_proof_either(agent: str) -> None:
    """A stream that says that all is well is no success where the agent ended with a status."""
    stream = STREAMS[f"{agent}.plan-edit"]
    fold, _ = folded(stream.parser, stream.lines)
    assert not fold.verdict(type(stream.ending)(1)).ok


@pytest.mark.parametrize("agent", AGENTS)
def test_tools_have_a_start_and_an_end(agent: str) -> None:
    """Each tool call starts before it ends; the file that was written and the command are told."""
    calls = [one for one in events(f"{agent}.plan-edit") if isinstance(one, ToolStart | ToolEnd)]
    begun: list[str] = []
    for call in calls:
        if isinstance(call, ToolStart):
            begun.append(call.id)
        else:
            begun.remove(call.id)
            assert call.status == "completed"
    assert begun == []
    starts = [call for call in calls if isinstance(call, ToolStart)]
    if agent != "codex":  # it writes files by commands
        written = next(call for call in starts if call.kind == "edit")
        assert written.paths[0].endswith("hello.txt")
    assert "cat hello.txt" in str(next(call.input for call in starts[::-1]))
    assert starts[-1].kind == "execute"


@pytest.mark.parametrize("agent", PLANNERS)
def test_plans_are_told(agent: str) -> None:
    """A plan has its steps with their states, by whichever names the agent has for them."""
    plan = next(one for one in events(f"{agent}.plan-edit") if isinstance(one, PlanUpdate))
    assert [(item.text, item.status) for item in plan.items] == [
        ("Write hello.txt", "in_progress"),
        ("Check it", "pending"),
    ]


@pytest.mark.parametrize("agent", [one for one in AGENTS if one != "kimi-code"])
def test_tokens_are_those_of_the_server(agent: str) -> None:
    """The input has what was cached inside; each request had 1,200 of which 200 were cached."""
    stream = STREAMS[f"{agent}.plan-edit"]
    fold, said = folded(stream.parser, stream.lines)
    usage = fold.verdict(stream.ending).usage
    assert usage is not None
    assert usage.input is not None
    requests = usage.input // 1200
    assert requests in {3, 4}
    assert (usage.input, usage.cached, usage.output) == (
        1200 * requests,
        200 * requests,
        34 * requests,
    )
    steps = [one for one in said if isinstance(one, Usage)]
    assert sum(one.output or 0 for one in steps) == usage.output


def test_costs_are_told_where_they_are_known() -> None:
    """A cost of 0 for a model without a price is unknown; claude's is a number for its own."""
    costs = {}
    for agent in AGENTS:
        stream = STREAMS[f"{agent}.plan-edit"]
        usage = folded(stream.parser, stream.lines)[0].verdict(stream.ending).usage
        costs[agent] = usage and usage.cost_usd
    assert costs.pop("claude") == pytest.approx(0.01416)
    assert set(costs.values()) == {None}


def test_the_cost_of_each_turn_is_told() -> None:
    """In a second turn claude tells its own tokens, but the cost of all: each is counted once."""
    stream = STREAMS["claude.plan-edit"]
    second = stream.lines[-1].replace(b'"total_cost_usd":0.01416', b'"total_cost_usd":0.02')
    usage = folded("claude", [*stream.lines, second])[0].verdict(stream.ending).usage
    assert usage is not None
    assert usage.input == 7200
    assert usage.cost_usd == pytest.approx(0.02)


def test_a_guessed_cost_is_unknown() -> None:
    """What claude says that another maker's model costs is a guess, so it is no cost."""
    stream = STREAMS["claude.plan-edit"]
    lines = [line.replace(b'"costBasis":"list"', b'"costBasis":"unknown"') for line in stream.lines]
    usage = folded("claude", lines)[0].verdict(stream.ending).usage
    assert usage is not None
    assert (usage.cost_usd, usage.input) == (None, 3600)


@pytest.mark.parametrize("agent", AGENTS)
def test_a_refused_key_is_told_as_that(agent: str) -> None:
    """401 is `auth`, by the stream or by standard error, also where the exit status is 0."""
    stream = STREAMS[f"{agent}.auth-error"]
    verdict = folded(stream.parser, stream.lines)[0].verdict(stream.ending)
    assert (verdict.ok, verdict.kind) == (False, FailureKind.AUTH)
    assert "Incorrect API key" in verdict.why
    assert verdict.status in {401, None}


@pytest.mark.parametrize("agent", ["codex", "gemini", "qwen"])
def test_a_truncated_answer_is_told_as_that(agent: str) -> None:
    """An answer that ended without a reason is no success, and no fault of the work."""
    stream = STREAMS[f"{agent}.truncate"]
    verdict = folded(stream.parser, stream.lines)[0].verdict(stream.ending)
    assert (verdict.ok, verdict.kind) == (False, FailureKind.TRUNCATED)


def test_a_waiting_agent_says_so() -> None:
    """Another try of a request is told with its number, and its delay in seconds."""
    retries = [one for one in events("claude.auth-error") if isinstance(one, Retry)]
    assert retries[0] == Retry(1, 2, 0.514, "401 authentication_failed")
    assert [one.attempt for one in events("codex.auth-error") if isinstance(one, Retry)] == [1, 2]
    assert [one.attempt for one in events("kimi-code.rate-limit-once") if isinstance(one, Retry)]


def test_gemini_waits_on_standard_error() -> None:
    """Another try of gemini's stands on standard error alone, and is told, too."""
    stream = STREAMS["gemini.rate-limit-once"]
    fold, _ = folded("gemini", stream.lines)
    lines: list[bytes | None] = [*stream.ending.stderr.encode().splitlines()]
    assert [
        (one.attempt, one.reason[:3]) for one in fold.stderr_lines(lines) if isinstance(one, Retry)
    ] == [(1, "429")]


def test_opencode_waits_in_its_log() -> None:
    """Another try of opencode's stands in its log alone, with its session; a title is no work."""
    line = (
        'timestamp=2026-11-27T21:46:39.506Z level=ERROR run=5f97f70a message="stream error"'
        " providerID=p modelID=m session.id=ses_de1069d24ffepr6IxYZSA5mau2 small=%s agent=build"
        ' mode=primary error.error="AI_APICallError: Rate limit reached. Please slow down."'
    )
    fold = new_fold("opencode")
    lines = [(line % small).encode() for small in ("true", "false", "false")]
    reason = "AI_APICallError: Rate limit reached. Please slow down."
    assert fold.stderr_lines([*lines]) == [
        SessionStarted("ses_de1069d24ffepr6IxYZSA5mau2"),
        Retry(reason=reason),
        Retry(reason=reason),
    ]


def test_a_message_in_pieces_is_one() -> None:
    """Pieces that came together are told as one piece, and their sum is the answer."""
    pieces = [one for one in events("pi.truncate") if isinstance(one, Message)]
    assert pieces == [Message("I will create the file.", delta=True)]


def test_a_second_message_has_one_answer() -> None:
    """What a person said meanwhile is part of the turn: one result, the last words its answer."""
    stream = STREAMS["claude.two-messages"]
    fold, said = folded("claude", stream.lines)
    assert fold.verdict(stream.ending).text == "two"
    assert sum(isinstance(one, SessionStarted) for one in said) == 1


def test_a_plan_can_be_codex_own() -> None:
    """A list of codex is a plan, and its last state at the end of the turn hides no answer."""
    items = b'"items":[{"text":"one","completed":true},{"text":"two","completed":false}]'
    lines = [
        b'{"type":"item.completed","item":{"id":"a","type":"agent_message","text":"Done."}}',
        b'{"type":"item.completed","item":{"id":"b","type":"todo_list",' + items + b"}}",
        b'{"type":"turn.completed","usage":{}}',
    ]
    fold, said = folded("codex", lines)
    assert PlanUpdate((PlanItem("one", "completed"), PlanItem("two"))) in said
    assert (fold.done, fold.text) == (True, "Done.")


def test_codex_tells_the_files_of_a_change() -> None:
    """A change of files that comes at its end only has a start, with its paths."""
    line = (
        b'{"type":"item.completed","item":{"id":"item_4","type":"file_change","status":"completed",'
        b'"changes":[{"path":"a.py","kind":"add"},{"path":"b.py","kind":"update"}]}}'
    )
    start, end = folded("codex", [line])[1]
    assert isinstance(start, ToolStart)
    assert (start.kind, start.paths) == ("edit", ("a.py", "b.py"))
    assert isinstance(end, ToolEnd)
