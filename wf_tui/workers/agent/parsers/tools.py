"""What agents call their tools, and the lists of steps that some of them are given."""

import json
from collections.abc import Iterable
from typing import Final

from wf_tui.workers.agent.parsers.record import Record, read_record
from wf_tui.workers.line.fields import Fields, safe_id, sound_text
from wf_tui.workers.line.grammar import PlanItem, PlanUpdate, ToolEnd, ToolStart

__all__ = ["arguments", "as_text", "plan_of", "tool_end", "tool_start"]

_LONGEST: Final = 100_000
"""Characters of a tool's input or output that are told; the raw stream has all."""
_MOST: Final = 500
"""Paths of a call and steps of a plan that are told."""
_LONGEST_STEP: Final = 1000
_KINDS: Final = {
    "execute": "bash shell run_shell_command exec_command command_execution local_shell",
    "edit": "write write_file edit edit_file multiedit multi_edit replace apply_patch file_change"
    " notebookedit strreplacefile writefile patch",
    "read": "read read_file read_many_files readfile view list_directory ls notebookread",
    "search": "grep glob search search_file_content grep_search find codesearch",
    "fetch": "webfetch web_fetch fetch web_search websearch google_web_search fetchurl searchweb",
    "think": "think todowrite todo_write todolist write_todos todoread settodolist task agent",
    "delete": "delete delete_file rm",
    "move": "move move_file rename mv",
}
_KIND_OF: Final = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_PATHS: Final = ("file_path", "filePath", "path", "absolute_path", "notebook_path", "filename")
_STATES: Final = {"done": "completed", "in-progress": "in_progress", "active": "in_progress"}


def tool_start(id_: str, name: str, given: object, paths: tuple[str, ...] = ()) -> ToolStart:
    """Return the start of a tool call; `given` is its input as the stream has it.

    `paths` are the files that it is about, where the stream tells them beside the input.
    """
    if not paths and isinstance(given, dict) and (path := Record(given).text(*_PATHS)):
        paths = (path,)
    shown = Fields({"input": given}).free("input")  # no deeper than a line may be
    whole = as_text(shown)
    if len(whole) > _LONGEST:
        shown = whole[:_LONGEST]
    kind = _KIND_OF.get(name.lower(), "other")
    return ToolStart(safe_id(id_) or "tool", name or "tool", kind, shown, paths[:_MOST])


def tool_end(id_: str, output: object, *, failed: bool, exit_code: int | None = None) -> ToolEnd:
    """Return the end of a tool call; an output of many parts becomes one text."""
    status = "failed" if failed else "completed"
    text = None if output is None else as_text(output)[:_LONGEST]
    return ToolEnd(safe_id(id_) or "tool", status, text, exit_code)


def as_text(value: object) -> str:
    """Return a value of a stream as text: the texts of its parts, else its JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return sound_text(value)
    if isinstance(value, list) and value:
        parts = [Record(part).text("text", "content") for part in value if isinstance(part, dict)]
        if any(parts):
            return "\n".join(filter(None, parts))
    if isinstance(value, dict) and (text := Record(value).text("output", "text")):
        return text
    try:
        return json.dumps(value, ensure_ascii=True)
    except (ValueError, RecursionError):
        return ""


def plan_of(items: Iterable[Record]) -> PlanUpdate:
    """Return the plan that a list of steps is, by whichever names its agent has for them."""
    found = []
    for item in items:
        text = item.text("content", "text", "title", "step", "description")
        state = item.text("status")
        if item.flag("completed"):
            state = "completed"
        state = _STATES.get(state, state)
        if state not in {"in_progress", "completed"}:
            state = "pending"
        if text:
            found.append(PlanItem(text[:_LONGEST_STEP], state, item.text("priority")[:20] or None))
    return PlanUpdate(tuple(found[:_MOST]))


def arguments(value: object) -> Record:
    """Return the arguments of a tool call, which some streams have as JSON in a text."""
    if isinstance(value, str):
        return read_record(value) or Record({})
    return Record(value) if isinstance(value, dict) else Record({})
