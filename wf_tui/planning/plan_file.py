"""The file with a plan: where it lies, and that it is there whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.paths import private_folder
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.paths import RepoPaths

__all__ = ["check_output", "new_plan_path", "write_plan", "write_whole"]

_WORDS: Final = 48
_ENDINGS: Final = (".yaml", ".yml")


def check_output(path: Path, *, force: bool) -> None:
    """Refuse a place for a plan before a model is asked for one; raises `UsageError`.

    A file that is there stays without `force`, and nothing but a plain file is written over.
    """
    shown = clean(str(path))
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"-o {shown}: a plan is written as YAML", "let its name end in .yaml")
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise UsageError(f"-o {shown} is no file", "name a file")
    if (path.exists() or path.is_symlink()) and not force:
        raise UsageError(f"-o {shown} is there already", "--force writes over it")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"-o {shown}: there is no folder {clean(str(path.parent))}", "make it")


def new_plan_path(paths: RepoPaths, goal: str) -> Path:
    """Return a file for a plan in the state directory: named after its goal, and not there yet."""
    folder = private_folder(paths.root / "plans")
    words = re.sub(r"[\W_]+", "-", goal.lower())[:_WORDS].strip("-") or "plan"
    path, number = folder / f"{words}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{words}-{number}.yaml"
    return path


def write_plan(path: Path, text: str, *, over: bool, private: bool = True) -> None:
    """Write a plan, all of it or nothing; `over` says whether a file that is there may go.

    Without `private` it is a file of the person's, with the rights of their umask.
    Raises `UsageError` where one is there that may not, `EnvironmentalError` where it cannot be
    written.
    """
    if not over and (path.exists() or path.is_symlink()):
        raise UsageError(f"{clean(str(path))} is there already", "--force writes over it")
    try:
        write_whole(path, text.encode(), private=private)
    except OSError as error:
        raise EnvironmentalError(
            f"cannot write {clean(str(path))}: {error.strerror}", "name another file with -o"
        ) from error


def write_whole(path: Path, content: bytes, *, private: bool = True) -> None:
    """Put content into a file at once: whoever is killed meanwhile leaves what was there before."""
    target = path.resolve()  # a link stays one, and its file is written
    number, name = tempfile.mkstemp(prefix=".wf-", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            if not private:
                umask = os.umask(0)
                os.umask(umask)
                os.fchmod(file.fileno(), 0o666 & ~umask)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
