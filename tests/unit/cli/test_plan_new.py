"""What `wf plan new` refuses before any model is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "[profiles.{name}]\ncommand = ['{program}']\npreset = 'jsonl'\n{more}\n"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliHarness:
    """Give a repository, and settings in `config.toml`."""
    monkeypatch.setenv("WF_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("WF_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "config.toml").write_text(AGENT.format(name="a", program="true", more=""))
    return CliHarness(tmp_path, make_repository(tmp_path / "repo"))


def settings(cli: CliHarness, *profiles: str) -> None:
    """Write the settings."""
    (cli.root / "config.toml").write_text("\n".join(profiles))


def refused(cli: CliHarness, *words: str | Path) -> tuple[int, str]:
    """Return how a planning is refused; no run is left by it."""
    done = cli.here("plan", "new", *words)
    assert not list((cli.root / "state").glob("*/runs/*"))
    return done.exit_code, done.stderr


def test_without_a_terminal_somebody_has_to_have_agreed(cli: CliHarness) -> None:
    """Neither --yes nor -o: nobody would see the plan."""
    status, said = refused(cli, "goal")
    assert status == 2
    assert "there is no terminal" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["goal", "-o", "plan.txt"], "written as YAML"),
        (["goal", "-o", "none/plan.yaml"], "no folder"),
        (["--yes"], "say what is to be done"),
        (["  ", "--yes"], "say what is to be done"),
        (["goal", "--yes", "--profile", "b"], "unknown profile"),
        (["goal", "--yes", "--profile", "shell"], "runs commands"),
        (["--yes", "--resume", "--profile", "a"], "leave out the rest"),
        (["--yes", "--from", "none.md"], "No such file"),
        (["goal", "--yes", "--detach", "--headless"], "exclude each other"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(cli: CliHarness, words: list[str], said: str) -> None:
    """Exit 2, before anything is made."""
    status, text = refused(cli, *words)
    assert (status, said in text) == (2, True), text


def test_a_file_that_is_there_stays(cli: CliHarness) -> None:
    """Only --force writes over it."""
    out = cli.plan("mine")
    assert refused(cli, "goal", "-o", out)[0] == 2
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    ("profiles", "status", "said"),
    [
        ([], 3, "no profile takes prompts"),
        ([AGENT.format(name="a", program="/none", more="")], 3, "not on the PATH"),
        ([AGENT.format(name="a", program="true", more="roles = ['test']")], 3, "takes prompts"),
        ([AGENT.format(name=it, program="true", more="") for it in "ab"], 2, "several profiles"),
    ],
    ids=["none", "unusable", "another role", "several"],
)
def test_a_planner_is_chosen_or_refused(
    cli: CliHarness, profiles: list[str], status: int, said: str
) -> None:
    """Exit 3 where none can be used, 2 where it is not said which."""
    settings(cli, *profiles)
    found, text = refused(cli, "goal", "--yes")
    assert (found, said in text) == (status, True), text


def test_there_is_nothing_to_go_on_with_at_first(cli: CliHarness) -> None:
    """Of what was never begun."""
    assert refused(cli, "--resume", "--yes")[0] == 2


def test_a_shape_needs_no_model(cli: CliHarness) -> None:
    """Its plan is in the file; nobody plans, and no run is made."""
    settings(cli)
    out = cli.root / "out.yaml"
    words = ("--shape", "fan-out", "--items", "a,b", "--scope", "{{item}}", "-o", out)
    done = cli.here("plan", "new", "Write {{item}}", *words)
    assert done.exit_code == 0, done.stderr
    assert out.read_text() == done.stdout
    assert not list((cli.root / "state").glob("*/runs/*"))
    assert cli.here("plan", "check", out, repo=False).exit_code == 0
    words = (*words[:-1], cli.root / "given.yaml")
    done = cli.here("plan", "new", "Write {{item}}", *words, "--jobs", "7", "--budget", "3usd")
    assert "max_concurrent: 7" in done.stdout
    assert "max_cost_usd: 3" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--shape", "fanout"], "did you mean 'fan-out'"),
        (["--shape", "fan-out", "--from", "x"], "exclude each other"),
        (["--items", "a,b"], "--shape, which is missing"),
        (["--shape", "fan-out"], "needs an item"),
        (["--shape", "fan-out", "--budget", "+5usd"], "no limit to raise"),
        (["--shape", "pipeline", "--profile", "none"], "unknown profile"),
        (["--profile", "a", "--profile", "b"], "one profile plans"),
    ],
)
def test_what_a_shape_cannot_be_made_of_is_wrong_usage(
    cli: CliHarness, words: list[str], said: str
) -> None:
    """Exit 2, and what helps."""
    status, text = refused(cli, "goal", "--yes", *words)
    assert (status, said in text) == (2, True), text
