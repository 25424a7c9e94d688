"""`control.git`: the private repository of one run, where all of its git work happens.

Made from hard links of the user's objects and one ref, with a configuration of wf's own, so that
the user's refs, configuration, hooks and locks are out of reach.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from wf_tui.errors import EnvironmentalError, GitError, RefusedError, RepositoryError
from wf_tui.git.control.caps import CAPS, Caps, read_caps
from wf_tui.git.control.kept_git import KeptGit
from wf_tui.git.control.objects import link_objects
from wf_tui.git.control.sparse import Sparse, cone, is_sparse
from wf_tui.git.control.user_rules import read_settings, read_user_rules
from wf_tui.git.control.user_view import read_user_view
from wf_tui.git.lfs.storage import filter_settings, write_storage
from wf_tui.git.refs import BASE, branch_ref
from wf_tui.git.repository import Repository
from wf_tui.git.runner import Argument, Completed, git
from wf_tui.paths import RunPaths, write_private
from wf_tui.text import plural

__all__ = ["Control", "check_complete", "keeping_git", "make_control", "open_control"]

_LOCAL_NAMES = "foreign"
"""The file in `control.git` that lists them; the name is that of the first release."""
_OID = re.compile(r"[0-9a-f]+")
# What a pattern of `.gitignore` gives a meaning to; a space has one only at the end.
_SPECIAL = re.compile(r"([\\*?\[]| $)")


@dataclass(frozen=True)
class Control:
    """The private repository of a run: its base commit and its integration branch.

    A value, to be used from any thread. Each method is one command of git, some milliseconds,
    and raises `GitError` where git fails, so none belongs on the event loop.
    """

    git_dir: Path
    object_format: str
    base: str
    ref: str
    local_names: tuple[bytes, ...] = field(default=(), kw_only=True)
    """Names in each worktree that wf has put there: no harvest takes what lies at them."""
    variables: Mapping[str, str] = field(default_factory=dict, kw_only=True, compare=False)
    """Environment of every git on this repository, such as a second folder of objects."""
    settings: Mapping[str, str] = field(default_factory=dict, kw_only=True, compare=False)
    """What the user's git says about files: for every git on this repository, and on a worktree."""
    filters: Mapping[str, str] = field(default_factory=dict, kw_only=True, compare=False)
    """For git on a worktree alone: the one filter that wf runs, its own for LFS files."""

    @property
    def has_rules(self) -> bool:
        """Whether the user's own configuration may change how the bytes of any file are stored."""
        attributes = self.git_dir / "info" / "attributes"
        return bool(self.settings) or attributes.stat().st_size > 0

    caps: Caps = field(default=CAPS, kw_only=True, compare=False)
    """The most that a harvest of the run takes."""
    kept_git: KeptGit | None = field(default=None, kw_only=True, compare=False, repr=False)
    """Git processes that stay, where somebody keeps some, see `keeping_git`."""

    @property
    def kept(self) -> KeptGit | None:
        """What is asked before a git of its own is started; None where there is no such thing.

        Nor where `variables` bend git: processes that stay know this repository alone.
        """
        return None if self.variables else self.kept_git

    @property
    def is_sparse(self) -> bool:
        """Whether worktrees have not all files of their commit."""
        return is_sparse(self.settings)

    @property
    def zero(self) -> str:
        """The object name that means "there is none"."""
        return "0" * len(self.base)

    def git(
        self,
        *arguments: Argument,
        stdin: bytes = b"",
        ok: Collection[int] | None = (0,),
        variables: Mapping[str, str] | None = None,
        attributes: Path | None = None,
    ) -> Completed:
        """Run git on this repository, without a worktree.

        `ok` are the exit statuses that are no failure (None: all), `variables` are added to the
        environment for this command alone. `attributes` is a folder with nothing but the
        `.gitattributes` files that shall hold: a bare repository reads none.
        """
        return git(
            *arguments,
            git_dir=self.git_dir,
            work_tree=attributes,
            cwd=attributes,
            stdin=stdin,
            ok=ok,
            settings=self.settings,
            variables={**self.variables, **(variables or {})},
        )

    def head(self) -> str:
        """Return the commit that the integration branch points to, read anew each time.

        Only the integrator moves it, but a person can, too: never keep it over a step.
        """
        return self._peeled(self.ref, "commit")

    def resolve(self, name: str) -> str | None:
        """Return the object that a ref or object name means, or None where there is none.

        A name that is an object's whole name already comes back as it is, whether or not the object
        is there; ask for `NAME^{commit}` to know that.
        """
        if len(name) == len(self.base) and _OID.fullmatch(name):
            return name
        if self.kept and (found := self.kept.find(name)):
            return found[0]
        # 128 is where git stumbles over damage on its way: nothing to build on either.
        done = self.git("rev-parse", "--verify", "-q", "--end-of-options", name, ok=(0, 1, 128))
        return done.text if done.status == 0 else None

    def tree_of(self, commit: str) -> str:
        """Return the object name of a commit's tree."""
        return self._peeled(commit, "tree")

    def _peeled(self, name: str, kind: str) -> str:
        peeled = f"{name}^{{{kind}}}"
        if self.kept and (found := self.kept.find(peeled)):
            return found[0]
        return self.git("rev-parse", "--verify", "--end-of-options", peeled).text

    def contains(self, commit: str, *, head: str | None = None) -> bool:
        """Whether the integration branch (or `head`) has `commit` in its history.

        Raises `GitError` where either is unknown here, rather than saying no.
        """
        question = ("merge-base", "--is-ancestor", commit, head or self.ref)
        return self.git(*question, ok=(0, 1)).status == 0

    def is_between(self, old: str, commit: str) -> bool:
        """Whether `commit` descends from `old` and is in the integration branch's history.

        Of a commit that this repository has never heard of, such as one of the user's: False.
        """
        # `merge-base` fails on an unknown commit as it does on a damaged repository; so ask first.
        if self.resolve(commit + "^{commit}") is None:
            return False
        question = ("merge-base", "--is-ancestor", old, commit)
        return self.git(*question, ok=(0, 1)).status == 0 and self.contains(commit)

    def move(self, ref: str, new: str, old: str) -> bool:
        """Point `ref` to `new` if it points to `old` now (zeros: it does not exist).

        The one compare-and-swap that promise G6 rests on: git takes the ref's lock, compares, and
        renames. Returns False where it did not move; why, only a new look at the ref can tell.
        """
        if self.kept and self.kept.move(ref, new, old):
            return True
        return self._move(ref, new, old).status == 0

    def create(self, ref: str, commit: str) -> None:
        """Make a ref that never moves; one that says the same already is left as it is.

        Raises `RefusedError` where it points elsewhere, `GitError` where git cannot write it.
        """
        # Recovery makes a ref again that a killed scheduler has made: the same one is no fault.
        if self.kept and self.kept.move(ref, commit, self.zero):
            return
        done = self._move(ref, commit, self.zero)
        if done.status == 0 or (there := self.resolve(ref)) == commit:
            return
        if there is not None:
            raise RefusedError(f"{ref} exists and points elsewhere")
        raise GitError(f"cannot make {ref}: {done.complaint}", status=done.status)

    def _move(self, ref: str, new: str, old: str) -> Completed:
        # A symbolic ref that somebody has put there is compared itself, and never followed.
        words = ("update-ref", "--no-deref", "--end-of-options", ref, new, old)
        return self.git(*words, ok=None)


