"""Which agents and models are here, and what keeps each from planning; no request is made."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.config import Profile
from wf_tui.errors import WfError
from wf_tui.paths import config_path
from wf_tui.planning.planner import planners
from wf_tui.profiles.presets import preset_names
from wf_tui.profiles.resolve import resolve
from wf_tui.profiles.usable import ReasonKind, program_path, usable
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.config import Config
    from wf_tui.profiles.resolved import Resolved

__all__ = ["Agent", "Readiness", "look_for_agents"]

_NAMED: Final = 2
"""Agents that the box names; `i` shows all."""
_LACKS: Final = {
    ReasonKind.PROGRAM: "no program",
    ReasonKind.KEY: "no key",
    ReasonKind.LOGIN: "no login",
    ReasonKind.EXTRA: "no extra",
}


@dataclass(frozen=True)
class Agent:
    """One that is here, or has a profile, and cannot plan yet; its texts are safe to draw."""

    name: str
    lacks: str
    """What is missing, in two words."""
    remedy: str
    """What is wrong and what helps, in a line."""


@dataclass(frozen=True)
class Readiness:
    """Who can plan here; if nobody can, what the others lack."""

    planners: Sequence[str] = ()
    agents: Sequence[Agent] = ()
    known: Sequence[str] = ()
    """The programs that wf knows how to call."""
    problem: str = ""
    """Why nothing of it is known, as where the settings cannot be read."""
    asks: str = ""
    """Before what the first planner's profile asks its person."""

    @property
    def sentence(self) -> str:
        """Why no goal can be planned: `no agent or model is ready: codex found, no key`."""
        found = [f"{one.name} found, {one.lacks}" for one in self.agents[:_NAMED]]
        return f"no agent or model is ready: {self.problem or '; '.join(found) or 'none found'}"

    @property
    def advice(self) -> str:
        """What a person can do about that, a line for each."""
        lines = [one.remedy for one in self.agents]
        if self.problem:
            lines = [self.problem]
        elif not lines:
            lines = [
                f"install one of {', '.join(preset_names())}, or name a model in your settings"
            ]
        return "\n".join(
            [*lines, "wf profiles shows all of it, wf profiles --probe asks for a word."]
        )


def look_for_agents(config: Config, environ: Mapping[str, str]) -> Readiness:
    """Return who can plan here; costs a look at files, so that it can come before the screen."""
    try:
        ready = planners(config, environ)
        if ready:
            return Readiness(ready, asks=resolve(config, ready[0]).ask)
        known = tuple(_programs(config))
        names = [one.program for one in known]
        return Readiness(agents=tuple(_agents(config, known, environ)), known=names)
    except WfError as error:
        return Readiness(problem=clean(f"{error.message}; {error.hint}", limit=300))


def _programs(config: Config) -> Iterator[Resolved]:
    """Yield a profile for each agent that needs no more than its preset."""
    for preset in preset_names():
        wanted = config.model_copy(update={"profiles": {preset: Profile(preset=preset)}})
        with contextlib.suppress(WfError):  # one that needs an address, too
            resolved = resolve(wanted, preset)
            if resolved.program == preset:
                yield resolved


def _agents(
    config: Config, known: Sequence[Resolved], environ: Mapping[str, str]
) -> Iterator[Agent]:
    """Yield the profiles that take prompts, then the programs that no profile uses."""
    own = [resolve(config, name) for name, one in config.seats.items() if one.takes_prompts]
    used = {one.program for one in own}
    yield from (_of_profile(one, environ) for one in own)
    for one in known:
        if one.program not in used and program_path(one, environ) is not None:
            yield _without_profile(one, environ)


def _of_profile(resolved: Resolved, environ: Mapping[str, str]) -> Agent:
    name, reasons = clean(resolved.name, limit=40), usable(resolved, environ)
    if not reasons:
        return Agent(name, "no role planner", f'{name}: add "planner" to the roles of its profile')
    return Agent(name, _LACKS[reasons[0].kind], f"{name}: {'; '.join(one.text for one in reasons)}")


def _without_profile(resolved: Resolved, environ: Mapping[str, str]) -> Agent:
    name, reasons = resolved.name, usable(resolved, environ)
    if reasons:
        return Agent(
            name, _LACKS[reasons[0].kind], f"{name}: {'; '.join(one.text for one in reasons)}"
        )
    file = config_path(environ) or "your settings"
    lines = f'[profiles.{name}] with preset = "{name}"'
    return Agent(name, "no profile", f"{name}: it can be used, write {lines} into {file}")
