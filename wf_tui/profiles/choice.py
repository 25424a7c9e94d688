"""Which profiles a run uses, with how many seats; decided before anything of it is made (RULES 5).

Profiles of commands as ever; one that takes prompts only where the plan names it, the command line
does, or a prompt is left that nobody else would take.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.config import Config
from wf_tui.errors import EnvironmentalError, UnknownNameError, UsageError
from wf_tui.paths import config_path
from wf_tui.plan.check_workers import CRITIC_ROLE, PROMPTS_HINT, WorkerFacts, profile_of
from wf_tui.profiles.presets import find_preset, preset_names
from wf_tui.profiles.resolve import resolve, resolve_all
from wf_tui.profiles.resolved import AT_ONCE
from wf_tui.profiles.usable import usable
from wf_tui.text import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wf_tui.plan.models import Plan, Task
    from wf_tui.profiles.resolved import Resolved

__all__ = ["Choice", "choose_profiles", "commands_only", "worker_facts"]

_NAMED: Final = 3


@dataclass(frozen=True)
class Choice:
    """The profiles of a run."""

    plan: Plan
    """With no worker that is only a default where it cannot do the task."""
    profiles: Mapping[str, Resolved]
    """Those that have seats, the built-in one first."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """How many seats, where the command line says it."""
    warnings: tuple[str, ...] = ()

    def without_questions(self) -> Choice:
        """Return the same for a run that nobody watches: no question of it waits for a person."""
        profiles = {
            name: replace(one, question_timeout=AT_ONCE) for name, one in self.profiles.items()
        }
        return replace(self, profiles=profiles)


def worker_facts(config: Config) -> Mapping[str, WorkerFacts]:
    """Return what a check of plans has to know of the profiles."""
    return {
        name: WorkerFacts(profile.takes, profile.roles) for name, profile in config.seats.items()
    }


def commands_only(plan: Plan, config: Config) -> Choice:
    """Return a run with the profiles of commands alone: for the demo, and for tests."""
    profiles = {name: one for name, one in resolve_all(config).items() if one.takes == "command"}
    return Choice(plan, profiles)


def choose_profiles(
    plan: Plan, config: Config, asked: Mapping[str, int], environ: Mapping[str, str]
) -> Choice:
    """Return the profiles that a run of this plan uses here; `asked` is the command line's.

    Raises `UsageError` for a profile that there is none of, that is left out and needed, or where
    no profile takes the prompts; `EnvironmentalError` where one that is needed cannot be used here,
    with all reasons.
    """
    for name, count in asked.items():
        if name not in config.seats:
            resolve(config, name)  # raises, with what helps
        if count < 0:
            raise UsageError(f"--worker {name}={count}: the number of seats must be 0 or more")
    plan = _fitting(plan, config)
    tasks = [task for phase in plan.phases for task in phase.tasks]
    needed = dict.fromkeys(_pinned(tasks, config))
    for name in needed:
        if asked.get(name) == 0:
            raise UsageError(f"--worker {name}=0 leaves out a worker that the plan names")
    needed |= dict.fromkeys(name for name, count in asked.items() if count)
    needed |= dict.fromkeys(
        name
        for name, profile in config.seats.items()
        if profile.takes == "command" and asked.get(name) != 0
    )
    takers: list[str] = []
    if left := [task.id for task in tasks if not task.run and not task.worker]:
        takers = [name for name in asked if asked[name] and config.seats[name].takes_prompts]
        if not takers:
            takers = [_taker(config, _prompt_takers(config, asked), left, environ)]
            needed[takers[0]] = None
            plan = _given_to(plan, takers[0]) if _others(needed, takers[0], config) else plan
    if judged := [task.id for task in tasks if task.asks_critic and not task.asks_critic.worker]:
        needed |= dict.fromkeys(_judges(config, asked, needed, judged, environ))
    _require_usable(config, needed, environ)
    spare, warnings = _spare(plan, config, needed, asked, environ)
    if len(takers) == 1 and _others(spare, takers[0], config):
        # Else what is there to fall back on would begin with them: its seats are in the run, too.
        plan = _given_to(plan, takers[0])
    names = [name for name in config.seats if name in needed or name in spare]
    profiles = {name: resolve(config, name) for name in names}
    warnings += tuple(
        f"several seats of {name} share your one login: if one renews it, the others lose theirs"
        for name, profile in profiles.items()
        if profile.logins and asked.get(name, profile.seats or plan.max_concurrent) > 1
    )
    return Choice(plan, profiles, asked, warnings)


def _fitting(plan: Plan, config: Config) -> Plan:
    """Return a plan without default workers where they cannot do the task (`unfit_workers`)."""
    facts = worker_facts(config)

    def fits(name: str) -> bool:
        known = facts.get(profile_of(name, facts) or "")
        return known is None or known.why_not(task) is None

    phases = []
    for phase in plan.phases:
        tasks = []
        for task in phase.tasks:
            worker = task.worker if task.worker and fits(task.worker) else None
            fallback = tuple(name for name in task.fallback if fits(name))
            tasks.append(task.model_copy(update={"worker": worker, "fallback": fallback}))
        phases.append(phase.model_copy(update={"tasks": tuple(tasks)}))
    return plan.model_copy(update={"phases": tuple(phases)})


def _pinned(tasks: Iterable[Task], config: Config) -> Iterator[str]:
    """Yield the profiles that tasks are pinned to; what they fall back on has to exist, too."""
    for task in tasks:
        critic = task.asks_critic
        judge = critic.worker if critic else None
        for name in (task.worker, judge, *task.fallback):
            if not name:
                continue
            profile = profile_of(name, config.seats)
            if profile is None:
                _refuse_unknown(config, name, task)
            elif name in {task.worker, judge}:
                yield profile


def _refuse_unknown(config: Config, name: str, task: Task) -> None:
    try:
        resolve(config, name)
    except UnknownNameError as error:
        error.message = f"task {task.id!r} names the {error.message}"
        error.args = (error.message,)
        raise


def _prompt_takers(config: Config, asked: Mapping[str, int]) -> list[str]:
    """Return the profiles that take prompts, and that the command line does not leave out."""
    return [
        name
        for name, profile in config.seats.items()
        if profile.takes_prompts and asked.get(name) != 0
    ]


def _taker(config: Config, takers: list[str], tasks: list[str], environ: Mapping[str, str]) -> str:
    """Return the profile for prompts that name none: the default one, else the only usable one."""
    if defaults := [name for name in takers if config.seats[name].default]:
        if len(defaults) > 1:
            raise UsageError(f"several profiles are the default: {listed(defaults, _NAMED)}")
        return defaults[0]
    usable_ones = [name for name in takers if not usable(resolve(config, name), environ)]
    if len(usable_ones) == 1:
        return usable_ones[0]
    if not takers:
        raise UsageError(
            f"no profile takes a prompt, and {plural(len(tasks), 'task')} of the plan"
            f" {'has' if len(tasks) == 1 else 'have'} nothing else: {listed(tasks, _NAMED)}",
            _installed(environ) or PROMPTS_HINT,
        )
    if usable_ones:
        raise UsageError(
            f"several profiles take prompts, and {listed(tasks, _NAMED)} of the plan names none:"
            f" {listed(usable_ones, _NAMED)}",
            f"say which: --worker {usable_ones[0]}=N, `worker` in the plan, or"
            " `default = true` in its profile",
        )
    raise EnvironmentalError(*_unusable(config, takers, environ))


def _judges(
    config: Config,
    asked: Mapping[str, int],
    needed: Iterable[str],
    authors: list[str],
    environ: Mapping[str, str],
) -> Iterator[str]:
    """Yield the profile for critics that name none, where no other of the run could be one.

    Raises `UsageError` where there is none that could.
    """
    judges = {name for name, facts in worker_facts(config).items() if facts.judges}
    if judges.intersection(needed):
        return
    takers = [name for name in _prompt_takers(config, asked) if name in judges]
    if not takers:
        raise UsageError(
            f"no profile takes a prompt in the role {CRITIC_ROLE}, and the critic of"
            f" {listed(authors, _NAMED)} is one",
            _installed(environ) or "add the role to a profile, or one that takes all roles",
        )
    yield _taker(config, takers, [f"{name}.critic" for name in authors], environ)


def _installed(environ: Mapping[str, str]) -> str:
    """Return what to write for an agent that is installed here, "" where none is."""
    for name in preset_names():
        calling = find_preset(Config(), name).agent
        program = calling.argv[0] if calling and calling.argv else ""
        if program == name and shutil.which(program, path=environ.get("PATH", "")):
            return (
                f"{name} is installed here: add [profiles.{name}] with"
                f' preset = "{name}" to {config_path(environ) or "your configuration"}'
            )
    return ""


def _others(needed: Iterable[str], taker: str, config: Config) -> bool:
    return any(name != taker and config.seats[name].takes_prompts for name in needed)


def _given_to(plan: Plan, taker: str) -> Plan:
    """Return a plan whose prompts without a worker have this one, since the run has others, too."""
    phases = []
    for phase in plan.phases:
        tasks = [
            task if task.run or task.worker else task.model_copy(update={"worker": taker})
            for task in phase.tasks
        ]
        phases.append(phase.model_copy(update={"tasks": tuple(tasks)}))
    return plan.model_copy(update={"phases": tuple(phases)})


def _require_usable(config: Config, needed: Iterable[str], environ: Mapping[str, str]) -> None:
    if any(usable(resolve(config, name), environ) for name in needed):
        raise EnvironmentalError(*_unusable(config, needed, environ))


def _unusable(config: Config, names: Iterable[str], environ: Mapping[str, str]) -> tuple[str, str]:
    """Return what a person is told of profiles that cannot be used: all reasons, and a hint."""
    parts = []
    for name in names:
        reasons = usable(resolve(config, name), environ)
        if reasons:
            parts.append(f"profile {name}: {'; '.join(reason.text for reason in reasons)}")
    return ". ".join(parts), "wf profiles shows what can be used here"


def _spare(
    plan: Plan,
    config: Config,
    needed: Iterable[str],
    asked: Mapping[str, int],
    environ: Mapping[str, str],
) -> tuple[list[str], tuple[str, ...]]:
    """Return the profiles that others fall back on, and a warning for each that is passed over."""
    queue = [name for phase in plan.phases for task in phase.tasks for name in task.fallback]
    queue += [name for one in needed for name in config.seats[one].fallback]
    found: dict[str, None] = {}
    warnings = []
    for word in queue:  # grows while it is walked, by what these fall back on themselves
        name = profile_of(word, config.seats)
        if name is None:
            resolve(config, word)  # raises: a profile falls back on one that is not there
            continue
        if name in found or name in needed or asked.get(name) == 0:
            continue
        found[name] = None
        queue += config.seats[name].fallback
        if reasons := usable(resolve(config, name), environ):
            del found[name]
            warnings.append(
                f"nothing falls back on {name} here: {'; '.join(one.text for one in reasons)}"
            )
    return list(found), tuple(dict.fromkeys(warnings))
