"""Models from a plan to merged work: the real host and hands, the makers a script."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.crash_scenario import start
from tests.support.model_runs import (
    KEY,
    history_of,
    host_pid,
    kill_host,
    model_harness,
    prompted,
)
from tests.support.model_server.conversation import ToolCall
from tests.support.model_server.intents import Run, Write
from tests.support.model_server.scenarios import SCENARIOS, Scenario, Turn
from tests.support.model_server.server import ModelServer
from tests.support.plans import WRITES, parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_scheduler, wait_for_end
from tests.support.waiting import until
from wf_tui.config import Preset, Profile
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.moves import ANSWER, EDIT, MESSAGE, RETRY
from wf_tui.processes import is_running
from wf_tui.project import open_ledger
from wf_tui.workers.model.history import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import EventRow

pytestmark = pytest.mark.slow
MORE = f"{WRITES}, max_attempts: 3"
NO_ASK = {"m": {"ask": "never"}}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Give a server that plays the makers."""
    with ModelServer() as one:
        yield one


def in_a_command(harness: RunHarness) -> None:
    """Wait until the model of the task `a` waits for a command, which the scenario `sleep` does."""

    def runs() -> bool:
        log = harness.paths.attempt("a", 1) / "raw.jsonl"
        return log.exists() and "tail -f" in log.read_text()

    until(runs, "a command runs")


def pid_of_hands(harness: RunHarness) -> int:
    """Return the program of the one attempt that runs."""
    (attempt,) = harness.attempts("a")
    assert attempt.pid is not None
    return attempt.pid


def newest_calls(server: ModelServer) -> list[ToolCall]:
    """Return the calls of tools that the newest conversation has."""
    entries = server.requests[-1].conversation.entries
    return [entry for entry in entries if isinstance(entry, ToolCall)]


def nothing_lost(harness: RunHarness, server: ModelServer) -> None:
    """Look whether the work of `a` is merged, by a model that went on from what it had said."""
    assert harness.merged("hello.txt") == "hello from the model"
    call, *_ = newest_calls(server)
    assert call.arguments == {"command": "tail -f /dev/null"}
    assert INTERRUPTED in "".join(server.requests[-1].conversation.results)
    assert violations(harness) == set()


def test_the_work_of_a_model_is_merged(tmp_path: Path, server: ModelServer) -> None:
    """A prompt becomes files on the branch; what was said, done and used is there as of agents."""
    harness = model_harness(tmp_path, server, {"m": {"price": {"input": 1.0, "output": 10.0}}})
    assert harness.play(parallel_plan(prompted("a", "edit"))) == "completed"
    assert harness.merged("hello.txt") == "hello from the model"
    task, (attempt,) = harness.task("a"), harness.attempts("a")
    assert (task.kind, task.result) == ("merged", "Done: it is written.")
    assert (attempt.model, attempt.lane, attempt.tools) == ("scripted", "m", 1)
    assert attempt.usage is not None
    used = server.count(f"{KEY}-m")
    assert (attempt.usage.requests, attempt.usage.input_tokens) == (2, used.input_tokens)
    assert attempt.usage.cost_microusd == used.input_tokens + 10 * used.output_tokens
    log = (harness.paths.attempt("a", 1) / "log.jsonl").read_text()
    kinds = [json.loads(line)["kind"] for line in log.splitlines()]
    assert [kind for kind in kinds if kind not in {"usage", "note"}] == [
        *("say", "tool", "tool", "say", "end"),
    ]
    assert len(history_of(harness, "a", 1).splitlines()) == 4
    assert not (harness.paths.root / "host.json").exists()
    assert violations(harness) == set()


