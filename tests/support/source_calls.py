"""Which programs, and which commands of git, source runs: read from its text."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["UNKNOWN", "git_commands", "process_starts"]

UNKNOWN = "?"
"""A command that cannot be told from the text."""

_RUNNERS = frozenset({"ask_users_git", "git", "_user_git"})
_TWO_WORDS = frozenset({"worktree"})
"""Commands that say only with their second word what they do."""
_STARTERS = re.compile(
    r"subprocess\.(run|Popen|call|check_call|check_output|getoutput|getstatusoutput)"
    r"|os\.(system|popen|fork|forkpty|exec\w+|spawn\w+|posix_spawnp?)"
    r"|pty\.(spawn|fork)|asyncio\.create_subprocess_\w+"
)
_MAY_START = re.compile(r"subprocess|system|popen|fork|exec|spawn|shell|import (os|pty|asyncio) as")
"""A text without any of these starts nothing: few modules have to be parsed."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def process_starts(source: str) -> set[str]:
    """Return the calls that start a process, and the names that hide one: `from os import fork`."""
    found: set[str] = set()
    if not _MAY_START.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(ast.Name(owner), name) if _STARTERS.fullmatch(f"{owner}.{name}"):
                found.add(f"{owner}.{name}")
            case ast.Attribute(attr="subprocess_exec" | "subprocess_shell"):
                found.add(ast.unparse(node))
            case ast.ImportFrom(module=("subprocess" | "os" | "pty" | "asyncio") as module):
                every = (f"{module}.{each.name}" for each in node.names)
                found |= {f"from {name}" for name in every if _STARTERS.fullmatch(name)}
            case ast.Import():
                found |= {f"as {each.asname}" for each in node.names if _is_hidden(each)}
            case ast.keyword(arg="shell", value=ast.Constant(True)):
                found.add("shell=True")
    return found


def _is_hidden(module: ast.alias) -> bool:
    return module.asname is not None and module.name in {"subprocess", "os", "pty", "asyncio"}


def git_commands(source: str) -> set[str]:
    """Return the commands that are given to `git`, and to functions that hand them on to it.

    The command is the first word of the call, or of a sequence that the call unpacks. What cannot
    be followed is `UNKNOWN`, so that nobody hides a command by writing it in another way.
    """
    found: set[str] = set()
    if "git" not in source:
        return found
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, _Function)]
    handing_on = [one for one in functions if _hands_on(one)]
    runners = _RUNNERS | {one.name for one in handing_on}
    # Walked from the outside in, so that the innermost function is what remains.
    around = {inner: one for one in functions for inner in ast.walk(one)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        innermost = around.get(call)
        if _called(call) in runners and innermost not in handing_on:
            # A function that hands on may take where to run it, before the words.
            words = [word for word in call.args if not isinstance(word, ast.Name)]
            found |= set(_commands(words, innermost, tree))
        found |= set(_commands_of_gitpython(call))
    return found


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _hands_on(function: _Function) -> bool:
    """Whether a function gives its own words, as they come, to what runs git."""
    own = function.args.vararg
    return own is not None and any(
        isinstance(call, ast.Call)
        and _called(call) in _RUNNERS
        and any(ast.unparse(word) == f"*{own.arg}" for word in call.args[:1])
        for call in ast.walk(function)
    )


def _commands_of_gitpython(call: ast.Call) -> Iterator[str]:
    """Yield what GitPython runs: `repo.git.for_each_ref(...)`, `git.Git(folder).init(...)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr == "update_environment":
        return
    match call.func.value:
        case ast.Attribute(attr="git") | ast.Call(ast.Attribute(ast.Name("git"), "Git")):
            yield call.func.attr.replace("_", "-")


def _commands(
    words: Sequence[ast.expr], function: _Function | None, tree: ast.Module
) -> Iterator[str]:
    """Yield each command that these words may be."""
    match words:
        case [ast.Constant("-c"), _, *rest]:
            yield from _commands(rest, function, tree)
        case [ast.Constant(str(word)), ast.Constant(str(second)), *_] if word in _TWO_WORDS:
            yield f"{word} {second}"
        case [ast.Constant(str(word)), *_]:
            yield word
        case [ast.Starred(ast.Tuple(elts=inner) | ast.List(elts=inner)), *rest]:
            yield from _commands([*inner, *rest], function, tree)
        case [ast.Starred(ast.Name(name)), *rest]:
            values = _values(name, function or tree) or _values(name, tree)
            for value in values:
                yield from _commands([ast.Starred(value), *rest], function, tree)
            if not values:
                yield UNKNOWN
        case _:
            yield UNKNOWN


def _values(name: str, scope: ast.AST) -> list[ast.expr]:
    """Return what a name is set to in a function or a module."""
    found: list[ast.expr] = []
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(target)], value=value) if target == name:
                found.append(value)
            case ast.AnnAssign(target=ast.Name(target), value=ast.expr() as value) if (
                target == name
            ):
                found.append(value)
    return found
