"""The machine: git, SQLite, the terminal, and the programs on PATH."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from wf_tui.config import load_config
from wf_tui.doctor.finding import Finding, Level, failed
from wf_tui.errors import WfError
from wf_tui.git.runner import find_git, require_version
from wf_tui.ledger.store.sqlite.inspect_file import store_version
from wf_tui.paths import config_path
from wf_tui.variables import passed_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.doctor.finding import Detail

__all__ = ["machine", "terminal"]

_AGENTS: Final = ("codex", "claude", "kimi", "opencode", "qwen", "gemini", "pi")
_NARROW, _LOW = 80, 24
_TRUE_COLOUR: Final = 1 << 24


def machine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what there is on this machine; no program but git is run."""
    yield Finding("wf", Level.OK, f"{version('wf-tui')} on Python {platform.python_version()}")
    yield _git()
    yield Finding("sqlite", Level.OK, f"{store_version()}, which apsw {version('apsw')} brings")
    yield _config(environ)
    yield from _passed_variables(environ)
    yield Finding(
        "sandbox",
        Level.NOTE,
        "none: commands and agents run with your rights, and find what you can read, keys, too",
        "read a plan before you run it; give agents keys that you can revoke",
        {"level": "none"},
    )
    try:
        size = os.get_terminal_size(1)
        columns_and_rows: tuple[int, int] | None = (size.columns, size.lines)
    except OSError:  # the output goes into a file or a pipe
        columns_and_rows = None
    yield terminal(environ, columns_and_rows)
    yield _agents(environ)
    yield _tmux(environ)


def _git() -> Finding:
    try:
        numbers = require_version()
    except WfError as error:
        return failed("git", error)
    text = ".".join(map(str, numbers))
    return Finding("git", Level.OK, f"{text} at {find_git()}", detail={"version": text})


def _config(environ: Mapping[str, str]) -> Finding:
    path = config_path(environ)
    try:
        load_config(environ)
    except WfError as error:
        return failed("settings", error)
    if path is None:
        return Finding("settings", Level.OK, "the defaults: there is no home folder for settings")
    there = path.exists()
    text = str(path) if there else f"the defaults: there is no {path}"
    return Finding("settings", Level.OK, text, detail={"path": str(path), "exists": there})


def _passed_variables(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield which variables the settings pass on from here, by name; nothing where they name none.

    No value is shown, whatever its name looks like.
    """
    try:
        config = load_config(environ)
    except WfError:
        return  # the finding about the settings has said it
    places = [config.pass_env, *(profile.pass_env for profile in config.seats.values())]
    patterns = tuple(dict.fromkeys(pattern for place in places for pattern in place))
    if not patterns:
        return
    here = passed_names(patterns, environ)
    unset = [name for name in patterns if "*" not in name and name not in environ]
    parts = [("set", here), ("not set", unset)]
    text = "; ".join(f"{word}: {', '.join(names)}" for word, names in parts if names)
    level = Level.NOTE if unset else Level.OK
    detail: Detail = {"pass_env": patterns, "set": here, "not_set": unset}
    yield Finding("pass_env", level, text or "no variable matches", detail=detail)


def terminal(environ: Mapping[str, str], size: tuple[int, int] | None) -> Finding:
    """Return what the terminal can show; `size` in columns and rows, None where there is none.

    Colours are what the variables promise, as Textual and Rich understand them: to ask the terminal
    itself would write into it. 0 stands for none.
    """
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR") or term in {"", "dumb"}:
        colours = 0
    elif environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        colours = _TRUE_COLOUR
    else:
        colours = 256 if "256color" in term else 16
    columns, rows = size or (None, None)
    detail: Detail = {"term": term, "colours": colours, "columns": columns, "rows": rows}
    if size is None:
        return Finding("terminal", Level.NOTE, "none here: the board needs one", detail=detail)
    words = f"{term or 'TERM is not set'}, {size[0]}x{size[1]}, "
    words += f"{colours} colours" if colours else "no colours"
    poor = size[0] < _NARROW or size[1] < _LOW or term in {"", "dumb"}
    hint = f"the board is made for {_NARROW}x{_LOW} and more" if poor else ""
    return Finding("terminal", Level.NOTE if poor else Level.OK, words, hint, detail)


def _agents(environ: Mapping[str, str]) -> Finding:
    """Say which agents are on PATH, no more: none is run."""
    found = {name: shutil.which(name, path=environ.get("PATH", "")) for name in _AGENTS}
    here = [name for name, path in found.items() if path]
    gone = [name for name, path in found.items() if not path]
    parts = [("found", here), ("not found", gone)]
    text = "; ".join(f"{word}: {', '.join(names)}" for word, names in parts if names)
    hint = "wf profiles shows which can be used" if here else ""
    return Finding("agents", Level.OK, text, hint, detail=found)


def _tmux(environ: Mapping[str, str]) -> Finding:
    path = shutil.which("tmux", path=environ.get("PATH", ""))
    inside = bool(environ.get("TMUX"))
    text = (path or "not found") + (", and you are in it" if inside else "; wf needs none")
    # It keeps both to itself by default: what is for the terminal around it, and who has the focus.
    options = "set -g allow-passthrough on, set -g focus-events on"
    hint = f"so that the board can call you: {options}" if inside else ""
    return Finding("tmux", Level.OK, text, hint, {"path": path, "inside": inside})
