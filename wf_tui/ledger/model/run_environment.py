"""What a run was started with of the environment: its PATH, and which variables go to whom.

Names, and values that a plan or the settings have written; never a value that was passed on.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.values import field, frozen, replace
from wf_tui.variables import Variables, given_variables, passed_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.plan.models import Plan
    from wf_tui.profiles.resolved import Resolved

__all__ = ["RunEnvironment", "environment_of", "lacking"]

_NONE: Final = Variables()


@frozen
class RunEnvironment:
    """Kept for whoever leads the run later, from a terminal that may have another environment."""

    path: str = ""
    """The PATH of who started the run."""
    settings: Variables = _NONE
    plan: Variables = _NONE
    defaults: Variables = _NONE
    profiles: Mapping[str, Variables] = field(default_factory=dict)
    present: tuple[str, ...] = ()
    """Which variables there were to be passed on, to all of its tasks."""
    shell: tuple[str, ...] = ()
    """What runs the commands of tasks that are added and name no shell; the plan's."""
    gate: str = ""
    """The plan's own gate, for what no task of the plan has made; "" where it has none."""
    gate_shell: tuple[str, ...] = ()
    """What runs it."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        config: Config,
        profiles: Mapping[str, Resolved],
        environ: Mapping[str, str],
    ) -> RunEnvironment:
        """Return what a run of this plan, with these profiles, is started with here.

        The `env` of an agent is not among it: it is part of its own environment, with its home.
        """
        of_profiles = _of_profiles(profiles)
        settings = Variables(pass_env=config.pass_env)
        of_plan = Variables(_pairs(plan.env), plan.pass_env)
        defaults = Variables(_pairs(plan.defaults.env), plan.defaults.pass_env)
        places = [settings, of_plan, defaults, *of_profiles.values()]
        patterns = [pattern for place in places for pattern in place.pass_env]
        patterns += [pattern for task in plan.tasks for pattern in task.pass_env]
        present = passed_names(tuple(dict.fromkeys(patterns)), environ)
        path = environ.get("PATH", "")
        shell = plan.defaults.shell or plan.shell or ()
        gate, gate_shell = plan.gate, plan.shell
        if gate is None:
            gate, gate_shell = plan.defaults.gate, plan.defaults.shell or plan.shell
        return cls(
            *(path, settings, of_plan, defaults, of_profiles, tuple(present), shell),
            gate=gate or "",
            gate_shell=gate_shell or (),
        )

    def with_profiles(
        self, profiles: Mapping[str, Resolved], environ: Mapping[str, str]
    ) -> RunEnvironment:
        """Return it with what these profiles give, in the place of those that it has."""
        of_profiles = _of_profiles(profiles)
        patterns = [pattern for one in of_profiles.values() for pattern in one.pass_env]
        present = (*self.present, *passed_names(tuple(dict.fromkeys(patterns)), environ))
        return replace(self, profiles=of_profiles, present=tuple(dict.fromkeys(present)))

    def places(self, task: Variables, profile: str = "") -> tuple[Variables, ...]:
        """Return who gives variables to a program, the last one first of all.

        A profile's go to its own programs alone: no gate or setup is started with a profile.
        """
        of_profile = self.profiles.get(profile, _NONE)
        return (self.settings, self.plan, self.defaults, of_profile, task)

    def missing(self, environ: Mapping[str, str]) -> list[str]:
        """Return the variables that the run was started with and this environment lacks."""
        return [name for name in self.present if name not in environ]

    def as_text(self) -> str:
        """Return it as its column holds it."""
        own = vars(self)
        given = {name: vars(one) for name, one in own.items() if isinstance(one, Variables)}
        profiles = {name: vars(one) for name, one in self.profiles.items()}
        return compact_json({**own, **given, "profiles": profiles})


@lru_cache(maxsize=16)
def environment_of(text: str) -> RunEnvironment:
    """Read the column of a run; a run of an older wf has none of it."""
    stored = json.loads(text)
    profiles = {name: _variables(one) for name, one in stored.get("profiles", {}).items()}
    return RunEnvironment(
        path=stored.get("path", ""),
        settings=_variables(stored.get("settings", {})),
        plan=_variables(stored.get("plan", {})),
        defaults=_variables(stored.get("defaults", {})),
        profiles=profiles,
        present=tuple(stored.get("present", ())),
        shell=tuple(stored.get("shell", ())),
        gate=stored.get("gate", ""),
        gate_shell=tuple(stored.get("gate_shell", ())),
    )


def lacking(run: RunRow, task: TaskRow, profile: str) -> list[str]:
    """Return the variables that a task got when the run was started, and would not get now.

    `run.missing` has those that the scheduler of now does not have. Asked by claims, and by
    whoever says why a task waits.
    """
    if not run.missing:
        return []
    kept = environment_of(run.environment)
    places = kept.places(Variables(task.spec.env, task.spec.pass_env), profile)
    given = given_variables(places, dict.fromkeys(kept.present, ""))
    return [name for name, one in given.items() if one.passed and name in run.missing]


def _of_profiles(profiles: Mapping[str, Resolved]) -> dict[str, Variables]:
    return {
        name: Variables(_pairs(one.env) if one.kind == "shell" else (), one.pass_env)
        for name, one in profiles.items()
        if one.env or one.pass_env
    }


def _pairs(variables: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in variables.items())


def _variables(stored: Mapping[str, list[str]]) -> Variables:
    return Variables(tuple(stored.get("env", ())), tuple(stored.get("pass_env", ())))
