"""`status`, `runs`, `workers`, `show`, `events`: the shapes that scripts build on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.cli import foreground
from wf_tui.config import Config
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import SKIP
from wf_tui.project import find_project, open_ledger, open_reads
from wf_tui.scheduler.control import Ended

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: make it good
max_concurrent: 3
phases:
- name: p
  tasks: [{id: one, prompt: do it, run: 'true', mode: read_write, file_scope: [src]}]
- name: q
  depends_on: [p]
  tasks: [{id: two, run: 'true', depends_on_results: [one]}]
"""
RUN = (
    "id goal state base integration created_at ended_at dir jobs intent result questions roots "
    "counts usage budget forecast lanes scheduler"
)
TASK = (
    "id title phase state reason step worker epoch attempts tries max_attempts mode isolation "
    "role priority not_before pinned since needs scope commit result takes model lane plan "
    "questions snoozed_until snoozed usage critic_of rival"
)
SHOWN = (
    "prompt env pass_env shell stall_after attempt_list gates messages allowances comments critics"
)
WORKER = "name profile kind task state heartbeat_at takes model lane usage"
EVENT = "seq at run task worker epoch actor kind data"


@pytest.fixture
def run(cli: CliHarness) -> str:
    """Give a paused run."""
    return cli.paused_run(PLAN)


def test_status_is_one_object_with_the_promised_fields(cli: CliHarness, run: str) -> None:
    """Names and order of the fields are those of the contract."""
    status = cli.json_here("status")
    assert list(status) == ["run", "tasks", "workers"]
    assert list(status["run"]) == RUN.split()
    assert [list(task) for task in status["tasks"]] == [TASK.split()] * 2
    assert [list(seat) for seat in status["workers"]] == [WORKER.split()] * 3
    assert status["run"]["id"] == run


@pytest.mark.usefixtures("run")
def test_what_is_absent_is_null(cli: CliHarness) -> None:
    """Unknown usage is null and never 0; so is what has not happened."""
    status = cli.json_here("status")
    usage = status["run"]["usage"]
    assert (usage.pop("unknown"), set(usage.values())) == (0, {None})
    assert status["run"]["scheduler"] == {"pid": None, "host": None, "alive": False}
    absent = ("step", "worker", "not_before", "pinned", "commit", "result")
    assert [status["tasks"][0][name] for name in absent] == [None] * 6
    assert status["run"]["ended_at"] is None


@pytest.mark.usefixtures("run")
def test_status_lists_what_the_filter_lets_through(cli: CliHarness) -> None:
    """The language is that of the board; counts are of the whole run, whatever the filter."""
    assert cli.here("hold", "two").exit_code == 0
    held = cli.json_here("status", "--filter", "kind:hold")
    assert [task["id"] for task in held["tasks"]] == ["two"]
    assert held["run"] == cli.json_here("status")["run"]
    lines = cli.here("status", "--filter", "phase:p age:<1h").stdout
    assert "the filter shows 1 of 2 tasks" in lines
    assert "pending 1" in lines
    assert "two" not in lines
    done = cli.here("status", "--filter", "state:done")
    assert (done.exit_code, "the filter shows 0 of 2 tasks" in done.stdout) == (1, True)
    assert cli.here("status", "--filter", "  ").stdout == cli.here("status").stdout


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("staet:done", "did you mean state:?"),
        ("age:old", "is no age"),
        ("kind:x", "unknown kind x; failed"),
    ],
)
def test_a_filter_that_there_is_not_is_wrong_usage(cli: CliHarness, wanted: str, said: str) -> None:
    """It is told what is wrong, and nothing is printed as if all were well."""
    done = cli.here("status", "--filter", wanted)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_status_says_where_the_work_is(cli: CliHarness, run: str) -> None:
    """Base, branch, folder, jobs, intent, counts and roots are of this run."""
    shown = cli.json_here("status")["run"]
    assert shown["integration"] == {"ref": f"refs/heads/wf/{run}", "commit": shown["base"]}
    assert shown["dir"].endswith(f"runs/{run}")
    assert (shown["jobs"], shown["intent"], shown["state"]) == (3, "go", "paused")
    assert shown["counts"] == {"pending": 2, "in_progress": 0, "done": 0, "blocked": 0}
    assert shown["roots"] == []


def test_a_run_goes_with_the_state(cli: CliHarness, run: str) -> None:
    """The ledger holds no path of its own: a state that is moved is found where it is now."""
    new = (cli.root / "state").rename(cli.root / "moved")
    done = cli.wf("status", "--json", WF_STATE_DIR=str(new))
    (folder,) = new.glob(f"*/runs/{run}")
    assert json.loads(done.stdout)["run"]["dir"] == str(folder)


