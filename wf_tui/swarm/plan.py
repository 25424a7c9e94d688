"""The plan that a swarm is: a phase with a task for each item, and one that joins their results."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError
from wf_tui.plan.choices import READING_ROLES, SWARM, Mode, OnFailure
from wf_tui.plan.item_ids import item_ids
from wf_tui.plan.models import Plan
from wf_tui.swarm.sh_quoting import fill_command
from wf_tui.swarm.template import Template
from wf_tui.text import clean, cut, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wf_tui.swarm.items import Item
    from wf_tui.swarm.template import Place

__all__ = ["ITEMS", "JOIN", "MOST_ITEMS", "Join", "Spread", "Swarm", "swarm_plan"]

MOST_ITEMS: Final = 128
"""More than these have to be asked for by a word of their own."""
FEWEST_ITEMS: Final = 2
ITEMS: Final = "items"
"""The phase of the items."""
JOIN: Final = "join"
"""The phase that joins them, and its task."""
_PROMPTS_AT_ONCE: Final = Plan.MOST_CONCURRENT
_COMMANDS_AT_ONCE: Final = 4
"""As of any plan: commands share the cores of this machine, agents wait for their provider."""
_GENERAL: Final = "general"
_LONGEST_TITLE: Final = 200
_LONGEST_GOAL: Final = 120
_NAMED: Final = 3


class Spread(StrEnum):
    """How the items are given to several profiles."""

    CAPACITY = "capacity"
    """Whichever has a free seat takes the next: what is quicker, or less limited, does more."""
    ROUND_ROBIN = "round-robin"
    """One after the other, fixed from the start; each falls back on the others."""


@dataclass(frozen=True)
class Join:
    """The task that is given all results."""

    prompt: str
    scope: tuple[str, ...] = ()
    """What it may change; nothing means that it only reads, and its answer is the run's."""


@dataclass(frozen=True)
class Swarm:
    """What a swarm is asked for."""

    template: str
    """A prompt, or with `is_command` a script for `sh`."""
    items: tuple[Item, ...]
    is_command: bool = False
    scopes: tuple[str, ...] = ()
    """Templates of the paths that the task of an item may change; none means any path."""
    mode: Mode = Mode.READ_WRITE
    role: str = _GENERAL
    profiles: tuple[str, ...] = ()
    """Who does the items; none leaves it to the run."""
    spread: Spread = Spread.CAPACITY
    join: Join | None = None
    join_profile: str | None = None
    goal: str = ""
    timeout: int | None = None
    """Seconds that one attempt may take, the join's too."""
    jobs: int | None = None

    @property
    def at_once(self) -> int:
        """How many of its tasks may run at once, as far as a plan can say it."""
        usual = _COMMANDS_AT_ONCE if self.is_command else _PROMPTS_AT_ONCE
        return min(self.jobs or usual, len(self.items), Plan.MOST_CONCURRENT)

    @property
    def writes(self) -> bool:
        """Whether the tasks of its items may change files."""
        reads = self.role in READING_ROLES and not self.is_command
        return self.mode is Mode.READ_WRITE and not reads


def swarm_plan(swarm: Swarm, *, many: bool = False) -> dict[str, object]:
    """Return the plan of a swarm as plain values, in the order in which people read them.

    Raises `UsageError` for too few items, for more than `MOST_ITEMS` unless `many`, for a template
    without `{{item}}` or with a key that an item lacks, and for tasks that would be equal. What
    else can be wrong, as a scope outside of the tree, the check of plans finds.
    """
    _require_number(len(swarm.items), many=many)
    texts = _texts(swarm)
    _refuse_equal(swarm.items, texts)
    labels = _labels(swarm)
    ids = item_ids(labels, {JOIN})
    phases = [_items_phase(swarm, labels, ids, texts)]
    if swarm.join is not None:
        phases.append(_join_phase(swarm, swarm.join, ids))
    return {
        "goal": swarm.goal or _goal(swarm),
        "max_concurrent": swarm.at_once,
        "defaults": _defaults(swarm),
        "phases": phases,
    }


def _require_number(count: int, *, many: bool) -> None:
    if count < FEWEST_ITEMS:
        found = "no item" if count == 0 else "one item"
        raise UsageError(
            f"a swarm has at least {FEWEST_ITEMS} items, and there is {found}",
            "for a single task: wf run, or wf add",
        )
    if count > MOST_ITEMS and not many:
        raise UsageError(
            f"there are {count} items: more than {MOST_ITEMS} start only with --yes",
            "look at them first with --dry-run",
        )


