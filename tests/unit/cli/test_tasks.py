"""By hand, on tasks: what each command does, prints and exits with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import BlockedKind, Outcome, Step
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.processes import own_identity
from wf_tui.project import find_project, open_ledger, user_name

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness
    from wf_tui.ledger.model.rows import Detail

PLAN = """
goal: g
max_concurrent: 2
phases:
- name: p
  parallel: true
  tasks:
  - {id: one, run: 'true'}
  - {id: two, run: 'true'}
- name: q
  depends_on: [p]
  tasks: [{id: after, run: 'true', depends_on_results: [one]}]
"""


@pytest.fixture
def run(cli: CliHarness) -> str:
    """Give a paused run of three tasks."""
    return cli.paused_run(PLAN)


def states(cli: CliHarness) -> dict[str, tuple[str, str]]:
    """Return state and reason of each task."""
    tasks = cli.json_here("status")["tasks"]
    return {task["id"]: (task["state"], task["reason"]["kind"]) for task in tasks}


@pytest.mark.usefixtures("run")
def test_an_act_prints_a_line_for_each_task(cli: CliHarness) -> None:
    """A person reads which task is where now, and why."""
    result = cli.here("hold", "one", "two")
    assert result.exit_code == 0
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()] == ["one", "two"]
    assert "blocked: held by" in result.stdout


@pytest.mark.usefixtures("run")
def test_an_act_as_json_has_its_four_fields(cli: CliHarness) -> None:
    """`--json` gives task, changed, state and reason of each task."""
    assert cli.json_here("skip", "two") == [
        {"task": "two", "changed": True, "state": "done", "reason": states_reason(cli, "two")}
    ]


def states_reason(cli: CliHarness, task: str) -> str:
    """Return the sentence of a task's reason."""
    tasks = cli.json_here("status")["tasks"]
    return next(str(one["reason"]["text"]) for one in tasks if one["id"] == task)


@pytest.mark.usefixtures("run")
def test_what_is_refused_exits_with_5_and_keeps_nothing_else(cli: CliHarness) -> None:
    """Of many tasks those that can are changed; one refused makes the exit status 5."""
    result = cli.here("unhold", "one")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "wf: task 'one' cannot be released from a hold: it is pending\n"
    cli.here("hold", "two")
    assert cli.here("unhold", "one", "two").exit_code == 5
    assert states(cli)["two"] == ("pending", "paused")


@pytest.mark.usefixtures("run")
def test_a_refusal_as_json_says_why(cli: CliHarness) -> None:
    """A refused task has `changed` false and the reason."""
    (told,) = cli.json_here("release", "one")
    assert (told["changed"], told["state"]) == (False, "pending")
    assert "cannot be released" in told["reason"]


@pytest.mark.usefixtures("run")
def test_cancel_blocks_what_needs_the_result(cli: CliHarness) -> None:
    """A cancelled task takes its dependants with it, and retry brings all back."""
    cli.here("cancel", "one")
    assert states(cli)["one"] == ("blocked", "cancelled")
    assert states(cli)["after"] == ("blocked", "dependency")
    assert cli.here("retry", "--all-blocked").exit_code == 0
    assert {state for state, _ in states(cli).values()} == {"pending"}


@pytest.mark.usefixtures("run")
def test_all_blocked_takes_only_the_kind_that_is_named(cli: CliHarness) -> None:
    """`--all-blocked=KIND` leaves the blocked tasks of other kinds alone."""
    cli.here("cancel", "two")
    cli.here("hold", "one")
    assert [told["task"] for told in cli.json_here("skip", "--all-blocked=cancelled")] == ["two"]
    assert states(cli)["one"] == ("blocked", "hold")


@pytest.mark.usefixtures("run")
def test_all_blocked_with_none_is_no_failure(cli: CliHarness) -> None:
    """Where nothing is blocked there is nothing to do, and it says so."""
    result = cli.here("retry", "--all-blocked")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no task is blocked" in result.stderr


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("words", [["retry", "--all-blocked", "--", "one"], ["hold"]])
def test_tasks_are_named_or_all_blocked(cli: CliHarness, words: list[str]) -> None:
    """Both or neither is a usage error."""
    result = cli.here(words[0], *(["--all-blocked=failed", "one"] if len(words) > 1 else []))
    assert result.exit_code == 2
    assert "which tasks?" in result.stderr


