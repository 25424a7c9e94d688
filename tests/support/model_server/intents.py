"""What the model wants done, said with the tools that the agent happens to offer."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tests.support.model_server.conversation import ToolCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.model_server.conversation import Conversation, Json, Tool

__all__ = ["CODE_RUNNER", "FREEFORM", "Intent", "Plan", "Run", "Write", "call_for"]


@dataclass(frozen=True)
class Write:
    """Write a file, by its name within the worktree."""

    name: str
    content: str = "hello from the model\n"


@dataclass(frozen=True)
class Run:
    """Run a command; `unsandboxed` asks for more than a sandbox of the agent allows."""

    command: str
    unsandboxed: bool = False


@dataclass(frozen=True)
class Plan:
    """Say what is planned: the first is in progress, the others are pending."""

    items: tuple[str, ...]


Intent: TypeAlias = Write | Run | Plan

_WRITERS: Final = ("write", "write_file", "writefile")
_RUNNERS: Final = (
    "run_command",
    "bash",
    "run_shell_command",
    "exec_command",
    "shell_command",
    "shell",
)
_PLANNERS: Final = ("todowrite", "todo_write", "write_todos", "todolist", "update_plan")
CODE_RUNNER: Final = "exec"
"""What codex offers with models that it knows: JavaScript that calls the tools."""
FREEFORM: Final[Mapping[str, Any]] = {"properties": {}, "freeform": True}
"""The parameters of a tool that takes a text as it is."""
_PATHS: Final = ("file_path", "filePath", "absolute_path", "path")
_TEXTS: Final = ("content", "contents", "file_text")
_COMMANDS: Final = ("command", "cmd")
_LABELS: Final = ("content", "title", "description", "step", "text", "activeForm")


def call_for(intent: Intent, conversation: Conversation) -> ToolCall | None:
    """Return the call of a tool that does it; None where no tool that is offered can.

    An agent without a tool to write files, as codex with a model that it does not know, is made to
    write by a command.
    """
    offered = conversation.tools
    match intent:
        case Plan(items):
            return _plan(_find(offered, _PLANNERS), items)
        case Write(name, content):
            writer = _find(offered, _WRITERS)
            if writer is None:
                text = f"printf %s {shlex.quote(content)} > {shlex.quote(name)}"
                return call_for(Run(text), conversation)
            return _call(writer, {_PATHS: _path(writer, name, conversation), _TEXTS: content})
        case Run(command, unsandboxed):
            runner = _find(offered, _RUNNERS)
            if runner is None:
                return _in_code(command, conversation)
            call = _call(runner, {_COMMANDS: command})
            if unsandboxed and "sandbox_permissions" in runner.parameters["properties"]:
                more = {"sandbox_permissions": "require_escalated", "justification": "May I?"}
                return ToolCall(call.name, {**call.arguments, **more})
            return call


def _in_code(command: str, conversation: Conversation) -> ToolCall | None:
    """Return a piece of code that runs a command, where code is what the agent takes."""
    if not any(t.name == CODE_RUNNER and t.parameters is FREEFORM for t in conversation.tools):
        return None
    arguments = json.dumps({"cmd": command})
    code = f"text((await tools.exec_command({arguments})).output)"
    return ToolCall(CODE_RUNNER, {"input": code})


def _find(offered: Iterable[Tool], names: tuple[str, ...]) -> Tool | None:
    known = {tool.name.lower(): tool for tool in offered}
    return next((known[name] for name in names if name in known), None)


def _path(writer: Tool, name: str, conversation: Conversation) -> str:
    """Return the path as the tool wants it: some refuse one that is not absolute."""
    wants = "absolute" in json.dumps(dict(writer.parameters)).lower()
    folder = conversation.folder if wants else None
    return f"{folder}/{name}" if folder else name


def _call(tool: Tool, given: Mapping[tuple[str, ...], str]) -> ToolCall:
    """Give each value to the property of one of its names; fill in what else is wanted."""
    properties: Json = tool.parameters.get("properties", {})
    arguments: Json = {}
    for names, value in given.items():
        name = next(name for name in names if name in properties)
        in_words = properties[name].get("type") == "array"
        arguments[name] = ["bash", "-lc", value] if in_words else value
    for name in tool.parameters.get("required", ()):
        arguments.setdefault(name, _some(properties.get(name, {})))
    return ToolCall(tool.name, arguments)


def _plan(tool: Tool | None, items: tuple[str, ...]) -> ToolCall | None:
    if tool is None:
        return None
    properties = tool.parameters["properties"]
    name = next(name for name, schema in properties.items() if schema.get("type") == "array")
    item = properties[name]["items"]
    rows = [
        _item(item, text, "pending" if index else "in_progress", str(index + 1))
        for index, text in enumerate(items)
    ]
    return ToolCall(tool.name, {name: rows})


def _item(schema: Json, text: str, status: str, number: str) -> Json:
    known: Json = {**dict.fromkeys(_LABELS, text), "status": status, "id": number}
    properties = schema.get("properties", {})
    wanted = (name for name in properties if name in known or name in schema.get("required", ()))
    return {name: known.get(name, _some(properties[name])) for name in wanted}


def _some(schema: Json) -> Any:
    """Return some value that the schema allows."""
    if choices := schema.get("enum"):
        return "medium" if "medium" in choices else choices[0]
    some = {"boolean": False, "number": 1, "integer": 1, "array": [], "object": {}}
    return some.get(schema.get("type", "string"), "for the task")