def _texts(swarm: Swarm) -> list[str]:
    """Return what each task is told, or runs."""
    template = Template.parse(swarm.template)
    template.require_places("--sh" if swarm.is_command else "the template")
    if swarm.is_command:
        return [fill_command(template, item) for item in swarm.items]
    return [template.fill(item) for item in swarm.items]


def _refuse_equal(items: Sequence[Item], texts: Sequence[str]) -> None:
    """Refuse items that make the same task: it would be done, and paid, twice."""
    groups: dict[str, list[Item]] = {}
    for item, text in zip(items, texts, strict=True):
        groups.setdefault(text.strip(), []).append(item)
    equal = [group for group in groups.values() if len(group) > 1]
    if equal:
        named = listed([" and ".join(_few(group)) for group in equal], _NAMED)
        raise UsageError(f"equal tasks: {named}", "leave out all but one of them")


def _few(group: Sequence[Item]) -> Iterator[str]:
    yield from (item.place for item in group[:_NAMED])
    if len(group) > _NAMED:
        yield f"{len(group) - _NAMED} more"


def _labels(swarm: Swarm) -> list[str]:
    """Return what each item is called: itself, or of an object a value that the template asks for.

    The first value by which all of them differ, where there is one; else the first of all.
    """
    keyed = [place for place in Template.parse(swarm.template).places if place.path]
    named = [_called(swarm.items, place) for place in keyed]
    named.append([item.text for item in swarm.items])
    return next((labels for labels in named if len(set(labels)) == len(labels)), named[0])


def _called(items: Sequence[Item], place: Place) -> list[str]:
    return [item.text if item.fields is None else place.value(item) for item in items]


def _goal(swarm: Swarm) -> str:
    first = swarm.template.strip().partition("\n")[0].strip()
    return f"{cut(clean(first), _LONGEST_GOAL)} ({len(swarm.items)} items)"


def _defaults(swarm: Swarm) -> dict[str, object]:
    """Return what the tasks of all items have in common; the join says otherwise."""
    found: dict[str, object] = {
        "mode": (Mode.READ_WRITE if swarm.writes else Mode.READ_ONLY).value,
        "tags": [SWARM],
    }
    if swarm.role != _GENERAL:
        found["agent_type"] = swarm.role
    if swarm.timeout:
        found["timeout_secs"] = swarm.timeout
    return found


def _items_phase(
    swarm: Swarm, labels: Sequence[str], ids: Sequence[str], texts: Sequence[str]
) -> dict[str, object]:
    scopes = [Template.parse(scope) for scope in swarm.scopes]
    tasks = []
    for number, (item, name, text) in enumerate(zip(swarm.items, ids, texts, strict=True)):
        task: dict[str, object] = {
            "id": name,
            "title": clean(labels[number], limit=_LONGEST_TITLE),
            "run" if swarm.is_command else "prompt": text,
        }
        if scopes:
            task["file_scope"] = [scope.fill(item) for scope in scopes]
        task |= _worker(swarm, number)
        tasks.append(task)
    # One that fails for good holds up neither the others nor the join.
    return {
        "name": ITEMS,
        "parallel": True,
        "on_failure": OnFailure.SKIP_CONTINUE.value,
        "tasks": tasks,
    }


def _worker(swarm: Swarm, number: int) -> Mapping[str, object]:
    """Return who the task of an item is for, where the plan says it."""
    profiles = swarm.profiles
    if not profiles or (len(profiles) > 1 and swarm.spread is Spread.CAPACITY):
        return {}
    at = number % len(profiles)
    others = [*profiles[at + 1 :], *profiles[:at]]
    return {"worker": profiles[at], **({"fallback": others} if others else {})}


def _join_phase(swarm: Swarm, join: Join, ids: Sequence[str]) -> dict[str, object]:
    task: dict[str, object] = {
        "id": JOIN,
        "title": cut(clean(join.prompt.strip().partition("\n")[0]), _LONGEST_TITLE),
        "prompt": join.prompt,
        "tags": [],
        "agent_type": _GENERAL,
        "mode": (Mode.READ_WRITE if join.scope else Mode.READ_ONLY).value,
    }
    if join.scope:
        task["file_scope"] = list(join.scope)
    if swarm.join_profile:
        task["worker"] = swarm.join_profile
    task |= {"depends_on_results": list(ids), "partial_results": True}
    return {"name": JOIN, "tasks": [task]}
