"""What a person says to workers: `wf answer`, `wf message`, `wf inbox`, `wf edit --max-...`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.ledger_harness import BAD, PERMISSION, YES_OR_NO
from wf_tui import commands
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.picture.remedies import meaning_run
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness
    from wf_tui.ledger.ledger import Ledger

PLAN = """
goal: g
phases: [{name: p, tasks: [{id: one, run: 'true', title: The first}, {id: two, run: 'true'}]}]
"""


class _Worker:
    """The worker of the first task, as the scheduler speaks for it."""

    def __init__(self, ledger: Ledger, run: str) -> None:
        self.ledger = ledger.acting("scheduler")
        ledger.resume(run)
        claim = self.ledger.claim(run, "shell-1")
        assert claim is not None
        self.fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
        self.ledger.step(self.fence, Step.RUNNING)
        # Else an answer starts a scheduler, which ends an attempt whose program is nowhere.
        ledger.pause(run)

    def ask(self, name: str = "1", text: str = "npm test") -> None:
        """Ask for a permission."""
        asked = self.ledger.ask(self.fence, name, text, kind="execute", options=PERMISSION)
        assert asked is not None


@pytest.fixture
def worker(cli: CliHarness) -> Any:
    """Give a run whose first task is worked on; no scheduler is there."""
    run = cli.paused_run(PLAN)
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        yield _Worker(ledger, run)


def _shown(cli: CliHarness) -> Any:
    return cli.json_here("show", "one")


@pytest.mark.parametrize("word", ["once", "1", "allow", "ALLOW"])
def test_a_word_answers(cli: CliHarness, worker: _Worker, word: str) -> None:
    """An option is chosen by id, number, name or `allow`; JSON says which question it was."""
    worker.ask()
    (made,) = cli.json_here("answer", "one", word)
    assert (made["changed"], made["state"], made["question"]) == (True, "in_progress", "1")
    (asked,) = _shown(cli)["questions"]
    assert (asked["state"], asked["option"]) == ("answered", "once")


def test_what_is_offered_is_listed(cli: CliHarness, worker: _Worker) -> None:
    """A word that chooses nothing is wrong usage, and the hint has all that can be chosen."""
    worker.ask(text="run \x1b[31m this")
    for words in (("answer", "one", "maybe"), ("answer", "one")):
        result = cli.here(*words)
        assert result.exit_code == 2
        assert "1 once (Allow), 2 ever (Always allow), 3 no (Reject)" in result.stderr
        assert "\x1b" not in result.stderr
    assert cli.here("answer", "one", "allow", "--question", "9").exit_code == 2
    assert cli.here("answer", "one", "allow", "--always", "world").exit_code == 2
    assert cli.here("answer", "nobody", "allow").exit_code == 2


def test_nothing_is_asked(cli: CliHarness, worker: _Worker) -> None:
    """A task that asks nothing, or whose question was answered, is refused with 5."""
    assert cli.here("answer", "one", "yes").exit_code == 5
    worker.ask()
    worker.ask("2")
    assert cli.here("answer", "one", "reject", "--question", "2").exit_code == 0
    assert cli.here("answer", "one", "reject", "--question", "2").exit_code == 5


def test_text_is_what_a_person_says(cli: CliHarness, worker: _Worker) -> None:
    """Without options any word is the answer; with --text a permission is rejected by it."""
    worker.ledger.ask(worker.fence, "1", "Which port?")
    assert cli.here("answer", "one", "8080").exit_code == 0
    worker.ask("2")
    assert cli.here("answer", "one", "allow", "--text").exit_code == 0
    shown = _shown(cli)
    assert [q["answer"] for q in shown["questions"]] == ["8080", None]
    assert [q["option"] for q in shown["questions"]] == [None, "no"]
    assert [(m["text"], m["state"]) for m in shown["messages"]] == [("allow", "waiting")]


def test_always_and_forget(cli: CliHarness, worker: _Worker) -> None:
    """`show` lists what is allowed for always; `--forget` ends it, once."""
    worker.ask()
    assert cli.here("answer", "one", "allow", "--always", "task").exit_code == 0
    (allowed,) = _shown(cli)["allowances"]
    assert (allowed["tool_kind"], allowed["text"], allowed["ended_at"]) == (
        *("execute", "npm test"),
        None,
    )
    assert cli.here("answer", "one", "x", "--forget").exit_code == 2
    assert cli.here("answer", "one", "--forget").exit_code == 0
    assert cli.here("answer", "one", "--forget").exit_code == 5


def test_messages(cli: CliHarness, worker: _Worker) -> None:
    """A message says how it stands; on Q it answers nothing, on D it is refused."""
    worker.ask()
    (made,) = cli.json_here("message", "one", "be quick")
    assert made["message"] == {"id": 1, "state": "waiting"}
    assert _shown(cli)["state"] == "blocked"
    assert cli.here("message", "one", " ").exit_code == 2
    cli.here("skip", "two")
    assert cli.here("message", "two", "hello").exit_code == 5


def test_the_inbox(cli: CliHarness, worker: _Worker) -> None:
    """It lists what waits for a person with the options and a command for each."""
    assert cli.here("inbox").stdout == "nothing needs you\n"
    worker.ask()
    worker.ledger.ask(worker.fence, "2", "sure?", options=YES_OR_NO)
    (item,) = cli.json_here("inbox")
    assert (item["task"], item["title"], item["kind"]) == ("one", "The first", "question")
    assert item["commands"] == [f"wf answer one {name}" for name in ("once", "ever", "no")]
    first, second = item["questions"]
    assert (first["kind"], first["options"][0]) == (
        "execute",
        {"id": "once", "name": "Allow", "kind": "allow_once"},
    )
    assert [one["name"] for one in second["options"]] == ["yes", "no"]
    lines = cli.here("inbox").stdout
    assert "wf answer one once" in lines
    assert "also asks (2): sure?" in lines
    assert cli.json_here("inbox", "--all") == [item]
    status = cli.json_here("status")
    assert (status["run"]["questions"], status["tasks"][0]["questions"]) == (2, 2)
    assert (item["snoozed_until"], status["tasks"][0]["snoozed_until"]) == (None, None)
    me, run = worker.ledger.acting("user:me"), status["run"]["id"]
    commands.snooze(me, run, "one", "change")
    (item,) = cli.json_here("inbox")
    assert (item["snoozed"], item["snoozed_until"]) == (True, None)
    lines = cli.here("inbox").stdout
    assert "snoozed until it changes; wf snooze one off" in lines
    assert lines.endswith("nothing needs you\n")
    commands.snooze(me, run, "one", time.time() + 3600)
    assert cli.json_here("inbox")[0]["snoozed_until"] > time.time()
    assert "snoozed for 59m still; wf snooze one off" in cli.here("inbox").stdout


def test_the_inbox_names_another_run(cli: CliHarness, worker: _Worker) -> None:
    """A command for a task of a run that is not the newest says which run, and does it there."""
    worker.ask()
    cli.paused_run(PLAN.replace("one", "first"))
    (item,) = cli.json_here("inbox")
    command = item["commands"][0]
    assert command == f"wf answer --run {worker.fence.run} one once"
    assert cli.here("answer", "one", "once").exit_code == 2
    assert cli.here(*command.split()[1:]).exit_code == 0


def test_commands_of_another_run_are_all_for_it() -> None:
    """Each of them, where there are several; a lane belongs to no run."""
    ways = "wf edit a --max-steps N, then wf retry a; or wf accept a"
    said = "wf edit --run r a --max-steps N, then wf retry --run r a; or wf accept --run r a"
    assert meaning_run(ways, "r") == said
    assert meaning_run("wf lane x --open", "r") == "wf lane x --open"


def test_a_budget_is_raised(cli: CliHarness, worker: _Worker) -> None:
    """`wf edit` sets and raises each limit, `wf retry` goes on; without a raise it is refused."""
    limits = ("--max-tokens", "10", "--max-cost", "1.5", "--max-steps", "3", "--max-seconds", "9")
    assert cli.here("edit", "one", *limits).exit_code == 0
    assert worker.ledger.used(worker.fence, Usage(output_tokens=10)) == "used 10 of 10 tokens"
    worker.ledger.block(worker.fence, BAD, BlockedKind.BUDGET)
    refused = cli.here("retry", "one")
    assert (refused.exit_code, "raise that first" in refused.stderr) == (5, True)
    assert (
        "wf edit one --max-cost USD --max-tokens N --max-steps N --max-seconds S"
        in cli.here("status").stdout
    )
    assert cli.json_here("show", "one")["usage"]["output_tokens"] == 10
    cli.here("pause")
    assert cli.here("edit", "one", "--max-tokens", "20").exit_code == 0
    assert cli.here("retry", "one").exit_code == 0


def test_show_tells_of_it(cli: CliHarness, worker: _Worker) -> None:
    """A person reads what was asked, how it is answered, what was written, allowed and used."""
    worker.ledger.session_started(worker.fence, "s-1", "a-model")
    worker.ledger.used(worker.fence, Usage(input_tokens=1200, cost_microusd=12_300))
    worker.ask()
    assert "wf answer one once" in cli.here("show", "one").stdout
    cli.here("answer", "one", "allow", "--always", "task")
    cli.here("message", "one", "be quick")
    lines = cli.here("show", "one").stdout
    for words in (
        *("npm test (1, answered) -> Allow", "be quick (waiting", "this task, execute: npm test"),
        *("s-1", "a-model", "1,200 tokens, $0.01"),
    ):
        assert words in lines
