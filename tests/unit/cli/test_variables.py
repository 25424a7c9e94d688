"""What a person is told of the variables that programs get: names, and no value that is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: g
env: {JAVA_HOME: /opt/jdk, MY_API_KEY: sesame-open}
pass_env: [SOME_TOKEN, NOWHERE, "*_SECRET"]
phases:
- name: p
  tasks: [{id: t, run: 'true', env: {B: own}, pass_env: ["CARGO_*"], shell: bash, stall_after: 5}]
"""
SECRET = "open-sesame"  # noqa: S105 - is to be seen nowhere


def test_the_start_names_what_looks_secret(cli: CliHarness) -> None:
    """Whoever starts a plan is told which of their secrets it names, and what they lack."""
    done = cli.wf("run", cli.plan(PLAN), "--headless", SOME_TOKEN=SECRET, CARGO_TOKEN=SECRET)
    assert done.returncode == 0
    assert "`pass_env` names and looks secret: SOME_TOKEN\n" in done.stderr
    assert "`pass_env` names what is not set here: NOWHERE\n" in done.stderr
    assert "*_SECRET passes nothing on" in done.stderr
    assert SECRET not in done.stderr + done.stdout


def test_show_has_the_names(cli: CliHarness) -> None:
    """`wf show` has what is written with its value, and what is passed by name alone."""
    cli.paused_run(PLAN)
    shown = cli.here("show", "t").stdout
    assert "JAVA_HOME=/opt/jdk, MY_API_KEY=[redacted], B=own\n" in shown
    assert "SOME_TOKEN, NOWHERE, *_SECRET, CARGO_*\n" in shown
    task = cli.json_here("show", "t")
    assert task["env"] == {"JAVA_HOME": "/opt/jdk", "MY_API_KEY": None, "B": "own"}
    assert task["pass_env"] == ["SOME_TOKEN", "NOWHERE", "*_SECRET", "CARGO_*"]
    assert (task["shell"], task["stall_after"]) == (["bash", "-eo", "pipefail", "-c"], 5)


def test_a_resume_says_what_is_missing_and_which_path_is_kept(cli: CliHarness) -> None:
    """Whoever resumes a run elsewhere is told how that differs from where it was started."""
    path = f"{cli.environ['PATH']}:/opt/more"
    started = cli.wf("run", cli.plan(PLAN), "--detach", SOME_TOKEN=SECRET, PATH=path)
    assert started.returncode == 0
    cli.until_over()
    told = cli.wf("add", "more", "--sh", "true").stderr
    cli.wf("abort")
    cli.until_over()
    assert "SOME_TOKEN: not set here, so what needs it waits; wf stop" in told
    assert f"keep the PATH that the run was started with: {path}\n" in told


def test_doctor_says_which_of_them_are_set(cli: CliHarness) -> None:
    """The variables that the settings pass on are named as set or not; no value is shown."""
    config = cli.root / "config.toml"
    config.write_text('pass_env = ["SOME_TOKEN", "NOWHERE"]\n')
    done = cli.wf("doctor", WF_CONFIG=str(config), SOME_TOKEN=SECRET)
    assert "set: SOME_TOKEN; not set: NOWHERE" in done.stdout
    assert SECRET not in done.stdout
