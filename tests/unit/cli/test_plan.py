"""`wf plan`, and what `wf run` does with a plan that cannot be run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness

GOOD = "{goal: g, phases: [{name: p, tasks: [{id: t, prompt: x}]}]}"
BAD = "{goal: g, phases: [{name: p, tasks: [{id: t, prompt: x}, {id: t, prompt: y}]}]}"
FIELDS = "file valid errors warnings goal max_concurrent phase_order phase_waves task_batches"


def test_check_prints_one_object_for_each_file(cli: CliHarness) -> None:
    """The fields are those of the contract; the exit status is 2 if any plan is wrong."""
    good, bad = cli.plan(GOOD, "good.yaml"), cli.plan(BAD, "bad.yaml")
    result = cli.here("plan", "check", good, bad, "--json", repo=False)
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [list(report) for report in reports] == [FIELDS.split()] * 2
    assert [report["valid"] for report in reports] == [True, False]
    assert list(reports[1]["errors"][0]) == ["code", "message", "place", "hint", "detail"]


def test_check_of_a_good_plan_exits_with_0(cli: CliHarness) -> None:
    """It says how large the plan is."""
    result = cli.here("plan", "check", cli.plan(GOOD), repo=False)
    assert result.exit_code == 0
    assert "good, 1 phase, 1 task" in result.stdout


def test_prompts_that_no_profile_takes_are_a_warning(cli: CliHarness) -> None:
    """Of the check, which knows the settings; the plan itself is good."""
    result = cli.here("plan", "check", cli.plan(GOOD), "--json", repo=False)
    (warning,) = json.loads(result.stdout)["warnings"]
    assert (warning["code"], warning["detail"]) == ("no_profile", {"task": "t"})
    assert (result.exit_code, "`run`" in warning["hint"]) == (0, True)


def test_and_the_run_is_refused(cli: CliHarness) -> None:
    """Before anything is made: no state folder, no branch; with the names of the tasks."""
    result = cli.here("run", cli.plan(GOOD), "--headless")
    assert result.exit_code == 2
    assert "no profile takes a prompt, and 1 task of the plan has nothing else: t" in result.stderr
    assert not (cli.root / "state").exists()


@pytest.mark.parametrize("command", [("plan", "check"), ("run", "--detach")])
def test_leniently_unknown_keys_are_warnings(cli: CliHarness, command: tuple[str, ...]) -> None:
    """Without the option they are errors, and nothing is made."""
    plan = cli.plan(GOOD.replace("prompt: x", "run: 'true', mode: read_only, if: never"))
    where = {"repo": command[0] == "run"}
    strict = cli.here(*command, plan, **where)
    assert (strict.exit_code, (cli.root / "state").exists()) == (2, False)
    assert cli.here(*command, plan, "--lenient", **where).exit_code == 0


def test_show_draws_a_plan(cli: CliHarness) -> None:
    """Phases and tasks are there."""
    result = cli.here("plan", "show", cli.plan(GOOD), repo=False)
    assert result.exit_code == 0
    assert "wave 1" in result.stdout


def test_show_of_a_bad_plan_prints_its_faults(cli: CliHarness) -> None:
    """They go to stderr, and nothing to stdout."""
    result = cli.here("plan", "show", cli.plan(BAD), repo=False)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error" in result.stderr


def _missing(folder: Path) -> Path:
    return folder / "plam.yaml"


def _a_folder(folder: Path) -> Path:
    (folder / "x.yaml").mkdir()
    return folder / "x.yaml"


def _latin_1(folder: Path) -> Path:
    (folder / "l.yaml").write_bytes(b"goal: \xe9\n")
    return folder / "l.yaml"


def _wrong(folder: Path) -> Path:
    (folder / "w.yaml").write_text(BAD)
    return folder / "w.yaml"


def _unknown(folder: Path) -> Path:
    (folder / "plan.txt").write_text(GOOD)
    return folder / "plan.txt"


@pytest.mark.parametrize("make", [_missing, _a_folder, _latin_1, _wrong, _unknown])
def test_a_plan_that_cannot_be_run_creates_nothing(cli: CliHarness, make: object) -> None:
    """All that is wrong goes to stderr, the exit status is 2, no state folder appears."""
    cli.plan(GOOD)
    assert callable(make)
    result = cli.here("run", make(cli.root))
    assert (result.exit_code, result.stdout) == (2, "")
    assert ": error: " in result.stderr
    assert not (cli.root / "state").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--worker", "shell"], "expected PROFILE=N"),
        (["--worker", "shell=x"], "expected PROFILE=N"),
        (["--worker", "shel=2"], "did you mean 'shell'?"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--lease", "0"], "0.0 is not in the range"),
        (["--headless", "--detach"], "exclude each other"),
    ],
)
def test_wrong_options_of_run_exit_with_2(cli: CliHarness, words: list[str], said: str) -> None:
    """Nothing is started."""
    result = cli.here("run", cli.plan(GOOD), *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert cli.json_here("runs") == []


def test_a_wrong_configuration_is_named(cli: CliHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key says its place and the nearest right word."""
    config = cli.root / "config.toml"
    config.write_text("[timing]\nleas = 3.0\n")
    monkeypatch.setenv("WF_CONFIG", str(config))
    result = cli.here("run", cli.plan(GOOD), "--detach")
    assert result.exit_code == 2
    assert "unknown key timing.leas (did you mean 'lease'?)" in result.stderr
