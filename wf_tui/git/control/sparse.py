"""Sparse checkouts: which files of a commit a worktree has, where it need not have all of them.

The patterns are git's own, in the file where it looks for them; what a worktree leaves out has a
bit in its index, so that no harvest takes it for deleted.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from wf_tui.git.runner import git
from wf_tui.paths import write_private
from wf_tui.values import field, frozen

__all__ = ["PATTERNS", "Sparse", "cone", "is_sparse", "user_sparse"]

PATTERNS: Final = "info/sparse-checkout"
"""The file in a git directory."""
_SWITCH: Final = "core.sparsecheckout"
_CONE: Final = "core.sparsecheckoutcone"
_ON: Final = frozenset({"true", "yes", "on", "1"})
_SPECIAL: Final = re.compile(r"([\\*?\[])")


@frozen
class Sparse:
    """What worktrees have: patterns, and the settings that make git obey them; none: all files."""

    patterns: bytes = b""
    settings: Mapping[str, str] = field(default_factory=dict)

    def write(self, git_dir: Path) -> None:
        """Put the patterns into a git directory, where there are any."""
        if self.settings:
            write_private(git_dir / PATTERNS, self.patterns)


def is_sparse(settings: Mapping[str, str]) -> bool:
    """Whether git with these settings leaves files out of a worktree."""
    return _SWITCH in settings


def user_sparse(git_dir: Path, config: Mapping[str, str]) -> Sparse:
    """Return what the user's own checkout has; `config` is what their git says, in lower case."""
    file = git_dir / PATTERNS
    if config.get(_SWITCH, "").lower() not in _ON or not file.is_file():
        return Sparse()
    settings = {key: config[key] for key in (_SWITCH, _CONE) if key in config}
    return Sparse(file.read_bytes(), settings | {_SWITCH: "true"})


def cone(git_dir: Path, commit: str, names: Iterable[str]) -> Sparse:
    """Return a checkout with these folders of a commit, and the files in all folders above them.

    Instead of a file its folder is taken; what is not there yet may become a folder. Called once,
    when a run is made.
    """
    wanted = {PurePosixPath(name) for name in names}
    asked = [str(path) for path in wanted]
    words = ("ls-tree", "-z", "--format=%(objecttype) %(path)", "--full-tree", "--end-of-options")
    listed = git(*words, commit, "--", *asked, git_dir=git_dir).records if asked else []
    files = {PurePosixPath(os.fsdecode(r[5:])) for r in listed if r.startswith(b"blob ")}
    folders = {path.parent if path in files else path for path in wanted}
    lines = "".join(f"{line}\n" for line in _cone_lines(folders - {PurePosixPath()}))
    return Sparse(os.fsencode(lines), {_SWITCH: "true", _CONE: "true"})


def _cone_lines(folders: set[PurePosixPath]) -> Iterator[str]:
    """Yield the patterns of a cone, as `git sparse-checkout set --cone` writes them."""
    whole = {path for path in folders if not folders & set(path.parents)}
    above = {parent for path in whole for parent in path.parents} - {PurePosixPath()}
    yield "/*"
    yield "!/*/"
    for path in sorted(above):
        yield f"/{_escaped(path)}/"
        yield f"!/{_escaped(path)}/*/"
    for path in sorted(whole):
        yield f"/{_escaped(path)}/"


def _escaped(path: PurePosixPath) -> str:
    return _SPECIAL.sub(r"\\\1", str(path))
