"""What in a repository looks different in a worker's tree: one clear line for each."""

import re

from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_names import Kind, Names, read_names
from wf_tui.text import clean, plural

__all__ = ["repo_warnings"]

_SHOWN = 3
_COMMENT = re.compile(rb"^\s*#.*$", re.MULTILINE)
_FILTER = re.compile(rb"(?<![!\w.-])filter=([\w.-]+)")


def repo_warnings(control: Control, commit: str) -> tuple[str, ...]:
    """Return a line for submodules, one for Git LFS and one for each other filter of `commit`."""
    names = read_names(control, commit)
    found = [_submodules(names), *map(_filter_line, sorted(_filters(control, commit, names)))]
    return tuple(line for line in found if line)


def _submodules(names: Names) -> str:
    paths = sorted(clean(path) for path, kind in names.walk() if kind is Kind.SUBMODULE)
    if not paths:
        return ""
    shown = ", ".join(paths[:_SHOWN]) + (", ..." if len(paths) > _SHOWN else "")
    return f"{plural(len(paths), 'submodule')} stay empty in worktrees: {shown}"


def _filter_line(name: str) -> str:
    if name == "lfs":
        return "Git LFS files are pointers in worktrees: their content is not fetched"
    return f"the git filter {name!r} is not run: its files are as they are stored"


def _filters(control: Control, commit: str, names: Names) -> set[str]:
    files = [path for path, _ in names.walk() if path.rpartition(b"/")[2] == b".gitattributes"]
    if not files:
        return set()
    asked = b"".join(commit.encode() + b":" + path + b"\0" for path in files)
    content = control.git("cat-file", "--batch", "-z", stdin=asked).stdout
    return {name.decode() for name in _FILTER.findall(_COMMENT.sub(b"", content))}