def test_its_key_is_nowhere_but_in_the_request(tmp_path: Path) -> None:
    """Not in what its commands see; one that a model finds elsewhere stands in no file of wf's."""
    file = tmp_path / "key"
    file.write_text(f"found: {KEY}-m\n")
    looks = Turn("I look around.", (Run(f"env; cat {file}"),))
    with ModelServer(Scenario((looks, Turn("I write.", (Write("hello.txt"),))))) as server:
        harness = model_harness(tmp_path, server, NO_ASK)
        assert harness.play(parallel_plan(f"id: a, {WRITES}, prompt: Look.")) == "completed"
    (output,) = server.results[:1]
    environment, _, found = output.partition("found: ")
    assert "WF_TASK=a" in environment
    assert KEY in found
    assert KEY not in environment
    assert {request.key for request in server.requests} == {f"{KEY}-m"}
    assert "M_KEY" in history_of(harness, "a", 1)
    for path in (tmp_path / "state").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_the_hosts_death_loses_nothing(tmp_path: Path, server: ModelServer) -> None:
    """The attempt ends uncounted, and the same seat goes on from its history at once."""
    harness = model_harness(tmp_path, server, NO_ASK)
    harness.start(parallel_plan(prompted("a", "sleep", f"{WRITES}, max_attempts: 1")))
    scheduler = harness.detach()
    in_a_command(harness)
    kill_host(harness)
    wait_for_end(scheduler)
    first, second = harness.attempts("a")
    assert (first.cause, first.worker, first.tree) == ("host", second.worker, second.tree)
    assert harness.task("a").tries == 0
    nothing_lost(harness, server)


def test_the_hands_death_loses_nothing(tmp_path: Path, server: ModelServer) -> None:
    """It is a fault of the transport: counted, with the same session."""
    harness = model_harness(tmp_path, server, NO_ASK)
    harness.start(parallel_plan(prompted("a", "sleep", MORE)))
    scheduler = harness.detach()
    in_a_command(harness)
    os.kill(pid_of_hands(harness), signal.SIGKILL)
    wait_for_end(scheduler)
    first, second = harness.attempts("a")
    assert (first.outcome, first.worker) == ("failed", second.worker)
    assert harness.task("a").tries == 1
    nothing_lost(harness, server)


def test_the_schedulers_death_loses_nothing(tmp_path: Path, server: ModelServer) -> None:
    """The host ends with it; another scheduler has another host, and goes on from the history."""
    harness = model_harness(tmp_path, server, NO_ASK)
    harness.start(parallel_plan(prompted("a", "sleep", MORE)))
    scheduler = harness.detach()
    in_a_command(harness)
    host = host_pid(harness)
    kill_scheduler(harness, scheduler)
    assert harness.lead() == "completed"
    assert not is_running(host)
    assert [one.outcome for one in harness.attempts("a")] == ["lost", "succeeded"]
    nothing_lost(harness, server)


def test_a_scheduler_that_dies_between_two_messages(tmp_path: Path, server: ModelServer) -> None:
    """Behind the prompt, and behind what a tool said: neither is asked for or done again."""
    harness = model_harness(tmp_path, server)
    harness.start(parallel_plan(prompted("a", "edit", f"{WRITES}, max_attempts: 5")))
    for moment in ("run.kept:1", "run.kept:3"):
        with start(harness, f"{moment}:kill") as scheduler:
            assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert [one.outcome for one in harness.attempts("a")] == ["lost", "lost", "succeeded"]
    assert harness.merged("hello.txt") == "hello from the model"
    assert len(newest_calls(server)) == len(server.requests[-1].conversation.results) == 1
    assert violations(harness) == set()


def test_a_limit_is_waited_for(tmp_path: Path, server: ModelServer) -> None:
    """After a 429 that lasts the task waits for its lane, and goes on; nothing is counted."""
    harness = model_harness(tmp_path, server, {"m": {"seats": 2}})
    tasks = [prompted(name, f"rate-limit-lasts {name}.txt") for name in "ab"]
    assert harness.play(parallel_plan(*tasks)) == "completed"
    assert {one.cause for one in harness.attempts("a")} <= {None, "rate_limit"}
    assert harness.task("a").tries == harness.task("b").tries == 0
    assert harness.events("lane_limited")
    assert harness.merged("b.txt") == "hello from the model"


def _asks(event: EventRow) -> bool:
    return event.kind == "question_asked"


def test_it_asks_and_hears_while_it_works(tmp_path: Path, server: ModelServer) -> None:
    """By default a command is a person's to allow; a message is in the request behind that."""
    harness = model_harness(tmp_path, server)

    def write(ledger: Ledger) -> None:
        ledger.move(harness.run, MESSAGE, ["a"], text="use English")
        ledger.move(harness.run, ANSWER, ["a"], option="allow_once")

    harness.start(parallel_plan(prompted("a", "command")))
    harness.when(_asks, write)
    assert harness.lead() == "completed"
    assert harness.merged("hello.txt") == "hello"
    (asked,) = harness.events("question_asked")
    assert "echo hello > hello.txt" in str(asked.data["text"])
    assert any("use English" in prompt for prompt in server.requests[-1].conversation.prompts)
    with open_ledger(harness.project) as ledger:
        (message,) = conversation.messages(ledger.db, harness.run, "a")
    assert message.state == "delivered"


