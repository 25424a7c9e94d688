"""Reading a plan: from a file to a report that holds the plan, or all that is wrong with it."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wf_tui.errors import nearest
from wf_tui.plan import check
from wf_tui.plan.document import Document
from wf_tui.plan.json_text import read_json
from wf_tui.plan.report import PARSE_ERROR, Problem, Report
from wf_tui.plan.shape import shape
from wf_tui.plan.toml_text import read_toml
from wf_tui.plan.yaml_text import read_yaml

__all__ = ["FORMATS", "MOST_BYTES", "parse_plan", "read_plan"]

MOST_BYTES = 10_000_000
"""A plan of 10,000 tasks has 3 MB; what is larger is another kind of file."""

FORMATS: Final = {".json": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}

_READERS: Final[dict[str, Callable[[str], Document]]] = {
    "json": read_json,
    "toml": read_toml,
    "yaml": read_yaml,
}


def read_plan(path: Path, most_bytes: int = MOST_BYTES) -> Report:
    """Read and check the plan in a file; every fault is in the report, none is raised."""
    name = str(path)
    try:
        content = _content(path, most_bytes)
    except _RefusedFileError as error:
        return _refused(name, error.message, error.hint)
    except OSError as error:
        return _refused(name, f"cannot be read: {error.strerror}", _hint_for(error, path))
    format_ = FORMATS.get(path.suffix.lower())
    if format_ is None:
        return _refused(name, *_unknown_format(path))
    try:
        text = content.decode("utf-8-sig")  # some editors begin each file with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _refused(name, "is not UTF-8 text", "save it with the encoding UTF-8", line)
    return parse_plan(text, format_, name, fold_case=_folds_case(path))


def parse_plan(text: str, format_: str, name: str, *, fold_case: bool = False) -> Report:
    """Read and check the text of a plan; `format_` is json, toml or yaml, `name` is for reports."""
    document = _READERS[format_](text)
    shaped = shape(document)
    plan = shaped.plan
    if plan is None:
        goal, most = _known_fields(document)
        return Report(name, None, shaped.errors, shaped.warnings, goal, most)
    errors = check.faults(document, plan, fold_case=fold_case)
    warnings = (*shaped.warnings, *check.warnings(document, plan))
    checked = None if errors else plan
    return Report(name, checked, errors, warnings, plan.goal, plan.max_concurrent)


class _RefusedFileError(Exception):
    """This is no file that a plan can be in."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def _content(path: Path, most_bytes: int) -> bytes:
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


def _refused(name: str, message: str, hint: str, line: int | None = None) -> Report:
    return Report(name, None, (Problem(PARSE_ERROR, f"the plan {message}", line=line, hint=hint),))


def _unknown_format(path: Path) -> tuple[str, str]:
    known = ", ".join(FORMATS)
    near = nearest(path.suffix, FORMATS) if path.suffix else None
    hint = f"did you mean {path.stem}{near}?" if near else f"name it with one of {known}"
    ending = f"the unknown ending {path.suffix}" if path.suffix else "no ending"
    return f"has {ending}; plans end in {known}", hint


def _hint_for(error: OSError, path: Path) -> str:
    if isinstance(error, PermissionError):
        return "give yourself the right to read it"
    if not isinstance(error, FileNotFoundError):
        return "check the path"
    try:
        near = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return f"there is no folder {path.parent}"
    return f"did you mean {path.with_name(near)}?" if near else "check the path"


def _folds_case(path: Path) -> bool:
    """Tell whether the file system of the plan takes `A` and `a` for the same name."""
    other = path.with_name(path.name.swapcase())
    try:
        return other.name != path.name and other.samefile(path)
    except OSError:
        return sys.platform == "win32"


def _known_fields(document: Document) -> tuple[str | None, int | None]:
    if not isinstance(document.value, dict):
        return None, None
    goal, most = document.value.get("goal"), document.value.get("max_concurrent")
    return (
        goal if isinstance(goal, str) else None,
        most if isinstance(most, int) and not isinstance(most, bool) else None,
    )
