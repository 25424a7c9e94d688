"""A run's private repository together with the user's objects: for work on the history of both.

The configuration, attributes and hooks in force are wf's own, as in `control.git`; so a merge
driver of the user's repository is never run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wf_tui.git.config_text import quoted
from wf_tui.git.control.control import Control

__all__ = ["Combined", "combine"]

# A variable, not the file `info/alternates`: nothing of the link outlives the command.
_OTHERS = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


@dataclass(frozen=True)
class Combined(Control):
    """A `Control` that sees the user's objects as well.

    For one landing or one look, never kept: what the user deletes later is gone from it, too.
    """

    user_env: Mapping[str, str]
    """The variables that make git on the user's repository see the run's objects."""


def combine(control: Control, common_dir: Path, *, write: bool) -> Combined:
    """Join a run's repository with the user's; only with `write` do new objects go to the user's.

    Then nothing but the user's objects is seen, so that no ref of theirs can ever lack any: the
    run has to be exported before. Without `write`, each sees the other's objects, which is what a
    landing is planned with.
    """
    # Where one of the two is shallow, git has to know where that one's history ends.
    objects, shallow = common_dir / "objects", common_dir / "shallow"
    variables = {"GIT_SHALLOW_FILE": str(shallow) if shallow.is_file() else ""}
    user_env = {}
    if write:
        variables["GIT_OBJECT_DIRECTORY"] = str(objects)
    else:
        variables[_OTHERS] = quoted(str(objects))
        user_env[_OTHERS] = quoted(str(control.git_dir / "objects"))
    return Combined(
        control.git_dir,
        control.object_format,
        control.base,
        control.ref,
        variables=variables,
        settings=control.settings,
        user_env=user_env,
    )