def make_control(
    repository: Repository,
    paths: RunPaths,
    branch: str,
    *,
    environ: Mapping[str, str] | None = None,
    local_names: Collection[str] = (),
    sparse: Collection[str] | Literal[False] | None = None,
    caps: Caps = CAPS,
) -> Control:
    """Make a run's private repository at the commit that the user has checked out.

    Called once, when a run is created. `environ` is the user's environment (the process's own by
    default): it says where the user's excludes and attributes are. `local_names` are what will be
    put into each worktree, relative to its top; git in there ignores it. `sparse` are the folders
    that a worktree has; False: all, None: those of the user's own checkout. Raises
    `RepositoryError` where objects of that commit are missing.
    """
    # It is made beside its place and renamed at the end: a killed `wf run` leaves no half of one.
    final, making = paths.control, paths.control.with_name("control.git.new")
    if making.exists():
        shutil.rmtree(making)
    ref = branch_ref(branch)
    draft = Control(making, repository.object_format, repository.head, ref)
    # With the slash in front, and its special characters escaped, a pattern means one path.
    own = "".join("/" + _SPECIAL.sub(r"\\\1", name) + "\n" for name in local_names)
    try:
        environ = os.environ if environ is None else environ
        rules = read_user_rules(repository, environ)
        _initialise(draft, repository, branch)
        if sparse is not None:
            chosen = Sparse() if sparse is False else cone(making, draft.base, sparse)
            rules = replace(rules, sparse=chosen)
        rules.write(making, os.fsencode(own))
        write_private(making / _LOCAL_NAMES, b"\0".join(map(os.fsencode, local_names)))
        read_user_view(repository, making, environ).write(making)
        write_storage(repository, making, environ)
        caps.write(making)
        # Before any ref: what lacks objects must never look like a repository that can be used.
        check_complete(draft)
        draft.create(BASE, draft.base)
        draft.create(ref, draft.base)
        making.rename(final)
    except OSError as error:
        raise EnvironmentalError(f"cannot make {final}: {error.strerror}") from error
    return _control_at(final, repository.object_format, repository.head, ref)


