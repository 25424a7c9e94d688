"""Adding a task to a run, and changing what one asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: g
phases:
- {name: p, tasks: [{id: one, run: 'true'}]}
- {name: q, depends_on: [p], tasks: [{id: last, run: 'true'}]}
"""


@pytest.fixture(autouse=True)
def run(cli: CliHarness) -> str:
    """Give a paused run of two tasks."""
    return cli.paused_run(PLAN)


def shown(cli: CliHarness, task: str) -> Any:
    """Return what `wf show --json` has of a task."""
    return cli.json_here("show", task)


def test_the_id_is_made_of_the_title(cli: CliHarness) -> None:
    """A second task with the same title gets a number."""
    ids = [cli.json_here("add", "Fix the Login!", "--sh", "true")[0]["task"] for _ in range(2)]
    assert ids == ["fix-the-login", "fix-the-login-2"]


def test_a_prompt_in_a_reading_role_only_reads(cli: CliHarness) -> None:
    """It is said at once, and a command in the same role may write."""
    words = ("--role", "review", "--scope", "a.txt")
    assert "only reads" in cli.here("add", "look", *words).stderr
    cli.here("add", "mend", *words, "--sh", "true")
    assert [shown(cli, name)["mode"] for name in ("look", "mend")] == ["read_only", "read_write"]


def test_a_prompt_that_no_seat_takes_is_accepted(cli: CliHarness) -> None:
    """It waits for a worker, which is said at once; a command is taken without a word."""
    added = cli.here("add", "think")
    assert added.exit_code == 0
    assert "no seat of the run takes a prompt in the role general: it waits" in added.stderr
    assert shown(cli, "think")["state"] == "pending"
    assert "no seat" not in cli.here("add", "do", "--sh", "true").stderr


@pytest.mark.parametrize(
    ("title", "name"), [("Über größe", "über-größe"), ("!!!", "task"), ("x" * 90, "x" * 40)]
)
def test_any_title_gives_an_id(cli: CliHarness, title: str, name: str) -> None:
    """Letters of any language stay, the rest becomes dashes."""
    assert cli.json_here("add", title)[0]["task"] == name


def test_a_task_joins_the_phase_that_nothing_waits_for(cli: CliHarness) -> None:
    """Without `--phase` it is in `added`; what it needs is kept; the title is its prompt."""
    cli.here("add", "more", "--needs", "one")
    task = shown(cli, "more")
    assert (task["phase"], task["needs"], task["prompt"]) == ("added", ["one"], "more")
    assert (task["mode"], task["role"], task["isolation"]) == ("read_only", "general", "shared")


def test_a_scope_means_that_it_writes(cli: CliHarness) -> None:
    """`--scope` without `--mode` makes a writing task, in a worktree."""
    cli.here("add", "w", "--sh", "true", "--scope", "src", "--scope", "docs/*.md")
    task = shown(cli, "w")
    assert (task["mode"], task["isolation"]) == ("read_write", "worktree")
    assert task["scope"] == ["src", "docs/*.md"]


def test_a_reader_with_a_scope_is_warned_about(cli: CliHarness) -> None:
    """Changes that would be thrown away are said at once."""
    result = cli.here("add", "w", "--scope", "src", "--mode", "read_only")
    assert result.exit_code == 0
    assert "will not be kept" in result.stderr


def test_a_scope_outside_the_repository_is_refused(cli: CliHarness) -> None:
    """The same rule as for a plan."""
    result = cli.here("add", "w", "--scope", "../x")
    assert result.exit_code == 2
    assert "'../x' holds `..`" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--needs", "oen"], "unknown task 'oen'"),
        (["--phase", "pp"], "unknown phase 'pp'"),
        (["--phase", "p", "--needs", "last"], "a cycle"),
    ],
)
def test_what_cannot_be_added_exits_with_2(cli: CliHarness, words: list[str], said: str) -> None:
    """A wrong name or a cycle adds nothing."""
    result = cli.here("add", "x", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert len(cli.json_here("status")["tasks"]) == 2


def test_an_empty_title_is_refused(cli: CliHarness) -> None:
    """A card needs a name."""
    assert cli.here("add", "  ").exit_code == 2


def test_edit_changes_what_is_given_and_nothing_else(cli: CliHarness) -> None:
    """Each option is one field."""
    line = ["--title", "T", "--prompt", "P", "--scope", "s", "--role", "test"]
    result = cli.here("edit", "one", *line, "--max-attempts", "7", "--timeout", "3")
    assert result.exit_code == 0
    task = shown(cli, "one")
    got = {name: task[name] for name in ("title", "prompt", "scope", "role", "max_attempts")}
    expected = {"title": "T", "prompt": "P", "scope": ["s"], "role": "test", "max_attempts": 7}
    assert got == expected
    assert "command   true" in cli.here("show", "one").stdout
    assert "3 s" in cli.here("show", "one").stdout


def test_an_edit_of_nothing_is_refused(cli: CliHarness) -> None:
    """Without an option there is nothing to do."""
    assert cli.here("edit", "one").exit_code == 2


def test_a_done_task_is_not_edited(cli: CliHarness) -> None:
    """It is refused in this state: exit 5."""
    cli.here("skip", "one")
    assert cli.here("edit", "one", "--title", "T").exit_code == 5


def test_a_gate_is_taken_away_with_an_empty_one(cli: CliHarness) -> None:
    """`--gate ''` leaves the task without a gate."""
    cli.here("edit", "one", "--gate", "make test")
    assert "make test" in cli.here("show", "one").stdout
    cli.here("edit", "one", "--gate", "")
    assert "gate" not in cli.here("show", "one").stdout
