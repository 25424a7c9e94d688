"""Which kind of file it is, and a plan of it without a model, where there can be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.plan.foreign.files import foreign_text, foreign_value
from wf_tui.plan.formats.json_text import read_json
from wf_tui.plan.formats.toml_text import read_toml
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.planning.conversion.checklist import convert_checklist
from wf_tui.planning.conversion.conversion import Conversion, NotFaithfulError
from wf_tui.planning.conversion.github_workflow import convert_workflow
from wf_tui.planning.conversion.targets import convert_makefile, convert_scripts, convert_taskfile
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.plan.document import Document, Table

__all__ = ["convert", "is_plan"]

_READERS: Final = {"json": read_json, "toml": read_toml, "yaml": read_yaml}


def is_plan(text: str, format_: str) -> bool:
    """Whether a text has the keys of a plan, in either form; it may have errors all the same."""
    value = _READERS[format_](text).value
    return isinstance(value, dict) and "goal" in value and bool({"phases", "nodes"} & value.keys())


def convert(text: str, name: str, beside: Sequence[str] = ()) -> Conversion:
    """Return a plan of another tool's file; `name` is its name, `beside` are the files near it.

    Raises `NotFaithfulError` where it is of no kind that can be converted, or asks for what a plan
    cannot do; a model may still make a plan of it.
    """
    shown = clean(name, limit=120)
    document = _document(text)
    value = document.value
    if isinstance(value, dict):
        foreign = foreign_value(value)
        kind = foreign.name if foreign else ""
        if kind and document.faults:
            raise NotFaithfulError(f"has {document.faults[0].message}")
        if found := _of_value(kind, value, shown, beside):
            return found
    else:
        foreign = foreign_text(name, text)
        kind = foreign.name if foreign else ""
        if kind == "a todo list" or (kind == "a text in Markdown" and "[ ]" in text):
            return convert_checklist(text, shown)
        if kind == "a Makefile":
            return convert_makefile(text, shown)
    raise NotFaithfulError(f"is {kind}" if kind else "is of no kind that has tasks by itself")


def _of_value(kind: str, value: Table, name: str, beside: Sequence[str]) -> Conversion | None:
    match kind:
        case "a GitHub workflow":
            return convert_workflow(value, name)
        case "a Taskfile":
            return convert_taskfile(value, name)
        case "npm's package.json":
            return convert_scripts(value, name, beside)
    return None


def _document(text: str) -> Document:
    return read_json(text) if text.lstrip().startswith("{") else read_yaml(text)