@pytest.mark.usefixtures("run")
def test_a_reason_has_kind_text_and_the_names_behind_it(cli: CliHarness) -> None:
    """The root of a blocked result is in the reason of what needs it."""
    cli.here("cancel", "one")
    status = cli.json_here("status")
    one, two = (task["reason"] for task in status["tasks"])
    assert (one["kind"], two["kind"], two["root"]) == ("cancelled", "dependency", "one")
    assert status["run"]["roots"] == ["one"]


@pytest.mark.usefixtures("run")
def test_status_exits_with_1_while_a_task_is_blocked(cli: CliHarness) -> None:
    """A script learns from the exit status that a person is needed."""
    assert cli.here("status").exit_code == 0
    cli.here("hold", "one")
    assert cli.here("status").exit_code == 1
    assert cli.here("status", "--json").exit_code == 1


def test_status_for_a_person_has_header_counts_and_groups(cli: CliHarness, run: str) -> None:
    """One line says the run, one the counts; then the tasks by state, each with its reason."""
    cli.here("hold", "one")
    lines = cli.here("status").stdout.splitlines()
    assert lines[0] == f"{run}  paused  make it good"
    assert lines[1].startswith("0/2 done · 1 pending · 1 blocked")
    assert f"branch wf/{run}" in lines[1]
    assert "  · two  the run is paused" in lines
    assert any(line.startswith("  ◇ one  hold: held by") for line in lines)
    assert any(line.endswith("-> wf unhold one") for line in lines)


@pytest.mark.usefixtures("run")
def test_a_paused_run_without_a_scheduler_says_how_to_go_on(cli: CliHarness) -> None:
    """Nobody has to guess why nothing happens."""
    assert "no scheduler is running; start one with: wf resume" in cli.here("status").stdout


def test_runs_are_listed_newest_first(cli: CliHarness, run: str) -> None:
    """`wf runs` has all runs of the repository, `status` is about the newest."""
    newer = cli.paused_run(PLAN)
    assert [row["id"] for row in cli.json_here("runs")] == [newer, run]
    assert cli.json_here("status")["run"]["id"] == newer
    assert cli.here("runs").stdout.splitlines()[1].startswith(f"{run}  paused")


def test_a_run_that_only_plans_is_not_the_newest(cli: CliHarness, run: str) -> None:
    """Nobody means it; `wf runs --all` and its id find it."""
    planning = cli.paused_run(PLAN, purpose="planning")
    assert [row["id"] for row in cli.json_here("runs")] == [run]
    assert cli.json_here("status")["run"]["id"] == run
    assert cli.json_here("status", planning)["run"]["id"] == planning
    done = cli.here("runs", "--all", "--json", repo=False)
    assert [row["purpose"] for row in json.loads(done.stdout)] == ["planning", ""]


def test_a_run_may_be_named_by_argument_or_option(cli: CliHarness, run: str) -> None:
    """RUN and --run RUN mean the same; two different ones are refused."""
    cli.paused_run(PLAN)
    assert cli.json_here("status", run[:4])["run"]["id"] == run
    assert cli.json_here("status", "--run", run)["run"]["id"] == run
    assert cli.here("status", run, "--run", "other").exit_code == 2


def test_a_repository_without_a_run_has_none(cli: CliHarness) -> None:
    """`runs` is empty; what needs a run exits with 2 and says how to start one."""
    assert (cli.here("runs").stdout, cli.json_here("runs")) == ("", [])
    result = cli.here("status")
    assert result.exit_code == 2
    assert result.stderr.endswith("start one: wf run PLAN\n")


@pytest.mark.usefixtures("run")
def test_workers_are_the_seats(cli: CliHarness) -> None:
    """The built-in profile has as many seats as jobs."""
    seats = cli.json_here("workers")
    assert [seat["name"] for seat in seats] == ["shell-1", "shell-2", "shell-3"]
    assert [list(seat) for seat in seats] == [WORKER.split()] * 3
    assert cli.here("workers").stdout.splitlines()[0] == "shell-1  shell  shell  idle  nothing"


@pytest.mark.usefixtures("run")
def test_show_has_all_of_a_task(cli: CliHarness) -> None:
    """The task's fields, then its prompt and its attempts."""
    task = cli.json_here("show", "one")
    assert list(task) == [*TASK.split(), *SHOWN.split()]
    assert (task["prompt"], task["attempt_list"]) == ("do it", [])
    text = cli.here("show", "one").stdout
    assert "prompt    do it" in text
    assert "read_write, worktree, scope src" in text


