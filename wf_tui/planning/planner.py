"""Which profile plans: the one that is named, else the one that prompts are left to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.plan.models import AgentType
from wf_tui.profiles.choice import worker_facts
from wf_tui.profiles.resolve import resolve
from wf_tui.profiles.usable import usable
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config
    from wf_tui.plan.check_workers import WorkerFacts

__all__ = ["choose_planner", "default_worker", "planners", "usable_workers"]

_NAMED: Final = 5
_ROLE: Final = AgentType.PLANNER.value
_NONE: Final = "add one to your configuration, or take a ready-made shape: wf plan new --shape NAME"


def planners(config: Config, environ: Mapping[str, str]) -> list[str]:
    """Return the profiles that can plan here, those first whose role it is; asks no model."""
    able = [name for name in _able(config) if not usable(resolve(config, name), environ)]
    return sorted(able, key=lambda name: _ROLE not in config.seats[name].roles)


def choose_planner(config: Config, named: str, environ: Mapping[str, str]) -> str:
    """Return the profile that plans; `named` is the person's choice, "" where they made none.

    Without a choice: the default one, else the only one that has this role, else the only one that
    can be used here. Raises `UsageError` for a name that cannot be meant, or where several could;
    `EnvironmentalError` where none can be used, with all reasons.
    """
    if named:
        return _require(config, named, environ)
    able = _able(config)
    defaults = [name for name in able if config.seats[name].default]
    if len(defaults) == 1:
        return _require(config, defaults[0], environ)
    ready = planners(config, environ)
    of_role = [name for name in ready if config.seats[name].roles]
    for choice in (of_role, ready):
        if len(choice) == 1:
            return choice[0]
    if ready:
        raise UsageError(
            f"several profiles can plan: {listed(ready, _NAMED)}",
            f"say which: --profile {clean(ready[0])}, or `default = true` in its profile",
        )
    if not able:
        raise EnvironmentalError("no profile takes prompts, so none can plan", _NONE)
    reasons = [f"profile {clean(name)}: {_reasons(config, name, environ)}" for name in able]
    raise EnvironmentalError(
        f"no profile that could plan can be used here. {'. '.join(reasons)}",
        "wf profiles shows what can be used here",
    )


def default_worker(config: Config, environ: Mapping[str, str]) -> str:
    """Return the profile that prompts of a plan are given to which name none; "" for no such."""
    takers = [name for name, one in config.seats.items() if one.takes_prompts]
    defaults = [name for name in takers if config.seats[name].default]
    ready = [name for name in takers if not usable(resolve(config, name), environ)]
    for choice in (defaults, ready):
        if len(choice) == 1:
            return choice[0]
    return ""


def usable_workers(config: Config, environ: Mapping[str, str]) -> Mapping[str, WorkerFacts]:
    """Return the profiles that a plan for here may name: those that can be used."""
    facts = worker_facts(config)
    return {name: it for name, it in facts.items() if not usable(resolve(config, name), environ)}


def _able(config: Config) -> list[str]:
    return [
        name
        for name, one in config.seats.items()
        if one.takes_prompts and (not one.roles or _ROLE in one.roles)
    ]


def _require(config: Config, name: str, environ: Mapping[str, str]) -> str:
    profile = resolve(config, name)  # raises for one that there is none of, with the nearest
    if profile.takes != "prompt":
        raise UsageError(
            f"profile {clean(name)} runs commands, and planning is a prompt",
            "name one that takes prompts: wf profiles",
        )
    if profile.roles and _ROLE not in profile.roles:
        roles = ", ".join(map(clean, profile.roles))
        raise UsageError(
            f"profile {clean(name)} has the roles {roles}, and not {_ROLE}",
            f'add "{_ROLE}" to its roles, or name another one',
        )
    if reasons := _reasons(config, name, environ):
        raise EnvironmentalError(
            f"profile {clean(name)}: {reasons}", "wf profiles shows what can be used here"
        )
    return name


def _reasons(config: Config, name: str, environ: Mapping[str, str]) -> str:
    return "; ".join(reason.text for reason in usable(resolve(config, name), environ))
