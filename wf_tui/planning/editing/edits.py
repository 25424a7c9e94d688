"""What a person can change about a plan, part by part; each returns the text of another plan.

An edit is made whether or not the plan is good with it: its faults are found and shown afterwards.
Keys that wf does not know stay, and so do comments. Raises `RefusedError` where a plan has no such
parts: one that cannot be read, or a tree of nodes.
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.run_budget import RunBudget, micro_dollars
from wf_tui.plan.foreign.keys import rename_aliases
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.plan.models import Plan
from wf_tui.plan.tree.form import is_tree
from wf_tui.planning.editing.yaml_patch import patched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "add_task",
    "budget_in",
    "drop_task",
    "new_id",
    "plan_values",
    "set_budget",
    "set_limits",
    "set_seats",
    "set_task",
    "with_limits_of",
]

Values: TypeAlias = dict[str, object]
_BY_FILE: Final = "E opens the file"
_LONGEST_ID: Final = 32
_FIRST_PHASE: Final = "work"
_LIMITS: Final = ("max_cost_usd", "max_tokens")
"""The keys of a `RunBudget`, in its order."""


def plan_values(text: str) -> Values:
    """Return what a plan says, under the newest names of its keys; a copy that may be changed."""
    document = read_yaml(text)
    if document.faults or not isinstance(document.value, dict):
        raise RefusedError("the plan cannot be read as it is", _BY_FILE)
    if is_tree(document):
        raise RefusedError("this plan is a tree, whose tasks are made of nodes", _BY_FILE)
    values = rename_aliases(document).value
    return copy.deepcopy(values) if isinstance(values, dict) else {}


def set_task(text: str, task: str, changes: Mapping[str, object]) -> str:
    """Return a plan with other values of a task; None takes a key away, "" is a value."""

    def change(plan: Values) -> None:
        found = next((one for _, one in _tasks(plan) if one.get("id") == task), None)
        if found is None:
            raise RefusedError(f"there is no task {task!r} any more", _BY_FILE)
        for key, value in changes.items():
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value

    return _changed(text, change)


def add_task(text: str, values: Mapping[str, object], *, phase: str, after: str = "") -> str:
    """Return a plan with one more task: in a phase, which is made where there is none of the name.

    It stands after another task of that phase, else at its end. `values` have its `id`.
    """

    def change(plan: Values) -> None:
        phases = plan.setdefault("phases", [])
        if not isinstance(phases, list):
            raise RefusedError("the phases of the plan are no list", _BY_FILE)
        found = next((one for one in _tables(phases) if one.get("name") == phase), None)
        if found is None:
            found = {"name": phase or _FIRST_PHASE, "tasks": []}
            phases.append(found)
        tasks = found.setdefault("tasks", [])
        if not isinstance(tasks, list):
            raise RefusedError("the tasks of the phase are no list", _BY_FILE)
        ids = [one.get("id") if isinstance(one, dict) else None for one in tasks]
        place = ids.index(after) + 1 if after in ids else len(tasks)
        tasks.insert(place, dict(values))

    return _changed(text, change)


def drop_task(text: str, task: str) -> str:
    """Return a plan without a task, and without what names it; a phase that is empty then goes."""
    plan = plan_values(text)
    home = next((phase for phase, one in _tasks(plan) if one.get("id") == task), {})
    is_last = len(_items(home, "tasks")) == 1

    def forget(plan: Values) -> None:
        for phase, one in _tasks(plan):
            _forget(one, "depends_on_results", task)
            if phase.get("judge") == task:
                del phase["judge"]
        for phase in _tables(plan.get("phases")) if is_last else ():
            _forget(phase, "depends_on", home.get("name"))

    def drop(plan: Values) -> None:
        for phase, one in [*_tasks(plan)]:
            if one.get("id") == task:
                gone, among = (phase, plan) if is_last else (one, phase)
                _items(among, "phases" if is_last else "tasks").remove(gone)

    # One after the other: a list of which an item goes is cut there alone.
    return _changed(_changed(text, forget), drop)


def set_seats(text: str, seats: int) -> str:
    """Return a plan of which so many tasks run at once."""
    if not 1 <= seats <= Plan.MOST_CONCURRENT:
        raise RefusedError(f"1 to {Plan.MOST_CONCURRENT} tasks run at once, not {seats}")
    return _changed(text, lambda plan: plan.update(max_concurrent=seats))


def set_budget(text: str, dollars: float | None) -> str:
    """Return a plan that may cost so much in all; None is no limit."""
    cost = None if dollars is None else micro_dollars(dollars)
    return set_limits(text, replace(budget_in(text), cost_microusd=cost))


def budget_in(text: str) -> RunBudget:
    """Return what a plan may use in all, as far as it says that in numbers."""
    budget = plan_values(text).get("budget")
    limits = budget if isinstance(budget, dict) else {}
    cost, tokens = (limits.get(key) for key in _LIMITS)
    return RunBudget(
        micro_dollars(cost) if isinstance(cost, int | float) else None,
        tokens if isinstance(tokens, int) else None,
    )


def set_limits(text: str, budget: RunBudget) -> str:
    """Return a plan that may use so much in all."""
    dollars = None if budget.cost_microusd is None else budget.cost_microusd / 1_000_000
    if dollars is not None and dollars.is_integer():
        dollars = int(dollars)

    def change(plan: Values) -> None:
        written = plan.get("budget")
        limits = dict(written) if isinstance(written, dict) else {}
        for key, value in zip(_LIMITS, (dollars, budget.tokens), strict=True):
            limits.pop(key, None)
            if value is not None:
                limits[key] = value
        if limits:
            plan["budget"] = limits
        else:
            plan.pop("budget", None)

    return _changed(text, change)


def with_limits_of(text: str, other: str) -> str:
    """Return a plan with the seats and the budget of another one, as far as that can be read."""
    try:
        values = plan_values(other)
    except RefusedError:
        return text
    kept = {key: value for key, value in values.items() if key in {"max_concurrent", "budget"}}
    return _changed(text, lambda plan: plan.update(kept))


def new_id(text: str, title: str) -> str:
    """Return an id for a task of this title that no task of the plan has."""
    taken = {one.get("id") for _, one in _tasks(plan_values(text))}
    words = re.sub(r"[^a-z0-9]+", "-", title.lower())[:_LONGEST_ID].strip("-") or "task"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name


def _changed(text: str, change: Callable[[Values], None]) -> str:
    before = plan_values(text)
    after = copy.deepcopy(before)
    change(after)
    return patched(text, before, after, lambda new: rename_aliases(read_yaml(new)).value)


def _tasks(plan: Values) -> Iterator[tuple[Values, Values]]:
    """Yield each task with its phase."""
    for phase in _tables(plan.get("phases")):
        for task in _tables(phase.get("tasks")):
            yield phase, task


def _tables(value: object) -> list[Values]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _items(table: Values, key: str) -> list[object]:
    value = table.get(key)
    return value if isinstance(value, list) else []


def _forget(table: Values, key: str, name: object) -> None:
    """Take a name out of a list; a list that is empty then goes."""
    if name in _items(table, key):
        left = [one for one in _items(table, key) if one != name]
        if left:
            table[key] = left
        else:
            del table[key]
