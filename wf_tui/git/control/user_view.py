"""The user's branches, tags and remotes as a worker may read them: a copy, with nothing secret.

With it `git describe`, `git diff main` and `git merge-base HEAD origin/main` answer in a worktree
of wf as in one of `git worktree`. It is made once, with the run: what the user does later is not in
it, as the objects of that are not in `control.git` either.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from wf_tui.git.config_text import config_section
from wf_tui.git.refs import BRANCHES
from wf_tui.git.remote_urls import absolute_address, strip_credentials
from wf_tui.git.repository import ANY_OWNER, Repository
from wf_tui.git.runner import git
from wf_tui.git.user_config import as_the_user
from wf_tui.paths import write_private
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "BASE_BRANCH",
    "TASK_BRANCH",
    "UserView",
    "laid_out_packed_refs",
    "laid_out_refs",
    "lay_out",
    "read_user_view",
]

TASK_BRANCH: Final = "wf-task"
"""What wf calls the branch that a worker finds checked out."""
BASE_BRANCH: Final = "wf-base"
"""The one beside it that stays where the worker began."""
_FOLDER: Final = "user"
_PACKED: Final = "packed-refs"
_SYMBOLIC: Final = "symbolic-refs"
_CONFIG: Final = "config"
_HEADER: Final = b"# pack-refs with: peeled fully-peeled sorted \n"
# No section is taken as a whole: some of their keys name programs, others hold passwords.
_TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "remote": frozenset({"url", "pushurl", "fetch", "tagopt"}),
    "branch": frozenset({"remote", "merge"}),
    "url": frozenset({"insteadof", "pushinsteadof"}),
    "submodule": frozenset({"url"}),
}
_PLAIN: Final = frozenset({"fetch", "tagopt", "merge"})
_PLACES: Final = frozenset({"url", "pushurl"})
"""Where a path is taken from the top of the worktree."""


@frozen
class UserView:
    """What is laid out in the git directory of each worker."""

    packed_refs: bytes
    """In git's own format, so that 10,000 of them cost a worktree the copy of one file."""
    symbolic: Mapping[str, str]
    """Refs that name another one, such as `refs/remotes/origin/HEAD`."""
    config: str

    def write(self, git_dir: Path) -> None:
        """Keep it in the run's private repository, where none of it is a ref."""
        folder = git_dir / _FOLDER
        folder.mkdir(mode=0o700)
        write_private(folder / _PACKED, self.packed_refs)
        lines = "".join(f"{name} {target}\n" for name, target in self.symbolic.items())
        write_private(folder / _SYMBOLIC, os.fsencode(lines))
        write_private(folder / _CONFIG, os.fsencode(self.config))


def read_user_view(
    repository: Repository, control_dir: Path, environ: Mapping[str, str]
) -> UserView:
    """Return what a worker may see of the user's repository; three commands of git.

    The repository in `control_dir` has the objects already: refs whose objects it lacks are left
    out. `environ` is the user's environment.
    """
    form = "--format=%(objectname) %(refname) %(symref)"
    words = ("for-each-ref", form, BRANCHES, "refs/tags/", "refs/remotes/")
    done = git(*words, git_dir=repository.common_dir, settings=ANY_OWNER)
    lines = (line.split(b" ") for line in done.stdout.splitlines())
    found = [(oid, name, target) for oid, name, target in lines if not _is_own(name)]
    refs = [(oid, name) for oid, name, target in found if not target]
    asked = b"".join(oid + b"^{}\n" for oid, _ in refs)
    check = ("cat-file", "--batch-check=%(objectname)")
    peeled = git(*check, git_dir=control_dir, stdin=asked).stdout.splitlines()
    return UserView(
        packed_refs=_HEADER + b"".join(_packed(refs, peeled)),
        symbolic={os.fsdecode(name): os.fsdecode(target) for _, name, target in found if target},
        config=_config(repository, environ),
    )


