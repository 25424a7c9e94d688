"""Which profiles do the items of a swarm, and how many seats they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import UsageError
from wf_tui.profiles.resolve import resolve
from wf_tui.swarm.plan import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config
    from wf_tui.swarm.plan import Swarm

__all__ = ["by_task", "seats", "spread_of"]


def by_task(
    names: tuple[str, ...], config: Config, *, is_command: bool, joins: bool
) -> tuple[tuple[str, ...], str | None]:
    """Return the profiles for the items, and the one for the join where it needs one by name.

    The items of a command take profiles of commands, and the join, which is a prompt, one of
    prompts. Raises `UsageError` for a name that is none, and for one that can do neither.
    """
    names = tuple(dict.fromkeys(names))
    for name in names:
        if name not in config.seats:
            resolve(config, name)  # raises, with what helps
    prompts = tuple(name for name in names if config.seats[name].takes_prompts)
    commands = tuple(name for name in names if name not in prompts)
    if is_command:
        if prompts and not joins:
            raise UsageError(
                f"--profile {prompts[0]} takes prompts, and --sh is a command",
                "leave out --profile, or give a prompt as the template",
            )
        return commands, prompts[0] if prompts else None
    if commands:
        raise UsageError(
            f"--profile {commands[0]} runs commands, and the template is a prompt",
            "give the command as --sh, or another profile",
        )
    alone = len(prompts) == 1
    return prompts, prompts[0] if joins and alone else None


def spread_of(names: tuple[str, ...], config: Config, wanted: Spread | None) -> Spread:
    """Return how items are given to these profiles, where nobody said it.

    By capacity, unless one of them falls back on a profile that is none of these: its seats are in
    the run, too, and would begin with what is given to nobody.
    """
    outside = any(set(config.seats[name].fallback) - set(names) for name in names)
    return wanted or (Spread.ROUND_ROBIN if outside else Spread.CAPACITY)


def seats(
    swarm: Swarm, config: Config, asked: Mapping[str, int], jobs: int | None
) -> tuple[str, ...]:
    """Return the seats of the run as `--worker` says them: what is asked for, and the profiles'.

    Where several profiles share the items by capacity, no task names one, so that the run has to.
    """
    wanted = dict(asked)
    if len(swarm.profiles) > 1 and swarm.spread is Spread.CAPACITY:
        most = jobs or swarm.at_once
        for name in swarm.profiles:
            wanted.setdefault(name, config.seats[name].seats or most)
    return tuple(f"{name}={count}" for name, count in wanted.items())
