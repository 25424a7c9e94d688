"""Which profiles a run uses is decided before anything is made, and told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wf_tui.config import Config
from wf_tui.errors import EnvironmentalError, UnknownNameError, UsageError
from wf_tui.plan.read import parse_plan
from wf_tui.profiles.choice import Choice, choose_profiles, worker_facts

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.plan.models import Plan

AGENT: dict[str, Any] = {"kind": "agent", "command": ("prog",), "keys": {"K": "env:K"}}
MIXED = "{id: a, prompt: x}, {id: b, run: 'true'}"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the program of `AGENT` can be started."""
    program = tmp_path / "prog"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return {"PATH": str(tmp_path), "K": "the key of it"}


def config_of(**profiles: dict[str, Any]) -> Config:
    """Return a configuration with these profiles."""
    return Config.model_validate({"profiles": profiles})


def plan_of(tasks: str, defaults: str = "{}") -> Plan:
    """Return a plan with these tasks."""
    text = f"{{goal: g, defaults: {defaults}, phases: [{{name: p, tasks: [{tasks}]}}]}}"
    report = parse_plan(text, "yaml", "plan.yaml")
    assert report.plan is not None, report.errors
    return report.plan


def pins(choice: Choice) -> dict[str, str | None]:
    """Return the worker of each task."""
    return {task.id: task.worker for phase in choice.plan.phases for task in phase.tasks}


def test_an_agent_joins_only_where_it_is_wanted(environ: dict[str, str]) -> None:
    """A plan of commands has none; one with a prompt has the only one, or the default one."""
    config = config_of(one=AGENT)
    commands = plan_of("{id: b, run: 'true'}")
    assert list(choose_profiles(commands, config, {}, environ).profiles) == ["shell"]
    assert list(choose_profiles(plan_of(MIXED), config, {}, environ).profiles) == ["shell", "one"]
    two = config_of(one=AGENT, two={**AGENT, "default": True})
    assert list(choose_profiles(plan_of(MIXED), two, {}, environ).profiles) == ["shell", "two"]


def test_several_agents_and_no_default(environ: dict[str, str]) -> None:
    """They are listed; `--worker` says which, and the built-in one can be left out."""
    config = config_of(one=AGENT, two=AGENT)
    with pytest.raises(UsageError, match=r"several profiles take prompts.*one, two") as caught:
        choose_profiles(plan_of(MIXED), config, {}, environ)
    assert "--worker one=N" in caught.value.hint
    chosen = choose_profiles(plan_of(MIXED), config, {"two": 2, "shell": 0}, environ)
    assert list(chosen.profiles) == ["two"]
    with pytest.raises(UsageError, match="no profile takes a prompt, and 1 task"):
        choose_profiles(plan_of(MIXED), config_of(), {}, environ)


def test_a_default_worker_is_not_for_commands(environ: dict[str, str]) -> None:
    """`defaults: {worker: one}` leaves commands to those who run them."""
    plan = plan_of(MIXED, "{worker: one}")
    chosen = choose_profiles(plan, config_of(one=AGENT), {}, environ)
    assert pins(chosen) == {"a": "one", "b": None}


def test_prompts_without_a_worker_are_the_defaults(environ: dict[str, str]) -> None:
    """Where the plan brings another agent for one task, the others do not go to that one."""
    config = config_of(one={**AGENT, "default": True}, dear=AGENT)
    plan = plan_of("{id: a, prompt: x, worker: dear-1}, {id: b, prompt: x}")
    chosen = choose_profiles(plan, config, {}, environ)
    assert pins(chosen) == {"a": "dear-1", "b": "one"}
    free = choose_profiles(plan, config, {"one": 1, "dear": 1}, environ)
    assert pins(free) == {"a": "dear-1", "b": None}


def test_unknown_names_and_what_is_left_out(environ: dict[str, str]) -> None:
    """A profile that is not there is told with the nearest; one that is needed cannot be 0."""
    config = config_of(one=AGENT)
    plan = plan_of("{id: a, prompt: x, worker: onee}")
    with pytest.raises(
        UnknownNameError, match="task 'a' names the unknown profile 'onee'"
    ) as error:
        choose_profiles(plan, config, {}, environ)
    assert error.value.hint == "did you mean 'one'?"
    with pytest.raises(UnknownNameError):
        choose_profiles(plan_of(MIXED), config, {"onee": 1}, environ)
    pinned = plan_of("{id: a, prompt: x, worker: one}")
    with pytest.raises(UsageError, match="--worker one=0 leaves out"):
        choose_profiles(pinned, config, {"one": 0}, environ)


def test_what_cannot_be_used_is_refused_before_the_start(environ: dict[str, str]) -> None:
    """All reasons at once, of the machine: the program, the key."""
    config = config_of(one={**AGENT, "command": ("absent",)})
    with pytest.raises(EnvironmentalError) as caught:
        choose_profiles(plan_of(MIXED), config, {"one": 1}, {**environ, "K": ""})
    assert caught.value.message == (
        "profile one: the program absent is not on the PATH; K is not set"
    )


