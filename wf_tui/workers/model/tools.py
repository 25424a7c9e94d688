"""The tools that a model is given: their names, their words for the model, their arguments.

Read by the host, which offers them, and by the hands, which check arguments by the same schemas and
run them. Standard library only. The words are a prompt: each says what a model does wrong without
it, and no more, for they are sent with every request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from wf_tui.workers.model.hands.patch_paths import patch_paths
from wf_tui.workers.permission import ToolRequest

__all__ = [
    "DEFAULT_SECONDS",
    "MOST_LINES",
    "MOST_MATCHES",
    "MOST_SECONDS",
    "TOOLS",
    "Tool",
    "request",
]

MOST_LINES: Final = 2000
"""Lines that one call of `read_file` gives."""
MOST_MATCHES: Final = 1000
"""Lines that one call of `search` finds."""
DEFAULT_SECONDS: Final = 120
MOST_SECONDS: Final = 3600
"""How long a command may run; the attempt has a limit of its own."""

_Schema = dict[str, object]


@dataclass(frozen=True)
class Tool:
    """One tool, as it is declared to a model."""

    name: str
    kind: str
    """What it does, one of `line.events.TOOL_KINDS`."""
    description: str
    parameters: _Schema
    """A JSON schema; only `string`, `integer`, `boolean`, which every maker understands."""
    writes: bool
    """Whether it is made to change files, so that a session that only reads is not given it."""


def _text(description: str) -> _Schema:
    return {"type": "string", "description": description}


def _whole(description: str, most: int, least: int = 1) -> _Schema:
    return {"type": "integer", "description": description, "minimum": least, "maximum": most}


def _flag(description: str) -> _Schema:
    return {"type": "boolean", "description": description}


def _arguments(*required: str, **properties: _Schema) -> _Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_PATH: Final = "Path below the working directory, which is the root of the repository."

_ALL: Final = (
    Tool(
        "read_file",
        "read",
        "Read a text file. The first line of the answer stands in brackets, is not of the file and "
        "says which lines follow; the others are the file, without line numbers, so that they can "
        "be given to edit_file as they are.",
        _arguments(
            "path",
            path=_text(_PATH),
            offset=_whole("The first line to read; the first line of a file is 1.", 2**31),
            limit=_whole(f"How many lines to read at most; {MOST_LINES} if left out.", 2**31),
        ),
        writes=False,
    ),
    Tool(
        "write_file",
        "edit",
        "Write a whole file: a new one, with the folders above it, or in the place of the one "
        "there. To change a part of a file use edit_file.",
        _arguments(
            "path",
            "content",
            path=_text(_PATH),
            content=_text("The whole new content of the file."),
        ),
        writes=True,
    ),
    Tool(
        "edit_file",
        "edit",
        "Replace a piece of text in a file. old_text must be in the file exactly once, with its "
        "indentation, so give as many lines around the change as make it unique; or set "
        "replace_all to change every place.",
        _arguments(
            "path",
            "old_text",
            "new_text",
            path=_text(_PATH),
            old_text=_text("The text to be replaced, as it stands in the file."),
            new_text=_text("What stands in its place; empty to delete it."),
            replace_all=_flag("Replace every place where old_text stands; false if left out."),
        ),
        writes=True,
    ),
    Tool(
        "list_files",
        "search",
        "List files and folders as an indented tree; folders end with a slash. What .gitignore "
        "names is left out. With `glob` the paths of all files that match are listed.",
        _arguments(
            path=_text(f"The folder to list. {_PATH} The root if left out."),
            depth=_whole("How many levels of folders to show; 3 if left out.", 100),
            glob=_text("Only files that match, for example `**/*.py` or `src/**/test_*`."),
            ignored=_flag("Also what .gitignore names; false if left out."),
        ),
        writes=False,
    ),
    Tool(
        "search",
        "search",
        "Search the text of files by a regular expression, line by line. The answer has, for each "
        "file, its path and below it the lines that match with their numbers. What .gitignore "
        "names and files that are no text are left out.",
        _arguments(
            "pattern",
            pattern=_text("A regular expression, or plain text with `literal`."),
            path=_text(f"The folder or file to search. {_PATH} The root if left out."),
            glob=_text("Only files that match, for example `*.py` or `src/**/*.ts`."),
            literal=_flag("The pattern is plain text; false if left out."),
            ignore_case=_flag("Upper and lower case are the same; false if left out."),
            context=_whole("Lines to show before and after each match; 0 if left out.", 20, 0),
            limit=_whole("How many matches to show at most; 100 if left out.", MOST_MATCHES),
        ),
        writes=False,
    ),
    Tool(
        "run_command",
        "execute",
        "Run a command by `sh -c` in the root of the repository, without input and terminal; the "
        "answer has its exit code and its output, both streams as they came. Of long output only "
        "the beginning and the end are kept: filter it in the command. What still runs in the "
        "background when the command ends is ended; start a server that is to go on with "
        "`setsid SERVER >server.log 2>&1 &`.",
        _arguments(
            "command",
            command=_text("The command, as one text for the shell."),
            folder=_text(f"The folder to run it in. {_PATH} The root if left out."),
            timeout=_whole(
                f"Seconds after which it is ended; {DEFAULT_SECONDS} if left out.", MOST_SECONDS
            ),
        ),
        writes=False,
    ),
    Tool(
        "apply_patch",
        "edit",
        "Change several places or files at once: all of them, or none if one does not fit. Either "
        "the format `*** Begin Patch` / `*** Update File: PATH` (or Add File, Delete File, "
        "`*** Move to: PATH`) / `@@ LINE ABOVE` / lines that begin with space, - or + / "
        "`*** End Patch`, or a unified diff as git makes it.",
        _arguments("patch", patch=_text("The whole patch.")),
        writes=True,
    ),
)

TOOLS: Final[Mapping[str, Tool]] = MappingProxyType({tool.name: tool for tool in _ALL})
"""Every tool, by its name. `run_command` may change files, too: in a session that only reads they
are not kept, and tests have to be run there as well."""


def request(tool: str, args: Mapping[str, object]) -> ToolRequest:
    """Return what a call asks to be allowed, for `permission.decide`; whatever a model has sent."""
    kind = TOOLS[tool].kind if tool in TOOLS else "other"
    command, patch, folder = args.get("command"), args.get("patch"), args.get("folder")
    paths = [path for path in (args.get("path"), folder) if isinstance(path, str)]
    if isinstance(patch, str):
        paths += patch_paths(patch)
    return ToolRequest(
        kind,
        command if kind == "execute" and isinstance(command, str) else None,
        tuple(paths),
        folder=folder if isinstance(folder, str) else "",
    )
