"""Which permissions wf gives by itself, and which become questions to a person (RULES 5).

Pure but for looking where symlinks lead; stdlib only, since drivers ask here, too. What comes in
was written by an agent: a request that is not understood is never answered by rule.
"""

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePath

__all__ = ["Ask", "Permission", "PermissionRules", "ToolRequest", "decide", "is_protected"]

_SHELL_CHARACTERS = frozenset(";&|<>$()`\n\r")
"""With one of these a text is more than one command, or not the one that it seems to be."""
_GLOB_CHARACTERS = frozenset("*?[")
_GIT = ".git"
_NOWHERE = "/dev/null"
"""Out of the tree by its name alone: claude tells it of every command that throws output away."""
_LOOKS = frozenset({"search", "think"})
"""Tools that change nothing, and may be about no path."""


class Ask(StrEnum):
    """What a person wants to be asked by the workers of a profile."""

    NEVER = "never"
    """Nothing: each permission is given, but for what no rule may allow."""
    COMMANDS = "commands"
    """All but reading, and editing inside the tree."""
    ALL = "all"


@dataclass(frozen=True)
class ToolRequest:
    """What an agent asks to be allowed, as far as it said."""

    kind: str
    """As in ACP: `read edit delete move search execute think fetch switch_mode`, else `other`."""
    command: str | None = None
    """The whole command that it would run."""
    paths: tuple[str, ...] = ()
    """What it would touch, as the agent wrote them; relative ones are below the tree."""
    folder: str = ""
    """Where the command runs, as the agent wrote it; "" for the tree. One of the paths, too."""
    is_choice: bool = False
    """It offers several ways to go on: that is no permission, so no rule can answer it."""


@dataclass(frozen=True)
class PermissionRules:
    """What one profile lets wf answer by itself, for one attempt."""

    tree: str
    """The worktree; permission ends where it ends."""
    ask: Ask = Ask.COMMANDS
    allow: tuple[str, ...] = ()
    """Whole commands, as patterns of `fnmatch`, that need no question."""
    writes: bool = True
    """Whether its task changes files; one that only reads edits nothing by rule."""
    settings: tuple[str, ...] = ()
    """Names of files and folders that set an agent up: who writes them gives itself permissions."""


@dataclass(frozen=True)
class Permission:
    """What the rules say to a request."""

    allowed: bool
    reason: str
    """In a few words, for the transcript: which rule, or why it is a question."""
    by_rule: bool = True
    """Whether a person may answer such a request for good; False: each time anew."""


def decide(request: ToolRequest, rules: PermissionRules) -> Permission:
    """Return whether wf answers a request itself, with allow_once; else it is a question.

    The order decides: what no rule may allow comes before all rules.
    """
    if request.is_choice:
        return Permission(allowed=False, reason="it is a choice", by_rule=False)
    touched = (path for path in request.paths if path != _NOWHERE)
    protected = next((path for path in touched if is_protected(path, rules)), None)
    if protected is not None:
        return Permission(allowed=False, reason=f"protected: {protected}", by_rule=False)
    if rules.ask is Ask.NEVER:
        return Permission(allowed=True, reason="ask = never")
    if request.command is not None:
        pattern = _matching(request.command, request.folder, rules)
        if pattern is not None:
            return Permission(allowed=True, reason=f"allow = {pattern}")
    if rules.ask is Ask.COMMANDS and _stays_inside(request, rules):
        return Permission(allowed=True, reason="ask = commands")
    return Permission(allowed=False, reason=f"ask = {rules.ask}")


def is_protected(path: str, rules: PermissionRules) -> bool:
    """Whether no rule may allow a path: out of the tree, its git data, an agent's own settings.

    Both as it is written and where it leads: a symlink named otherwise is no way around.
    """
    if path.startswith("~") or not _is_name(path):
        return True
    tree = os.path.realpath(rules.tree)
    try:
        real = os.path.realpath(PurePath(rules.tree, path))
    except OSError:  # a symlink vanished while it was followed
        return True
    if os.path.commonpath((tree, real)) != tree:
        return True
    closed = {_GIT, *(name.casefold() for name in rules.settings)}
    names = (*path.split("/"), *os.path.relpath(real, tree).split("/"))
    return any(name.casefold() in closed for name in names)


def _is_name(path: str) -> bool:
    """Whether a file can have such a name; JSON has texts that no path can be."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _stays_inside(request: ToolRequest, rules: PermissionRules) -> bool:
    """Whether it only looks or edits; that its paths are in the tree was seen before.

    Where no path was told, only a search is known to be one of the tree.
    """
    if request.command is not None:
        return False
    if request.kind in _LOOKS:
        return True
    if request.kind == "read":
        return bool(request.paths)
    if not rules.writes:
        return False
    if request.kind == "move":
        return len(request.paths) > 1
    return request.kind == "edit" and bool(request.paths)


def _matching(command: str, folder: str, rules: PermissionRules) -> str | None:
    """Return the first pattern that a command matches, if it is one plain command in the tree."""
    if _SHELL_CHARACTERS & set(command):
        return None
    found = next((one for one in rules.allow if fnmatchcase(command.strip(), one)), None)
    if found is None:
        return None
    words = [*_paths_of(command)]
    if folder:
        # A link of that folder may lead elsewhere than one of the tree with its name.
        words += [f"{folder}/{word}" for word in words if not word.startswith("/")]
    return None if any(_may_leave(word, rules) for word in words) else found


def _paths_of(command: str) -> Iterable[str]:
    """Return what may be a path in a command: its words but the first, and the values of options.

    What cannot be split is one path that nothing allows.
    """
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        return ("~",)
    return [part for word in words for part in (word, word.rpartition("=")[2])]


def _may_leave(word: str, rules: PermissionRules) -> bool:
    """Whether a shell could make a protected path of a word."""
    if "{" in word:  # `{/etc/passwd,x}` is two paths
        return True
    for name in word.split("/"):
        # `.g*` is `.git`, and `.*` was the folder above once.
        if name.startswith(".") and _GLOB_CHARACTERS & set(name):
            return True
    return is_protected(word, rules)
