"""A plan written as YAML that people read: newest words, a fixed order, no default spelt out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic_core import PydanticUndefined

from wf_tui.plan.foreign.keys import rename_aliases
from wf_tui.plan.formats.json_text import read_json
from wf_tui.plan.formats.toml_text import read_toml
from wf_tui.plan.formats.write_yaml import PlanDumper, escape_hidden, represent_text
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.plan.models import AGENT_TYPE_WORDS, Defaults, Phase, Plan, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from wf_tui.plan.document import Table

__all__ = ["as_yaml", "plain_yaml", "written_values"]

_READERS: Final = {"json": read_json, "toml": read_toml, "yaml": read_yaml}
_FIRST: Final = ("goal", "name", "id", "title", "description", "agent_type", "mode", "worker")
_LAST: Final = ("prompt", "run", "gate", "defaults", "tasks", "phases")
_WIDTH: Final = 100


def written_values(text: str, format_: str) -> Table:
    """Return what a plan says, as plain values; the text has to be a plan without errors."""
    value = rename_aliases(_READERS[format_](text)).value
    return value if isinstance(value, dict) else {}


def plain_yaml(plan: Table, heading: str = "") -> str:
    """Return a plan as YAML; `heading` becomes the comment above it.

    What a key has by default is left out, but where the plan's own `defaults` say something else.
    The text means the same plan: it is what was written, and not what was made of it.
    """
    defaults = plan.get("defaults")
    given: Mapping[str, object] = defaults if isinstance(defaults, dict) else {}
    values: dict[str, object] = dict(_kept(plan, Plan))
    if given:
        values["defaults"] = _ordered(dict(_kept(given, Defaults)))
    phases = plan.get("phases")
    values["phases"] = (
        [_phase(phase, given, plan) for phase in phases if isinstance(phase, dict)]
        if isinstance(phases, list)
        else []
    )
    body = as_yaml(_ordered(values))
    comment = "".join(f"# {line}".rstrip() + "\n" for line in heading.splitlines())
    return f"{comment}{body}"


def as_yaml(values: Mapping[str, object]) -> str:
    """Return a table as YAML, its keys in their order; any text in it is read back as it is."""
    return escape_hidden(
        yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    )


def _phase(phase: Table, given: Table, plan: Table) -> dict[str, object]:
    values = dict(_kept(phase, Phase))
    tasks = phase.get("tasks")
    inherited = {*given, *({"gate", "gate_on"} & plan.keys())}
    values["tasks"] = [
        _task(task, inherited)
        for task in (tasks if isinstance(tasks, list) else ())
        if isinstance(task, dict)
    ]
    return _ordered(values)


def _task(task: Table, inherited: set[str]) -> dict[str, object]:
    # Said of a command, or where there is a scope, it means that its changes are not wanted.
    said = {"mode"} if task.get("run") or task.get("file_scope") else set()
    return _ordered(dict(_kept(task, Task, inherited | said)))


def _kept(
    table: Table, model: type[BaseModel], inherited: set[str] | frozenset[str] = frozenset()
) -> Iterator[tuple[str, object]]:
    """Yield what a table says beyond what holds without it; `inherited` keys hold otherwise."""
    defaults = {field.alias or name: field.default for name, field in model.model_fields.items()}
    for key, value in table.items():
        default = defaults.get(key, PydanticUndefined)
        if isinstance(default, tuple):
            default = list(default)
        newest = value
        if key == "agent_type" and isinstance(value, str):
            newest = str(AGENT_TYPE_WORDS.get(value, value))
        if key in inherited or not _same(newest, default):
            yield key, newest


def _same(value: object, default: object) -> bool:
    # By the type, too: True equals 1, and what is of a wrong type is no default.
    if default is PydanticUndefined:
        return False
    alike = isinstance(value, type(default)) or isinstance(default, type(value))
    return alike and value == default


def _ordered(table: Mapping[str, object]) -> dict[str, object]:
    middle = [key for key in table if key not in {*_FIRST, *_LAST}]
    order = [*_FIRST, *middle, *_LAST]
    return {key: table[key] for key in order if key in table}


class _Dumper(PlanDumper):
    """Writes short lists of words in one line, and all that is in a list indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's signature
        """Indent what is in a list, which people expect."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    node = represent_text(dumper, text)
    if node.style is None and len(text) > _WIDTH:
        node.style = "|"
    return node


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    words = all(isinstance(it, str | int) and len(str(it)) <= _WIDTH for it in values)
    flow = words and sum(len(str(it)) + 2 for it in values) < _WIDTH - 20
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
