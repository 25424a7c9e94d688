"""A run's private repository together with the user's objects: for work on the history of both.

The configuration, attributes and hooks in force are wf's own, as in `control.git`; so a merge
driver of the user's repository is never run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from wf_tui.git.control.control import Control
from wf_tui.git.runner import Argument, Completed, git

__all__ = ["Combined", "combine"]

_OTHERS = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


@dataclass(frozen=True)
class Combined(Control):
    """A `Control` that sees the user's objects as well."""

    own_env: Mapping[str, str]
    """The variables that make it see them."""
    user_env: Mapping[str, str]
    """The variables that make git on the user's repository see the run's objects."""

    def git(
        self,
        *arguments: Argument,
        stdin: bytes = b"",
        ok: Collection[int] | None = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run git on both."""
        every = {**self.own_env, **(variables or {})}
        return git(*arguments, git_dir=self.git_dir, stdin=stdin, ok=ok, variables=every)


def combine(control: Control, common_dir: Path, *, write: bool) -> Combined:
    """Join a run's repository with the user's; only with `write` do new objects go to the user's.

    Then nothing but the user's objects is seen, so that no ref of theirs can ever lack any: the
    run has to be exported.
    """
    objects, shallow = common_dir / "objects", common_dir / "shallow"
    if write:
        own_env, user_env = {"GIT_OBJECT_DIRECTORY": str(objects)}, {}
    else:
        own_env, user_env = ({_OTHERS: _quoted(o)} for o in (objects, control.git_dir / "objects"))
    own_env = {**own_env, "GIT_SHALLOW_FILE": str(shallow) if shallow.is_file() else ""}
    return Combined(
        control.git_dir,
        control.object_format,
        control.base,
        control.ref,
        own_env=own_env,
        user_env=user_env,
    )


def _quoted(path: Path) -> str:
    """Return a path as one entry of a list of alternates, whatever characters it has."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
