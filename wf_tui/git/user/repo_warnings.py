"""What in a repository looks different in a worker's tree: one clear line for each.

No filter of the user's runs for a worktree, and no submodule is fetched.
"""

import re

from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_names import Kind, Names, read_names
from wf_tui.git.control.user_rules import read_idle_filters, read_user_attributes
from wf_tui.text import clean, plural

__all__ = ["repo_warnings"]

_SHOWN = 3
_COMMENT = re.compile(rb"^\s*#.*$", re.MULTILINE)
_FILTER = re.compile(rb"(?<![!\w.-])filter=([\w.-]+)")


def repo_warnings(control: Control, commit: str) -> tuple[str, ...]:
    """Return a line for submodules, one for Git LFS and one for each other filter of `commit`.

    Printed once, when a run is made, and by `wf doctor`: none of it stops a run.
    """
    names = read_names(control, commit)
    lines = []
    submodules = sorted(clean(path) for path, kind in names.walk() if kind is Kind.SUBMODULE)
    if submodules:
        shown = ", ".join(submodules[:_SHOWN]) + (", ..." if len(submodules) > _SHOWN else "")
        stay = "stays" if len(submodules) == 1 else "stay"
        lines.append(f"{plural(len(submodules), 'submodule')} {stay} empty in worktrees: {shown}")
    for name in sorted(_find_filters(control, commit, names)):
        if name == "lfs":
            lines.append(
                "Git LFS files are pointers in worktrees where your repository has not their "
                "content: git lfs fetch gets it"
            )
        else:
            lines.append(
                f"the git filter {name!r} is not run: its files are as they are stored, and a task "
                "that changes one waits for you"
            )
    return tuple(lines)


def _find_filters(control: Control, commit: str, names: Names) -> set[str]:
    """Return the filters that the commit, or the user's own attributes, give to any file."""
    files = [path for path, _ in names.walk() if path.rpartition(b"/")[2] == b".gitattributes"]
    content = read_user_attributes(control.git_dir)
    if files:
        asked = b"".join(commit.encode() + b":" + path + b"\0" for path in files)
        content += control.git("cat-file", "--batch", "-z", stdin=asked).stdout
    found = {name.decode() for name in _FILTER.findall(_COMMENT.sub(b"", content))}
    return found - read_idle_filters(control.git_dir)
