"""What a stream comes to with the end of its process: the two proofs, and why one is missing."""

import pytest

from tests.support.agent_streams import folded
from wf_tui.workers.agent.fold import Ending
from wf_tui.workers.agent.no_progress import MOST_HOPELESS_RETRIES, MOST_RETRIES, MOST_STEPS
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Usage

DONE = b'{"ev":"verdict","ok":true,"text":"Done."}'
MESSAGE = b'{"ev":"message","text":"I begin."}'
TOOL = b'{"ev":"tool_start","id":"1","name":"Bash"}'
STEP = b'{"type":"step_start","sessionID":"s"}'
RETRY = b'{"ev":"retry","reason":"429 rate_limit_exceeded"}'


def test_work_after_the_end_takes_the_end_back() -> None:
    """The terminal event has to be the last word: what comes behind it is a new turn."""
    assert folded("jsonl", [DONE])[0].done
    assert not folded("jsonl", [DONE, MESSAGE])[0].done
    assert not folded("jsonl", [DONE, TOOL])[0].done
    assert folded("jsonl", [DONE, TOOL, DONE])[0].done


def test_words_before_a_tool_call_are_no_answer() -> None:
    """The answer is what the model said after its last tool call."""
    assert folded("jsonl", [MESSAGE])[0].text == "I begin."
    assert folded("jsonl", [MESSAGE, TOOL])[0].text == ""


def test_a_stop_is_a_stop() -> None:
    """An agent that was asked to stop is cancelled, also where it ends with status 0."""
    verdict = folded("jsonl", [MESSAGE])[0].verdict(Ending(0, cancelled=True))
    assert (verdict.ok, verdict.kind) == (False, FailureKind.CANCELLED)


def test_a_stop_says_what_it_waited_for() -> None:
    """A stop while the agent waited for its model says so, since that is why it took so long."""
    verdict = folded("jsonl", [RETRY])[0].verdict(Ending(130, cancelled=True))
    assert verdict.why == "it was stopped; it waited for its model: 429 rate_limit_exceeded"


def test_steps_without_text_or_tool_are_no_work() -> None:
    """Five steps of the model in a row without text or tool end an attempt."""
    assert not folded("opencode", [STEP] * (MOST_STEPS - 1))[0].stuck
    fold, _ = folded("opencode", [STEP] * MOST_STEPS)
    assert fold.stuck
    verdict = fold.verdict(Ending(130, stuck=fold.stuck))
    assert (verdict.ok, verdict.kind) == (False, FailureKind.TRUNCATED)


def test_a_text_or_a_tool_begins_the_count_anew() -> None:
    """Steps of the model are counted from its last text or tool call on."""
    text = b'{"type":"text","part":{"text":"I begin."}}'
    assert not folded("opencode", [STEP] * 4 + [text] + [STEP] * 4)[0].stuck


def test_retries_without_end_are_no_work() -> None:
    """An agent that asks again and again is ended, with the cause of its last try."""
    fold, _ = folded("jsonl", [RETRY] * MOST_RETRIES)
    verdict = fold.verdict(Ending(130, stuck=fold.stuck))
    assert (verdict.kind, verdict.retries) == (FailureKind.RATE_LIMIT, MOST_RETRIES)


def test_hopeless_retries_end_sooner() -> None:
    """What no waiting mends is asked again a few times only; it is no matter of the task."""
    quota = b'{"ev":"retry","reason":"429 insufficient_quota"}'
    assert not folded("jsonl", [quota] * (MOST_HOPELESS_RETRIES - 1))[0].stuck
    fold, _ = folded("jsonl", [quota] * MOST_HOPELESS_RETRIES)
    assert fold.verdict(Ending(130, stuck=fold.stuck)).kind is FailureKind.QUOTA


@pytest.mark.parametrize("code", [126, 127])
def test_a_missing_program_is_a_wrong_profile(code: int) -> None:
    """A shell's status for a missing program is `config` where nothing was done."""
    verdict = folded("codex", [])[0].verdict(Ending(code, "env: node: No such file or directory"))
    assert verdict.kind is FailureKind.CONFIG


def test_a_tool_cannot_close_a_lane() -> None:
    """What an agent's tool wrote on standard error is no reason to stop all others of its lane."""
    words = "error: unknown option --frobnicate"
    assert folded("jsonl", [])[0].verdict(Ending(2, words)).kind is FailureKind.CONFIG
    assert folded("jsonl", [TOOL])[0].verdict(Ending(2, words)).kind is FailureKind.UNKNOWN


def test_the_last_error_of_a_trace_is_told() -> None:
    """Of a standard error with a trace the line that speaks of an error is told."""
    words = "Error: fetch failed\n    at run (file:///a.js:1)\n    at main (file:///a.js:2)\n"
    verdict = folded("jsonl", [])[0].verdict(Ending(1, words))
    assert (verdict.why, verdict.kind) == ("Error: fetch failed", FailureKind.NETWORK)


def test_steps_are_added_up() -> None:
    """Usage of steps is added up; what no step tells stays unknown, and is not 0."""
    usage = b'{"ev":"usage","input":10,"output":%d,"scope":"step"}'
    fold, _ = folded("jsonl", [usage % 1, usage % 2])
    assert fold.verdict(Ending(1)).usage == Usage(20, None, 3, scope="session")


def test_zero_tokens_are_unknown_ones() -> None:
    """A model that answers has used tokens: 0 is what a provider has not told."""
    fold, said = folded("jsonl", [b'{"ev":"usage","input":0,"output":0,"cost_usd":0}'])
    assert said == [Usage()]
    assert fold.verdict(Ending(1)).usage == Usage(scope="session")


def test_the_own_verdict_of_a_program_is_kept() -> None:
    """A program that speaks the grammar says itself why it failed, and when to try again."""
    line = b'{"ev":"verdict","ok":false,"why":"no","kind":"quota","reset_at":1795900000}'
    verdict = folded("jsonl", [line])[0].verdict(Ending(1))
    assert (verdict.kind, verdict.reset_at, verdict.why) == (FailureKind.QUOTA, 1795900000, "no")