@pytest.mark.usefixtures("run")
def test_events_are_json_lines_with_nine_fields(cli: CliHarness) -> None:
    """Numbers are gap-free from 1, and `--since` leaves out what is known."""
    lines = cli.here("events", "--json").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert [list(event) for event in events] == [EVENT.split()] * len(events)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    rest = cli.here("events", "--json", "--since", "3").stdout.splitlines()
    assert rest == lines[3:]


@pytest.mark.usefixtures("run")
def test_events_for_a_person_are_a_line_each(cli: CliHarness) -> None:
    """As many lines as events."""
    lines = cli.here("events").stdout.splitlines()
    assert len(lines) == len(cli.here("events", "--json").stdout.splitlines())
    assert "run" in lines[0]
    assert "make it good" in lines[0]


def test_following_an_ended_run_prints_and_ends(cli: CliHarness, run: str) -> None:
    """`--follow` does not wait for what cannot come."""
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        ledger.move(run, SKIP, ["one", "two"])
        ledger.resume(run)
        ledger.end_when_idle(run, foreground=True)
    last = cli.here("events", "--follow", "--json").stdout.splitlines()[-1]
    assert json.loads(last)["kind"] == "run_ended"
    assert cli.here("events", "--follow", "--since", "9999").exit_code == 0


def test_the_end_of_a_run_in_the_foreground_is_of_now(
    cli: CliHarness, run: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not of its start: how long it has taken, and for how long a limit still lasts."""
    project = find_project(cli.repo, cli.environ)
    monkeypatch.setattr(foreground, "run_here", lambda *_: Ended("paused", 0))
    monkeypatch.setattr(foreground, "log_to_file", lambda _: None)
    monkeypatch.setenv("WF_CLOCK_OFFSET", "7200")
    with open_reads(project) as db:
        row = reads.run_row(db, run)
    foreground.lead_here(project, row, Config(), as_json=False)
    assert "since 2h" in capsys.readouterr().out


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("command", ["logs", "diff"])
def test_a_task_without_an_attempt_has_nothing_to_look_at(cli: CliHarness, command: str) -> None:
    """It is said on stderr; an attempt that never was is an unknown name."""
    result = cli.here(command, "one")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "has had no attempt yet" in result.stderr


def test_hostile_text_is_shown_but_does_not_act(cli: CliHarness) -> None:
    """Escape sequences of a plan reach neither the terminal nor the JSON as they are."""
    bad = '"\\e]0;owned\\a\\e[31mred\\x7f\\u202e"'
    cli.paused_run(f"{{goal: {bad}, phases: [{{name: p, tasks: [{{id: {bad}, prompt: x}}]}}]}}")
    for words in (["status"], ["events"], ["runs"], ["status", "--json"], ["events", "--json"]):
        shown = cli.here(*words).stdout
        assert not set("\x1b\x07\x7f\u202e") & set(shown), words


def test_runs_of_all_repositories(cli: CliHarness, run: str) -> None:
    """From anywhere, with where each was; also of one that is gone, and of one that was moved."""
    assert [row["id"] for row in cli.json("runs")] == [run]
    moved = cli.repo.rename(cli.root / "moved")
    (listed,) = json.loads(cli.wf("runs", "--all", "--json", cwd=cli.root).stdout)
    assert (listed["id"], listed["repo_exists"]) == (run, False)
    assert listed["repo"] == str(cli.repo / ".git")
    shown = cli.wf("runs", "--all", cwd=cli.root).stdout
    assert shown.startswith(f"{cli.repo}/.git  (no longer there)\n{run} ")
    found = cli.wf("runs", "--json", cwd=moved)
    assert [row["id"] for row in json.loads(found.stdout)] == [run]


def test_status_of_a_moment(cli: CliHarness, run: str) -> None:
    """`--at` shows the run as it was: by a number, or by a time before which nothing was."""
    moment, title, *_ = cli.here("status", "--at", "3").output.splitlines()
    assert moment.startswith("as of ")
    assert title.startswith(f"{run}  running")
    first = cli.json_here("status", "--at", "2000-01-01T00:00")
    assert first["run"]["counts"] == {"pending": 0, "in_progress": 0, "done": 0, "blocked": 0}
    assert list(first["run"]) == RUN.split()
    wrong = cli.here("status", "--at", "noon")
    assert wrong.exit_code == 2
    assert "no moment of a run" in wrong.stderr
