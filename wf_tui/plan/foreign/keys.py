"""The keys of a plan that nothing reads: what each was meant to be, or why it may stay."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wf_tui.plan.document import Document, Path, Table, written_phases, written_tasks
from wf_tui.plan.foreign.words import ALIASES, UNUSED, meaning, snake_case
from wf_tui.plan.models import Budget, Critic, Defaults, Phase, Plan, RunLimits, Surroundings, Task
from wf_tui.plan.report import Many, Problem, quoted
from wf_tui.plan.type_errors import Suggestions

__all__ = ["KEYS", "all_tables", "rename_aliases", "unknown_keys", "unused_keys"]


def _own_first(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the fields of a table, those that several kinds of tables have behind its own."""
    fields = [field for field in model.model_fields.items() if not field[1].exclude]
    return sorted(fields, key=lambda field: field[0] in Surroundings.model_fields)


_KINDS: Final[dict[type[BaseModel], str]] = {
    Plan: "the plan",
    Phase: "a phase",
    Task: "a task",
    Defaults: "`defaults`",
    Budget: "a budget",
    RunLimits: "the plan's `budget`",
    Critic: "a critic",
}
_MANY: Final[dict[type[BaseModel], str]] = {
    Plan: "plans",
    Phase: "phases",
    Task: "tasks",
    Defaults: "defaults",
    Budget: "budgets",
    RunLimits: "plans' budgets",
    Critic: "critics",
}
_WORDS: Final[dict[type[BaseModel], str]] = {
    Plan: "plan",
    Phase: "phase",
    Task: "task",
    Defaults: "task",
}
"""Whose words of other tools are looked up; a budget has none."""
KEYS: Final = {
    model: tuple(field.alias or name for name, field in _own_first(model)) for model in _KINDS
}
"""The keys that each table may have: those of its model, so that a new one is added there alone."""
_OWN: Final = "x-"


def rename_aliases(document: Document) -> Document:
    """Return the document with the right name of each key that a task may call otherwise.

    Called between the reader and the types, so that nothing after it knows two names. Where both
    are written the right one stays, and the other is a fault.
    """
    if not isinstance(document.value, dict):
        return document
    renamed: dict[Path, str] = {}
    faults: list[Problem] = []
    for model, path, table in all_tables(document.value):
        if not issubclass(model, Defaults) or not isinstance(table, dict):
            continue
        for alias in [word for word in table if word in ALIASES]:
            right = ALIASES[alias]
            if right not in table:
                renamed[*path, right] = alias
                table[right] = table.pop(alias)
                continue
            message = f"{quoted(alias)} means the same as {quoted(right)}, and both are written"
            fault = document.problem(
                "duplicate_key", (*path, alias), message, "write one of them", key=alias
            )
            faults.append(fault)
            del table[alias]
    return replace(document, faults=(*document.faults, *faults), renamed=renamed)


def unknown_keys(document: Document, root: Table) -> Iterator[Problem]:
    """Yield a problem for each key that no plan has, one kind of table after the other.

    An error, since what was meant by it would not happen; `wf plan check --lenient` takes it for a
    warning. What is only renamed or left unused is not among them (`unused_keys`).
    """
    known = {model: Suggestions(keys) for model, keys in KEYS.items()}
    for model, path, table in all_tables(root):
        for key in table:
            if key in KEYS[model] or key.startswith(_OWN) or key in _unused(model):
                continue
            message = f"{_KINDS[model]} has no key {quoted(key)}"
            hint = _hint(model, key, known[model])
            many = Many(f"{_MANY[model]} have the unknown key {quoted(key)}", hint, _name(table))
            yield document.problem("unknown_key", (*path, key), message, hint, many, key=key)


def _hint(model: type[BaseModel], key: str, known: Suggestions) -> str:
    """Return what to write in place of a key, by what it means before how it is spelled."""
    spelled = snake_case(key)
    if spelled in KEYS[model]:
        return f"write {quoted(spelled)}"
    if model is Defaults and key in Task.model_fields:
        return "each task has its own"
    if model in _WORDS and (words := meaning(_WORDS[model], key)):
        return words
    homes = [_KINDS[other] for other, keys in KEYS.items() if key in keys]
    if homes:
        # A task's key in the plan or a phase is meant for all tasks, so it belongs to `defaults`.
        home = homes[-1] if model in {Plan, Phase} and _KINDS[Defaults] in homes else homes[0]
        return f"{quoted(key)} is a key of {home}"
    if near := known.hint(key):
        return near
    if model in {Plan, Phase} and (words := meaning("task", key)):
        return f"{words}; for all tasks in `defaults`"
    return f"the keys are: {', '.join(known.names)}; one of your own begins with `{_OWN}`"


def unused_keys(document: Document, root: Table) -> Iterator[Problem]:
    """Yield a warning for each key that is read under another name, or known and not used."""
    for model, path, table in all_tables(root):
        kind, several, name = _KINDS[model], _MANY[model], _name(table)
        for key in table:
            if alias := document.renamed.get((*path, key)):
                message = f"{kind} has no key {quoted(alias)}; it is read as {quoted(key)}"
                hint = f"write {quoted(key)}"
                words = f"{several} have the key {quoted(alias)}, which is read as {quoted(key)}"
                many = Many(words, hint, name)
                yield document.problem("unknown_key", (*path, key), message, hint, many, key=alias)
            elif key in KEYS[model]:
                continue
            elif key in _unused(model) or key.startswith(_OWN):
                code = "unknown_key" if key.startswith(_OWN) else "unused_key"
                message = f"wf does not use the key {quoted(key)} of {kind}"
                hint = _unused(model).get(key, "")
                words = f"{several} have the key {quoted(key)}, which wf does not use"
                many = Many(words, hint, name)
                yield document.problem(code, (*path, key), message, hint, many, key=key)


def _unused(model: type[BaseModel]) -> Mapping[str, str]:
    return UNUSED.get(_WORDS.get(model, ""), {})


def _name(table: Table) -> str:
    """Return what a person calls a table: by its id or name, if it has one."""
    name = table.get("id", table.get("name"))
    return name if isinstance(name, str) else ""


def all_tables(root: Table) -> Iterator[tuple[type[BaseModel], Path, Table]]:
    """Yield every table of a plan with its place and the model whose keys it may have."""
    yield Plan, (), root
    whole = root.get("budget")
    if isinstance(whole, dict):
        yield RunLimits, ("budget",), whole
    holders: list[tuple[Path, Table]] = []
    defaults = root.get("defaults")
    if isinstance(defaults, dict):
        yield Defaults, ("defaults",), defaults
        holders.append((("defaults",), defaults))
    yield from ((Phase, path, phase) for path, phase in written_phases(root))
    for path, task in written_tasks(root):
        yield Task, path, task
        holders.append((path, task))
    for path, holder in holders:
        budget = holder.get("budget")
        if isinstance(budget, dict):
            yield Budget, (*path, "budget"), budget
        critic = holder.get("critic")
        if isinstance(critic, dict):
            yield Critic, (*path, "critic"), critic