def test_what_others_fall_back_on_joins(environ: dict[str, str]) -> None:
    """Followed on through the profiles; one that cannot be used is passed over, with a warning."""
    config = config_of(
        one={**AGENT, "fallback": ["two"]},
        two={**AGENT, "fallback": ["three"]},
        three={**AGENT, "keys": {"X": "env:X"}},
    )
    chosen = choose_profiles(plan_of(MIXED), config, {"one": 1}, environ)
    assert list(chosen.profiles) == ["shell", "one", "two"]
    assert chosen.warnings == ("nothing falls back on three here: X is not set",)


@pytest.mark.parametrize(
    ("task", "defaults", "fault"),
    [
        ("{id: a, prompt: x, worker: shell}", "{}", True),
        ("{id: a, run: x, worker: one}", "{}", True),
        ("{id: a, run: x}", "{worker: one}", False),
        ("{id: a, prompt: x}", "{worker: shell-2}", True),
        ("{id: a, prompt: x, worker: tester}", "{}", True),
        ("{id: a, prompt: x, worker: tester, agent_type: test}", "{}", False),
    ],
)
def test_a_worker_that_cannot_do_a_task(task: str, defaults: str, *, fault: bool) -> None:
    """It is a fault of the plan, found where the profiles are known; a default is none of it."""
    config = config_of(one=AGENT, tester={**AGENT, "roles": ["test"]})
    text = f"{{goal: g, defaults: {defaults}, phases: [{{name: p, tasks: [{task}]}}]}}"
    report = parse_plan(text, "yaml", "plan.yaml", workers=worker_facts(config))
    assert [error.code for error in report.errors] == (["unfit_worker"] if fault else [])
    if fault:
        assert set(report.errors[0].detail) == {"task", "worker"}


def test_an_agent_that_is_installed_but_not_configured(tmp_path: Path) -> None:
    """Whoever has a prompt and an agent is told the lines that bring the two together."""
    program = tmp_path / "codex"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    environ = {"PATH": str(tmp_path), "WF_CONFIG": "/my/config.toml"}
    with pytest.raises(UsageError) as caught:
        choose_profiles(plan_of(MIXED), config_of(), {}, environ)
    assert caught.value.hint == (
        'codex is installed here: add [profiles.codex] with preset = "codex" to /my/config.toml'
    )


JUDGED = "{id: a, run: 'true', mode: read_write, critic: {prompt: look%s}}"


def test_a_critic_brings_its_profile_along(environ: dict[str, str]) -> None:
    """The one that it names, else one of the run that takes its role, else as for any prompt."""
    plain, named = plan_of(JUDGED % ""), plan_of(JUDGED % ", worker: two")
    two = config_of(one={**AGENT, "default": True}, two=AGENT)
    assert list(choose_profiles(named, two, {}, environ).profiles) == ["shell", "two"]
    assert list(choose_profiles(plain, two, {}, environ).profiles) == ["shell", "one"]
    assert list(choose_profiles(plain, two, {"two": 1}, environ).profiles) == ["shell", "two"]
    only = config_of(one={**AGENT, "roles": ["test"], "default": True}, two=AGENT)
    assert list(choose_profiles(plain, only, {}, environ).profiles) == ["shell", "two"]
    testers = config_of(one={**AGENT, "roles": ["test"]})
    with pytest.raises(UsageError, match="no profile takes a prompt in the role review"):
        choose_profiles(plain, testers, {}, environ)
    with pytest.raises(UnknownNameError, match="task 'a' names the unknown profile 'two'"):
        choose_profiles(named, testers, {}, environ)


def test_a_critic_is_a_prompt_that_reviews() -> None:
    """A profile of commands, or of other roles, is none."""
    facts = worker_facts(config_of(one={**AGENT, "roles": ["test"]}, two=AGENT))
    for worker, fault in (("shell", True), ("one", True), ("two-1", False)):
        plan = JUDGED % f", worker: {worker}"
        text = f"{{goal: g, phases: [{{name: p, tasks: [{plan}]}}]}}"
        report = parse_plan(text, "yaml", "plan.yaml", workers=facts)
        assert [problem.code for problem in report.errors] == ["unfit_worker"] * fault


def test_what_is_fallen_back_on_begins_with_nothing(environ: dict[str, str]) -> None:
    """Its seats are in the run, but prompts that name nobody are for the profile of the run."""
    config = config_of(one={**AGENT, "default": True, "fallback": ["two"]}, two=AGENT)
    assert pins(choose_profiles(plan_of(MIXED), config, {}, environ)) == {"a": "one", "b": None}
    assert pins(choose_profiles(plan_of(MIXED), config, {"one": 2}, environ))["a"] == "one"
