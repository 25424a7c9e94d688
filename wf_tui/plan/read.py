"""Reading a plan: from a file to a report that holds the plan, or all that is wrong with it."""

import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from wf_tui.errors import nearest
from wf_tui.plan import check
from wf_tui.plan.check_workers import WorkerFacts, unfit_workers, worker_warnings
from wf_tui.plan.document import Document
from wf_tui.plan.foreign.files import Foreign, foreign_text, foreign_value
from wf_tui.plan.foreign.keys import rename_aliases, unknown_keys, unused_keys
from wf_tui.plan.foreign.traps import explained
from wf_tui.plan.formats.json_text import read_json
from wf_tui.plan.formats.script_text import read_script
from wf_tui.plan.formats.toml_text import read_toml
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.plan.report import PARSE_ERROR, Problem, Report
from wf_tui.plan.shape import shape
from wf_tui.plan.tree.form import Form, compile_tree, is_tree

__all__ = ["FORMATS", "MOST_BYTES", "folds_case", "parse_plan", "read_content", "read_plan"]

MOST_BYTES = 10_000_000
"""A plan of 10,000 tasks has 3 MB; what is larger is another kind of file."""

FORMATS: Final = {".json": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}
_SCRIPTS: Final = {".js": "script", ".ts": "script"}
"""What CodeWhale's workflows end in; no plan is written so for wf."""

_TITLES: Final = {"json": "JSON", "toml": "TOML", "yaml": "YAML"}
_START = "start with `goal` and `phases`"
_READERS: Final[dict[str, Callable[[str], Document]]] = {
    "json": read_json,
    "toml": read_toml,
    "yaml": read_yaml,
    "script": read_script,
}


def read_plan(
    path: Path,
    most_bytes: int = MOST_BYTES,
    *,
    lenient: bool = False,
    workers: Mapping[str, WorkerFacts] | None = None,
) -> Report:
    """Read and check the plan in a file; every fault is in the report, none is raised.

    The ending of its name says the format (`FORMATS`). Whether scopes fold case is that of the file
    system that the plan lies on, where the repository usually lies, too. A file of more than
    `most_bytes` bytes is not read. `lenient` and `workers` are those of `parse_plan`.
    """
    name = str(path)
    try:
        content = read_content(path, most_bytes)
    except _RefusedFileError as error:
        return refused(name, error.message, error.hint)
    except OSError as error:
        return refused(name, f"cannot be read: {error.strerror}", hint_for(error, path))
    # Only now: that a file is missing or a folder says more than that its name has no ending.
    format_ = {**FORMATS, **_SCRIPTS}.get(path.suffix.lower())
    if format_ is None:
        if foreign := foreign_text(path.name, content.decode("utf-8", "replace")):
            return Report(name, None, (_refusal(foreign),))
        known = ", ".join(FORMATS)
        # Another ending of three letters is another format, and no misspelling.
        near = nearest(path.suffix, FORMATS) if len(path.suffix) > len(".xml") else None
        hint = f"did you mean {path.stem}{near}?" if near else f"name it with one of {known}"
        ending = f"the unknown ending {path.suffix}" if path.suffix else "no ending"
        return refused(name, f"has {ending}; plans end in {known}", hint)
    try:
        text = content.decode("utf-8-sig")  # some editors begin each file with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return refused(name, "is not UTF-8 text", "save it with the encoding UTF-8", line)
    return parse_plan(
        text,
        format_,
        name,
        fold_case=folds_case(path),
        lenient=lenient,
        workers=workers,
    )


def parse_plan(
    text: str,
    format_: str,
    name: str,
    *,
    fold_case: bool = False,
    lenient: bool = False,
    workers: Mapping[str, WorkerFacts] | None = None,
) -> Report:
    """Read and check the text of a plan; `format_` is json, toml or yaml, `name` is for reports.

    All faults are told at once: the rules look at what is right beside a fault of the shape, too.
    `fold_case` takes scopes `A` and `a` for the same; `lenient` takes unknown keys for warnings.
    `workers` are the profiles of whoever asks: a task that is given to one which cannot do it is a
    fault, a name that is none of them a warning. Without them nothing is said of workers.
    """
    read = _READERS[format_](text)
    if foreign := _foreign_file(read, name, text):
        return Report(name, None, (foreign,))
    document = _explained(read, text)
    if is_tree(document):
        form = compile_tree(document, workers)
        document = form.document
    else:
        document = rename_aliases(document)
        root = document.value if isinstance(document.value, dict) else {}
        unknown, unused = unknown_keys(document, root), unused_keys(document, root)
        form = Form(document, tuple(unknown), tuple(unused))
    warnings = (*(form.unknown if lenient else ()), *form.warnings)
    strict = () if lenient else form.unknown
    shaped = shape(document)
    plan = shaped.plan
    if plan is None:
        return Report(name, None, shaped.errors, (), *known_fields(document))
    plan = plan.model_copy(update={"decided": form.decided})
    found = tuple(form.told(check.faults(document, plan, fold_case=fold_case)))
    if workers is not None:
        found = (*found, *unfit_workers(document, plan, workers))
    errors = (*shaped.errors, *(it for it in found if not shaped.follows(it)), *strict)
    if shaped.errors:
        return Report(name, None, errors, warnings, *known_fields(document))
    warnings = (*warnings, *check.warnings(document, plan))
    if workers is not None:
        warnings = (*warnings, *worker_warnings(document, plan, workers))
    return Report(name, None if errors else plan, errors, warnings, plan.goal, plan.max_concurrent)


