"""What is known of the tool calls of a session: an agent tells each of them in pieces.

A permission names the call that it is for, and often nothing more; what the call does was said by
an update before it.
"""

import json
import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from acp.schema import (
    ContentToolCallContent,
    FileEditToolCallContent,
    TextContentBlock,
    ToolCall,
    ToolCallUpdate,
)

from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.line.fields import Fields, json_object, safe_id
from wf_tui.workers.line.grammar import TOOL_KINDS

__all__ = ["KnownCall", "ToolCalls"]

_MOST: Final = 1000
"""Calls that are remembered; an agent that never ends one must not fill the memory."""
_LONGEST: Final = 100_000
"""Characters of an input or output that are kept; the raw stream has all."""
_COMMANDS: Final = ("command", "cmd")
_PATHS: Final = (
    *("path", "file_path", "filePath", "filepath", "absolute_path", "notebook_path"),
    *("from", "to", "source", "destination"),
)
_FOLDERS: Final = ("cwd", "workdir")
_SHELLS: Final = frozenset({"sh", "bash", "zsh"})
_TEXT_FOLLOWS: Final = frozenset({"-c", "-lc"})


@dataclass
class KnownCall:
    """One tool call, as far as it was told."""

    id: str
    """As the line takes it."""
    tree: str
    """The worktree; paths in it are told as they are named there."""
    title: str = ""
    kind: str = "other"
    input: object = None
    locations: tuple[str, ...] = ()
    diffs: tuple[str, ...] = ()
    """Paths whose change is shown."""
    text: str = ""
    output: object = None
    printed: str = ""
    """What its command has printed, as codex tells it beside the protocol; the last of it."""
    exit_code: int | None = None
    status: str = "pending"
    is_told: bool = False
    """Whether the line has its start."""
    is_input_told: bool = False
    has_ended: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it is about, each once."""
        found = [*self.locations, *self.diffs, *self._named(_PATHS)]
        return tuple(dict.fromkeys(relative(path, self.tree) for path in found))

    @property
    def touched(self) -> tuple[str, ...]:
        """All that it would touch: its files, and the folder that it would work in."""
        return (*self.paths, *self._named(_FOLDERS))

    @property
    def command(self) -> str | None:
        """The whole command that it would run; None where it runs none, or does not say."""
        given = self.input if isinstance(self.input, dict) else {}
        value = next((given[name] for name in _COMMANDS if name in given), None)
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return _as_line(value)
        return value if isinstance(value, str) else None

    @property
    def description(self) -> str:
        """What it does, in the agent's words and with all of its input: a person decides by it."""
        return " ".join(filter(None, (self.title, as_json(self.input), self.text)))

    def learn(self, told: ToolCall | ToolCallUpdate) -> None:
        """Take over what an update says; what it leaves out stays."""
        self.title = told.title or self.title
        if told.kind is not None:
            self.kind = told.kind if told.kind in TOOL_KINDS else "other"
        self.status = told.status or self.status
        if told.raw_input is not None:
            # No deeper than the line may be, and every text of it can be written.
            self.input = Fields({"input": told.raw_input}).free("input")
        if told.raw_output is not None:
            self.output = told.raw_output
        if told.field_meta:
            self._learn_of_terminal(Record(told.field_meta))
        if told.locations:
            self.locations = tuple(one.path for one in told.locations)
        if told.content is not None:
            self.diffs = tuple(
                one.path for one in told.content if isinstance(one, FileEditToolCallContent)
            )
            self.text = "\n".join(_texts(told))[:_LONGEST]
            if self.input is None and self.status == "pending":
                # One of six agents tells the input as the call's text, and no other way before
                # it asks for the permission.
                self.input = json_object(self.text.encode("utf-8", "replace"))

    def _learn_of_terminal(self, meta: Record) -> None:
        printed = self.printed + meta.record("terminal_output_delta").text("data")
        self.printed = printed[-_LONGEST:]
        code = meta.record("terminal_exit").status("exit_code")
        self.exit_code = self.exit_code if code is None else code

    def _named(self, names: tuple[str, ...]) -> list[str]:
        given = self.input if isinstance(self.input, dict) else {}
        return [one for name in names if isinstance(one := given.get(name), str)]


class ToolCalls:
    """All calls of a session, by the agent's own ids."""

    def __init__(self, tree: str) -> None:
        self.tree = tree
        self.calls: dict[str, KnownCall] = {}
        self.count = 0

    def learn(self, told: ToolCall | ToolCallUpdate) -> KnownCall:
        """Return the call that an update or a permission is about, with what that says of it."""
        call = self.calls.get(told.tool_call_id)
        if call is None:
            self.count += 1
            if len(self.calls) >= _MOST:
                del self.calls[next(iter(self.calls))]
            call = KnownCall(self._line_id(told.tool_call_id), self.tree)
            self.calls[told.tool_call_id] = call
        call.learn(told)
        return call

    def _line_id(self, id_: str) -> str:
        """Return the agent's id; where the line does not take it, one of our own."""
        return id_ if id_ and safe_id(id_) == id_ else f"call-{self.count}"


def as_json(value: object) -> str:
    """Return a value as text: itself if it is one, nothing for none, else its JSON."""
    if value is None or value == {}:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _texts(told: ToolCall | ToolCallUpdate) -> Iterable[str]:
    for one in told.content or ():
        if isinstance(one, ContentToolCallContent) and isinstance(one.content, TextContentBlock):
            yield one.content.text


def _as_line(words: list[str]) -> str:
    """Return a command as one line; what is handed to a shell is that text itself."""
    is_shell = len(words) == len(("sh", "-c", "text")) and PurePath(words[0]).name in _SHELLS
    if is_shell and words[1] in _TEXT_FOLLOWS:
        return words[2]
    return shlex.join(words)


def relative(path: str, tree: str) -> str:
    """Return a path of the tree as it is named there."""
    return os.path.relpath(path, tree) if path.startswith(tree + os.sep) else path