@pytest.mark.usefixtures("run")
def test_an_unknown_task_changes_nothing(cli: CliHarness) -> None:
    """One wrong name among several: exit 2, the nearest right one named, no task changed."""
    result = cli.here("hold", "one", "tow")
    assert result.exit_code == 2
    assert result.stderr == "wf: unknown task 'tow'\n    did you mean 'two'?\n"
    assert states(cli)["one"] == ("pending", "paused")


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("words", [["show", "\udcff"], ["add", "\udcff"], ["hold", "\udcff"]])
def test_bytes_that_are_no_text_are_wrong_usage(cli: CliHarness, words: list[str]) -> None:
    """A shell hands on any bytes as a name; no ledger can hold them."""
    done = cli.here(*words)
    assert (done.exit_code, done.exception.__class__) == (2, SystemExit)
    assert "must be UTF-8" in done.output


@pytest.mark.usefixtures("run")
def test_reassign_names_a_seat_or_a_profile(cli: CliHarness) -> None:
    """The task waits for that worker, and `status` shows the pin."""
    assert cli.here("reassign", "one", "--to", "shell-2").exit_code == 0
    assert cli.json_here("status")["tasks"][0]["pinned"] == "shell-2"
    result = cli.here("reassign", "one", "--to", "shell-3")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("wf: unknown worker 'shell-3'\n    did you mean 'shell-")


@pytest.mark.usefixtures("run")
def test_a_reassignment_may_begin_at_the_clean_head(cli: CliHarness) -> None:
    """`--fresh` says so in the log, and nothing says it without."""
    cli.here("reassign", "one", "--to", "shell-2", "--fresh")
    cli.here("reassign", "two", "--to", "shell-2")
    lines = cli.here("events", "--json").stdout.splitlines()
    told = [one for one in map(json.loads, lines) if one["kind"] == "task_reassigned"]
    assert [event["data"].get("fresh") for event in told] == [True, None]
    assert all("behind" not in event["data"] for event in told)


def block(cli: CliHarness, run: str, kind: BlockedKind, detail: Detail | None = None) -> None:
    """Let the first attempt of the run end outside its scope, or with another kind of block.

    This process poses as the scheduler, so that nothing starts one.
    """
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        ledger.scheduler_started(run, asdict(own_identity()))
        ledger.resume(run)
        claim = ledger.claim(run, "shell-1")
        assert claim is not None
        fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
        ledger.block(fence, Ending(Outcome.FAILED, kind.value, "b.txt"), kind, detail)
        ledger.pause(run)


def test_accept_claims_what_was_held_back(cli: CliHarness, run: str) -> None:
    """It is the person's claim then, with an epoch of its own."""
    block(cli, run, BlockedKind.SCOPE)
    (told,) = cli.json_here("accept", "one")
    assert (told["changed"], told["state"]) == (True, "in_progress")
    task = cli.json_here("status")["tasks"][0]
    assert task["worker"] == f"user:{user_name()}"
    assert (task["epoch"], task["step"]) == (2, "checking")


def test_what_left_no_work_cannot_be_accepted(cli: CliHarness, run: str) -> None:
    """Nor can a task that is not blocked, with exit 5; what is not held back has to be named."""
    block(cli, run, BlockedKind.BUDGET)
    result = cli.here("accept", "one", "two")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "task 'one' cannot be accepted: its last attempt has left no changes" in result.stderr
    assert "task 'two' cannot be accepted: it is pending" in result.stderr
    assert "no task is blocked that way" in cli.here("accept", "--all-blocked").stderr


def test_all_blocked_accepts_what_can_be(cli: CliHarness, run: str) -> None:
    """`--all-blocked` takes what is held back by a scope, and leaves what is held by a person."""
    block(cli, run, BlockedKind.SCOPE)
    cli.here("hold", "two")
    assert [told["task"] for told in cli.json_here("accept", "--all-blocked")] == ["one"]
    assert states(cli)["two"] == ("blocked", "hold")