def test_a_raised_budget_goes_on_from_its_history(tmp_path: Path, server: ModelServer) -> None:
    """It asks no more than it may; raised, it asks for nothing again that was said before."""
    harness = model_harness(tmp_path, server)
    task = prompted("a", "edit", f"{WRITES}, budget: {{max_steps: 1}}")
    assert harness.play(parallel_plan(task)) == "partial"
    (first,) = harness.attempts("a")
    assert (first.cause, harness.task("a").kind, len(server.requests)) == ("budget", "budget", 1)
    harness.act(lambda ledger: ledger.move(harness.run, EDIT, ["a"], fields={"max_steps": 9}))
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["a"]))
    assert harness.lead() == "completed"
    assert harness.merged("hello.txt") == "hello from the model"
    assert len(newest_calls(server)) == 1
    assert len(server.requests) == 2


def test_the_first_merged_work_of_each_maker(tmp_path: Path, server: ModelServer) -> None:
    """A preset and a key are all that the five makers need, beside each other and a command.

    Each is asked in its own interface, with its own key, and each lane is its own.
    """
    names = ("deepseek", "minimax", "moonshot", "openai", "zai")
    harness = RunHarness(
        tmp_path,
        profiles={name: Profile.model_validate({"kind": None, "preset": name}) for name in names},
        # The servers of the makers are not in a test; all else of their presets is as it comes.
        presets={name: Preset.model_validate({"base_url": f"{server.url}/v1"}) for name in names},
    )
    harness.environ |= {f"{name.upper()}_API_KEY": f"{KEY}-{name}" for name in names}
    tasks = [prompted(name, f"edit {name}.txt", f"{WRITES}, worker: {name}") for name in names]
    tasks.append(f"id: command, {WRITES}, run: 'echo c > c.txt'")
    state = harness.play(parallel_plan(*tasks))
    notes = {name: harness.task(name).note for name in (*names, "command")}
    assert state == "completed", notes
    assert harness.merged("c.txt") == "c"
    assert harness.attempts("command")[0].lane == "local"
    for name in names:
        assert harness.merged(f"{name}.txt") == "hello from the model"
        (attempt,) = harness.attempts(name)
        assert (attempt.lane, attempt.usage is not None) == (name, True)
        (path,) = {one.path for one in server.requests if one.key == f"{KEY}-{name}"}
        assert path == ("/v1/responses" if name == "openai" else "/v1/chat/completions")


def test_a_task_that_failed_twice_goes_to_a_stronger_model(
    tmp_path: Path, server: ModelServer
) -> None:
    """It begins anew there, and is told by whom it was tried before, and how that ended."""
    server.decide = lambda asked: None if asked.model == "strong" else SCENARIOS["claims"]
    harness = model_harness(
        tmp_path, server, {"cheap": {"fallback": ["strong"]}, "strong": {"model": "strong"}}
    )
    task = f"id: a, {WRITES}, prompt: Write it., worker: cheap, max_attempts: 3"
    assert harness.play(parallel_plan(task)) == "completed"
    assert [(one.profile, one.cause) for one in harness.attempts("a")] == [
        ("cheap", "no_work"),
        ("cheap", "no_work"),
        ("strong", None),
    ]
    (told,) = {one.conversation.prompts[0] for one in server.requests if one.key.endswith("strong")}
    data = json.loads(told.partition("\n{")[2].join(("{", "")).rpartition("}")[0] + "}")
    assert [(one["worker"], one["cause"]) for one in data["earlier_attempts"]] == [
        ("cheap-1", "no_work"),
        ("cheap-1", "no_work"),
    ]


def test_a_role_goes_to_the_model_that_lists_it(tmp_path: Path, server: ModelServer) -> None:
    """Reading is done by a cheap model, all else by the other one."""
    harness = model_harness(tmp_path, server, {"cheap": {"roles": ["explore"]}, "strong": {}})
    tasks = (
        f"id: a, agent_type: explore, prompt: {json.dumps('scenario: claims')}",
        prompted("b", "edit"),
    )
    assert harness.play(parallel_plan(*tasks)) == "completed"
    assert [harness.attempts(name)[0].profile for name in "ab"] == ["cheap", "strong"]