def open_control(paths: RunPaths) -> Control:
    """Return the private repository of a run that was started before; three commands of git.

    For the scheduler at its start, and for each view that shows a diff. Raises
    `EnvironmentalError` where the folder is gone, `GitError` where it is damaged.
    """
    git_dir = paths.control
    if not git_dir.is_dir():
        raise EnvironmentalError(f"the run's repository is gone: {git_dir}")
    object_format = git("rev-parse", "--show-object-format", git_dir=git_dir).text
    base = git("rev-parse", "--verify", "--end-of-options", BASE, git_dir=git_dir).text
    ref = git("symbolic-ref", "HEAD", git_dir=git_dir).text
    return _control_at(git_dir, object_format, base, ref)


@contextlib.contextmanager
def keeping_git(control: Control) -> Iterator[Control]:
    """Give a repository to who asks much of it: with git processes that stay until the block ends.

    For the scheduler; no view asks as much. Leaving the block ends them, and blocks for a moment.
    """
    kept = KeptGit(control.git_dir, control.settings)
    try:
        yield replace(control, kept_git=kept)
    finally:
        kept.close()


def _control_at(git_dir: Path, object_format: str, base: str, ref: str) -> Control:
    """Return the repository in a folder, with what is kept in files of wf's own beside git's."""
    names, settings = _read_local_names(git_dir), read_settings(git_dir)
    return Control(
        git_dir,
        object_format,
        base,
        ref,
        local_names=names,
        settings=settings,
        filters=filter_settings(git_dir),
        caps=read_caps(git_dir),
    )


def _read_local_names(git_dir: Path) -> tuple[bytes, ...]:
    """Return the names of local files; an older run has no such file."""
    try:
        return tuple(filter(None, (git_dir / _LOCAL_NAMES).read_bytes().split(b"\0")))
    except FileNotFoundError:
        return ()


def _initialise(control: Control, repository: Repository, branch: str) -> None:
    """Make the folder with configuration and objects, and no ref."""
    # Without a template: one of the machine's could bring hooks and configuration along.
    git(
        # Shared with nobody, whatever the umask says.
        *("init", "-q", "--bare", "--template=", "--shared=0600", "-b", branch),
        *(f"--object-format={control.object_format}", "--", control.git_dir),
    )
    link_objects(repository.common_dir / "objects", control.git_dir / "objects")
    if repository.shallow:
        # It says where the history ends; without it git takes what is missing for damage.
        shutil.copyfile(repository.common_dir / "shallow", control.git_dir / "shallow")


def check_complete(control: Control) -> None:
    """Refuse a repository that lacks objects of the commit that a run starts from.

    Raises `RepositoryError` with what to do. All names in the commit's tree are walked; no
    content is read, and nothing is fetched.
    """
    words = ("rev-list", "--objects", "--no-object-names", "--missing=print", "--end-of-options")
    # Git ends with 128 where a tree itself is missing, so that it cannot go on below it.
    done = control.git(*words, control.base + "^{tree}", ok=(0, 128))
    missing = done.stdout.count(b"?")
    if done.status or missing:
        what = f"{plural(missing, 'object')} of" if missing else "objects of"
        raise RepositoryError(
            f"{what} the commit {control.base[:12]} are missing (a partial clone, or damage)",
            "fetch them first: git fetch --refetch --no-filter, or make a full clone",
        )