def lay_out(control_dir: Path, git_dir: Path) -> str:
    """Put the user's refs into a worker's new git directory; return the configuration for it.

    By plain file writes. A run of an older version has nothing to lay out.
    """
    folder = control_dir / _FOLDER
    if not folder.is_dir():
        return ""
    shutil.copyfile(folder / _PACKED, git_dir / _PACKED)
    for name, target in _symbolic_refs(folder):
        file = git_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"ref: {target}\n")
    return os.fsdecode((folder / _CONFIG).read_bytes())


def laid_out_packed_refs(control_dir: Path) -> bytes:
    """Return the file `packed-refs` that each worker's git directory began with, if any."""
    file = control_dir / _FOLDER / _PACKED
    return file.read_bytes() if file.exists() else b""


def laid_out_refs(control_dir: Path, base: str) -> dict[str, str]:
    """Return every ref that wf has put into a worker's git directory, with what it was set to.

    `control_dir` is the run's private repository, `base` the commit that the worker began from.
    A value is the whole name of an object, or `ref: NAME`, as in the file of a loose ref. Whatever
    differs from it was made by the worker. For whoever looks for work that is in no harvest; no
    command of git.
    """
    found = {BRANCHES + name: base for name in (TASK_BRANCH, BASE_BRANCH)}
    folder = control_dir / _FOLDER
    if folder.is_dir():
        for line in os.fsdecode(laid_out_packed_refs(control_dir)).splitlines():
            if not line.startswith(("#", "^")):
                oid, _, name = line.partition(" ")
                found[name] = oid
        found |= {name: f"ref: {target}" for name, target in _symbolic_refs(folder)}
    return found


def _symbolic_refs(folder: Path) -> Iterator[tuple[str, str]]:
    for line in os.fsdecode((folder / _SYMBOLIC).read_bytes()).splitlines():
        name, _, target = line.partition(" ")
        yield name, target


def _is_own(name: bytes) -> bool:
    """Whether a branch of the user has the name of one of the worker's, or lies below it."""
    own = [(BRANCHES + branch).encode() for branch in (TASK_BRANCH, BASE_BRANCH)]
    return any(name == branch or name.startswith(branch + b"/") for branch in own)


def _packed(refs: Iterable[tuple[bytes, bytes]], peeled: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of `packed-refs`, each tag with the commit that it leads to."""
    for (oid, name), commit in zip(refs, peeled, strict=True):
        if not commit.endswith(b" missing"):
            yield oid + b" " + name + b"\n"
            if commit != oid:
                yield b"^" + commit + b"\n"


def _config(repository: Repository, environ: Mapping[str, str]) -> str:
    """Return the remotes, what branches follow and where submodules come from."""
    words = ("config", "--includes", "--show-scope", "-z", "--list")
    env = as_the_user(environ)
    records = git(*words, git_dir=repository.git_dir, ok=None, environment=env).records
    sections: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for scope, record in zip(records[::2], records[1::2], strict=False):
        key, _, value = os.fsdecode(record).partition("\n")
        section, _, rest = key.partition(".")
        subsection, _, name = rest.rpartition(".")
        # What the user has for all repositories, a worker's git reads by itself.
        of_this = scope in {b"local", b"worktree"} and bool(subsection)
        if not of_this or name not in _TAKEN.get(section, ()):
            continue
        title = strip_credentials(subsection, ssh_user=True) if section == "url" else subsection
        shown = _without_secrets(name, value, repository.top or repository.common_dir)
        if title and shown:
            sections.setdefault((section, title), []).append((name, shown))
    return "".join(
        config_section(section, entries, title) for (section, title), entries in sections.items()
    )


def _without_secrets(name: str, value: str, folder: Path) -> str | None:
    """Return a value as a worker may have it, None for an address that may hold a secret."""
    if name in _PLAIN:
        return value
    address = strip_credentials(value, ssh_user=True)
    if address is None or name not in _PLACES:
        return address
    return absolute_address(address, folder)