@pytest.mark.usefixtures("run")
def test_priority_may_be_below_0(cli: CliHarness) -> None:
    """A negative number is a number, not an option."""
    assert cli.here("priority", "two", "-5").exit_code == 0
    assert cli.json_here("status")["tasks"][1]["priority"] == -5


@pytest.mark.usefixtures("run")
def test_undo_takes_back_the_last_act_only(cli: CliHarness) -> None:
    """The tasks of one command come back together; what stays is named, with what helps."""
    cli.here("hold", "one", "two")
    told = cli.json_here("undo")
    assert sorted(one["task"] for one in told) == ["one", "two"]
    assert {state for state, _ in states(cli).values()} == {"pending"}
    cli.here("hold", "one")
    assert cli.here("undo").stdout.startswith("took back: hold of “")
    cli.here("add", "Extra", "--sh", "true")
    result = cli.here("undo")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "the last thing you did, adding “Extra”, cannot be undone" in result.stderr
    assert "wf cancel extra" in result.stderr


def test_a_run_is_found_by_the_beginning_of_its_id(cli: CliHarness, run: str) -> None:
    """`--run` takes an id or a unique beginning; an unknown one is named."""
    assert cli.here("hold", "one", "--run", run[:3]).exit_code == 0
    result = cli.here("hold", "two", "--run", "nosuch")
    assert result.exit_code == 2
    assert "unknown run 'nosuch'" in result.stderr


def test_a_review_is_blocked_until_it_is_accepted(cli: CliHarness, run: str) -> None:
    """`wf status` exits 1 and names `wf accept`, which claims the work for the person."""
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        ledger.scheduler_started(run, asdict(own_identity()))
        ledger.resume(run)
        claim = ledger.claim(run, "shell-1")
        assert claim is not None
        fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
        ledger.step(fence, Step.CHECKING)
        ledger.hold_for_review(fence, Ending(Outcome.SUCCEEDED, "review", "ready"), {}, tree=None)
        ledger.pause(run)
    status = cli.here("status")
    assert (status.exit_code, "wf accept one" in status.stdout) == (1, True)
    (accepted,) = cli.json_here("accept", "--all-blocked=review")
    assert (accepted["task"], accepted["state"]) == ("one", "in_progress")


def test_choices_are_for_one_task(cli: CliHarness, run: str) -> None:
    """The same path may mean something else in each: usage, exit 2, and nothing is accepted."""
    block(cli, run, BlockedKind.CONFLICT)
    for words in (["one", "two"], ["--all-blocked"]):
        result = cli.here("accept", *words, "--ours", "a.txt")
        assert (result.exit_code, "one task at a time" in result.stderr) == (2, True)
    assert states(cli)["one"] == ("blocked", "conflict")


FILTERED: Detail = {
    "why": "filter",
    "paths": ["s/a", "s/b"],
    "all": {"filter": {"paths": ["s/a", "s/b"], "text": "needs a filter"}},
}


@pytest.mark.parametrize(
    ("path", "status", "state"),
    [
        ("s/a", 0, "in_progress"),
        ("s", 0, "in_progress"),
        ("s/c", 2, "blocked"),
        ("*", 2, "blocked"),
    ],
)
def test_a_file_is_accepted_without_its_filter_by_its_name(
    cli: CliHarness, run: str, path: str, status: int, state: str
) -> None:
    """A path that no filter holds back is wrong usage: it was mistyped."""
    block(cli, run, BlockedKind.SCOPE, FILTERED)
    assert cli.here("accept", "one", "--unfiltered", path).exit_code == status
    assert states(cli)["one"][0] == state


def test_a_task_that_waits_for_no_filter_has_none_to_leave_out(cli: CliHarness, run: str) -> None:
    """The option is refused, exit 5, and nothing is accepted."""
    block(cli, run, BlockedKind.SCOPE)
    result = cli.here("accept", "one", "--unfiltered", "s/a")
    assert (result.exit_code, "no files that wait for a filter" in result.output) == (5, True)
    assert states(cli)["one"] == ("blocked", "scope")