def _foreign_file(document: Document, name: str, text: str) -> Problem | None:
    """Return the refusal of a file that is plainly another tool's, or None."""
    if isinstance(document.value, dict | list):
        foreign = foreign_value(document.value)
    else:
        foreign = foreign_text(name, text)
    if foreign is None:
        return None
    found = _refusal(foreign)
    if foreign.line is None and document.value is not None:
        path = (foreign.key,) if foreign.key else ()
        return document.problem(PARSE_ERROR, path, found.message, found.hint)
    return found


def _refusal(foreign: Foreign) -> Problem:
    message = f"this is {foreign.name}, not a plan of wf"
    return Problem(PARSE_ERROR, message, line=foreign.line, hint=foreign.hint)


def _explained(document: Document, text: str) -> Document:
    """Return the document with what its text stopped at named as what it is."""
    if isinstance(document.value, dict | list) or not (document.faults or document.value):
        return document
    *first, last = document.faults or (
        document.problem(PARSE_ERROR, (), "the plan must be a table of keys", _START),
    )
    for format_, reader in _READERS.items():
        other = reader(text) if format_ != document.format else document
        if {"goal", "phases"} & other.table(()).keys() and not text.lstrip().startswith("{"):
            message = f"this is {_TITLES[format_]}, not {_TITLES[document.format]}"
            hint = f"let its name end in .{format_}"
            return replace(document, faults=(*first, replace(last, message=message, hint=hint)))
    named = explained(last, text, document.format)
    if any((it.line, it.message) == (named.line, named.message) for it in first):
        return replace(document, faults=tuple(first))
    return replace(document, faults=(*first, named))


class _RefusedFileError(Exception):
    """This is no file that a plan can be in."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def read_content(path: Path, most_bytes: int) -> bytes:
    """Return what is in the file; raise `_RefusedFileError` for what can hold no plan."""
    # Asked before it is opened: opening a pipe would wait for somebody to write into it.
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _RefusedFileError("is a directory", "name the file of the plan")
    if not stat.S_ISREG(status.st_mode):
        raise _RefusedFileError("is not a regular file", "write the plan to a file first")
    with path.open("rb") as file:
        # One byte more than allowed shows a file that has grown since it was looked at.
        content = file.read(most_bytes + 1) if status.st_size <= most_bytes else None
    if content is None or len(content) > most_bytes:
        limit = most_bytes // 1_000_000
        raise _RefusedFileError(f"is larger than {limit} MB", "split the plan into several")
    return content


def refused(name: str, message: str, hint: str, line: int | None = None) -> Report:
    """Return the report of a file that was not even parsed; `message` goes on from `the plan`."""
    return Report(name, None, (Problem(PARSE_ERROR, f"the plan {message}", line=line, hint=hint),))


def hint_for(error: OSError, path: Path) -> str:
    """Return what to do about a file that the system does not let be read."""
    if isinstance(error, PermissionError):
        return "give yourself the right to read it"
    if not isinstance(error, FileNotFoundError):
        return "check the path"
    try:
        near = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:  # the folder is missing, too
        return f"there is no folder {path.parent}"
    return f"did you mean {path.with_name(near)}?" if near else "check the path"


def folds_case(path: Path) -> bool:
    """Tell whether the file system of the plan takes `A` and `a` for the same name."""
    # Tried out, since a folder of any system can have it either way (ext4, APFS, NTFS).
    other = path.with_name(path.name.swapcase())
    try:
        return other.name != path.name and other.samefile(path)
    except OSError:
        return sys.platform == "win32"


def known_fields(document: Document) -> tuple[str | None, int | None]:
    """Return goal and `max_concurrent` of a plan of the wrong shape, where they can be told."""
    if not isinstance(document.value, dict):
        return None, None
    goal = document.value.get("goal")
    if not isinstance(goal, str):
        goal = None
    most = document.value.get("max_concurrent")
    if isinstance(most, bool) or not isinstance(most, int):  # a bool is an int, too
        most = None
    return goal, most
