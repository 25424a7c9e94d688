"""Rivals, for real: commands and agents that try the same, of which one is merged."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.crash_scenario import start
from tests.support.plans import WRITES
from tests.support.post_mortem import violations
from tests.support.scripted_runs import prompts_given, scripted, scripted_harness
from wf_tui.ledger.rules.moves import ACCEPT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.slow

SAME = f"{WRITES}, file_scope: [out.txt]"
"""All rivals write the one file."""


@pytest.fixture
def harness(tmp_path: Path) -> RunHarness:
    """Give a run with agents that follow a script."""
    return scripted_harness(tmp_path, {"one": {"seats": 4}})


def plan(*tasks: str, pick: str, judge: str = "", after: str = "cat out.txt") -> str:
    """Return a plan of rivals, perhaps their judge, and a task that reads what was merged."""
    rivals = "\n".join(f"  - {{{task}}}" for task in tasks)
    names = [task.split(",")[0].removeprefix("id: ") for task in tasks]
    head = "goal: g\ndefaults: {backoff_secs: 0, max_attempts: 2}\nphases:\n"
    named = "  judge: j\n" if judge else ""
    text = f"{head}- name: try\n  parallel: true\n  pick: {pick}\n{named}  tasks:\n{rivals}\n"
    if judge:
        asks = f"result: json, depends_on_results: [{', '.join(names)}]"
        text += f"- name: choose\n  tasks:\n  - {{{scripted('j', judge, more=asks)}}}\n"
    return f"{text}- name: after\n  depends_on: [try]\n  tasks:\n  - {{id: z, run: '{after}'}}\n"


def names(pick: str | None) -> str:
    """Return the step by which a scripted judge answers."""
    block = json.dumps({"summary": "so", "verdict": "pass", "pick": pick})
    return "end " + json.dumps({"ok": True, "text": f"so\n```json\n{block}\n```"})


def kinds(harness: RunHarness, *tasks: str) -> list[str]:
    """Return how these tasks are done or blocked."""
    return [str(harness.task(name).kind) for name in tasks]


def sound(harness: RunHarness) -> bool:
    """Whether one was merged, and the log of it is legal."""
    merged = {event.task for event in harness.events("integrated")}
    return len(merged) == 1 and violations(harness) == set()


def test_the_first_ends_the_others(harness: RunHarness) -> None:
    """One that runs is killed as another is merged; its work is kept, and nothing else merged."""
    slow = f"id: slow, run: 'echo s > out.txt; touch {harness.folder}/on; sleep 600', {SAME}"
    wait = f"until test -e {harness.folder}/on; do sleep 0.02; done"
    quick = f"id: quick, run: '{wait}; echo q > out.txt', {SAME}"
    assert harness.play(plan(slow, quick, pick="first")) == "completed"
    assert kinds(harness, "slow", "quick", "z") == ["skipped", "merged", "answered"]
    (stopped,) = harness.attempts("slow")
    assert (stopped.outcome, stopped.note) == ("cancelled", "stopped: quick was first")
    assert stopped.commit_id is not None
    assert harness.merged("out.txt") == "q"
    assert sound(harness)


def test_at_the_same_instant(harness: RunHarness) -> None:
    """Of many that end at once one is merged, whichever it is."""
    ready = f"touch {harness.folder}/$WF_TASK; until test -e {harness.folder}/d; do :; done"
    tasks = [f"id: {name}, run: '{ready}; echo {name} > out.txt', {SAME}" for name in "abcd"]
    assert harness.play(plan(*tasks, pick="first"), jobs=4) == "completed"
    assert sorted(kinds(harness, *"abcd")) == ["merged", "skipped", "skipped", "skipped"]
    assert sound(harness)


def test_where_the_first_does_not_merge(harness: RunHarness) -> None:
    """Its gate fails on the branch: the next that has passed goes, and the phase is over."""
    gate = "gate: 'grep -q good out.txt'"
    bad = f"id: bad, run: 'echo bad > out.txt', {SAME}, {gate}"
    good = f"id: good, run: 'echo good > out.txt', {SAME}, {gate}"
    assert harness.play(plan(bad, good, pick="first")) == "completed"
    assert kinds(harness, "bad", "good") == ["skipped", "merged"]
    assert sound(harness)


def test_a_judge_takes_one(harness: RunHarness) -> None:
    """It is told what each has done, sees the changes as data, and what it names is merged."""
    tasks = [scripted(name, f"write out.txt {name}", more=SAME) for name in ("a", "b")]
    failed = f"id: c, run: 'exit 1', {SAME}"
    assert harness.play(plan(*tasks, failed, pick="best", judge=names("b"))) == "completed"
    assert kinds(harness, "a", "b", "c", "j") == ["skipped", "merged", "skipped", "answered"]
    assert harness.merged("out.txt") == "b"
    asked = next(text for text in prompts_given(harness) if "# Task j" in text)
    assert "+a" in asked
    assert "+b" in asked
    assert asked.count('"can_be_picked": true') == 2
    assert str(harness.attempts("a")[0].commit_id) in asked
    assert '"pick"' in asked
    assert harness.attempts("b")[-1].worker == "judge:j"
    assert sound(harness)


def test_a_command_takes_one(harness: RunHarness) -> None:
    """It looks at the commits that its file of results names, and prints what it picks."""
    tasks = [
        f"id: {name}, run: 'echo {text} > out.txt', {SAME}"
        for name, text in (("a", "aa"), ("b", "bbb"))
    ]
    size = "git show $(grep -o '[0-9a-f]\\{40\\}' $WF_RESULTS | tail -1):out.txt | grep -q bbb"
    block = json.dumps({"pick": "b"})
    judge = f"{size} && printf '%s\\n' '```json' '{block}' '```'"
    text = plan(*tasks, pick="best", judge="say x").split("- name: choose")
    after = text[1].split("- name: after")[1]
    asks = "id: j, result: json, depends_on_results: [a, b]"
    choose = f"- name: choose\n  tasks:\n  - {{{asks}, run: {json.dumps(judge)}}}\n"
    assert harness.play(f"{text[0]}{choose}- name: after{after}") == "completed"
    assert kinds(harness, "a", "b", "j") == ["skipped", "merged", "answered"]
    assert sound(harness)


def test_a_person_takes_one(harness: RunHarness) -> None:
    """Where the judge names none, and where there is none, a person accepts one of them."""
    tasks = [scripted(name, f"write out.txt {name}", more=SAME) for name in ("a", "b")]
    assert harness.play(plan(*tasks, pick="best", judge=names(None))) == "partial"
    assert kinds(harness, "a", "b", "j") == ["review", "review", "answered"]
    harness.act(lambda ledger: ledger.move(harness.run, ACCEPT, ["a"]))
    assert harness.lead() == "completed"
    assert kinds(harness, "a", "b", "z") == ["merged", "skipped", "answered"]
    assert sound(harness)


@pytest.mark.parametrize(
    "moment",
    ["check.ended:1", "integrate.begun:1", "integrate.moved:1", "integrate.recorded:1"],
)
def test_a_scheduler_that_is_killed(harness: RunHarness, moment: str) -> None:
    """Before, within and behind the merge of the first: one of them is merged in the end."""
    tasks = [f"id: {name}, run: 'echo {name} > out.txt', {SAME}" for name in "abc"]
    harness.start(plan(*tasks, pick="first"), jobs=3)
    with start(harness, f"{moment}:kill") as scheduler:
        assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert sorted(kinds(harness, *"abc")) == ["merged", "skipped", "skipped"]
    assert sound(harness)


@pytest.mark.parametrize("moment", ["harvest.begun:3", "integrate.begun:1", "integrate.moved:1"])
def test_killed_between_the_choice_and_the_merge(harness: RunHarness, moment: str) -> None:
    """What a judge has taken is taken up where it was, and no other one is merged."""
    tasks = [f"id: {name}, run: 'echo {name} > out.txt', {SAME}" for name in "ab"]
    harness.start(plan(*tasks, pick="best", judge=names("b")), jobs=3)
    with start(harness, f"{moment}:kill") as scheduler:
        assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert kinds(harness, "a", "b", "j") == ["skipped", "merged", "answered"]
    assert sound(harness)
