"""The branch of the user that a run lands in, its checkout, and what stands against touching it.

The user may be at work in that checkout; what they have not committed is never at risk (promise
G7).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wf_tui.errors import GitError, RefusedError, UnknownNameError, WfError
from wf_tui.git.control.changed_files import Entry
from wf_tui.git.path_bytes import decode_path
from wf_tui.git.refs import BRANCHES, branch_ref
from wf_tui.git.runner import Argument, Completed, git
from wf_tui.git.stale_locks import locked_since
from wf_tui.git.user.checkouts import Checkout, find_checkout, is_rebased, operation_in_progress
from wf_tui.git.user.overwrite import filtered_files, overwritten_files
from wf_tui.git.user.ownership import give_to_owner
from wf_tui.git.user_config import checkout_settings, programs_environment
from wf_tui.text import clean, listed

__all__ = ["Target", "Uncommitted", "branch_commit", "find_target", "listed_files"]

_NAMED: Final = 5
_ASKED: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
}
"""How the user's own git is asked: it writes nothing, and starts no watcher of files."""


@dataclass(frozen=True)
class Uncommitted:
    """A tracked file that is not as the commit has it, in the checkout or already in the index."""

    path: str
    staged: bool


@dataclass(frozen=True)
class Target:
    """A branch of the user, the worktree that has it checked out, and how git works there.

    Without a checkout only the branch moves. Made and used within one command of a person, on the
    main thread; the scheduler has none.
    """

    common_dir: Path
    branch: str
    checkout: Checkout | None
    settings: Mapping[str, str]
    variables: Mapping[str, str]
    environ: Mapping[str, str]
    """The user's environment, for what their own git is asked."""

    @property
    def git_dir(self) -> Path:
        """The git directory that is the checkout's own: settings can hold for it alone."""
        return self.checkout.git_dir if self.checkout else self.common_dir

    def git(
        self,
        *words: Argument,
        stdin: bytes = b"",
        ok: Collection[int] | None = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run git on the user's repository, in the checkout where there is one.

        This is the one git of wf with a worktree of the user's: `settings` are theirs, as far as
        they say how files look.
        """
        return git(
            *words,
            git_dir=self.git_dir,
            work_tree=self.checkout.path if self.checkout else None,
            cwd=self.checkout.path if self.checkout else None,
            stdin=stdin,
            ok=ok,
            settings=self.settings,
            variables={**self.variables, **(variables or {})},
        )

    def check(
        self, tree: str, entries: Collection[Entry], *, merges: bool, branch: str = "BRANCH"
    ) -> None:
        """Refuse a landing of these changes that would touch what the user has not committed.

        `tree` is what the checkout shall hold, `entries` what differs from now, `merges` says
        whether a merge commit is to be made: then git wants nothing in the index, and so does wf.
        `branch` is that of the run, for the hint.
        Raises `RefusedError` with what to do; nothing is written. The cheapest questions come
        first.
        """
        if self.checkout is None:
            return
        where = clean(str(self.checkout.path))
        if what := operation_in_progress(self.checkout):
            raise RefusedError(f"{what} is under way in {where}", "finish or abort it")
        lock = self.checkout.git_dir / "index.lock"
        if lock.exists():
            raise RefusedError(
                f"another git is running in {where}, or died there{locked_since(lock)}",
                f"wait for it; where there is none, remove {lock}",
            )
        coming = {entry.path for entry in entries}
        changed = self.uncommitted()
        way_out = "commit or stash them, or land into another branch: --into"
        if touched := [one.path for one in changed if one.path in coming]:
            what = "changes that are not committed, in files that the run changed, too"
            raise RefusedError(f"{where} has {what}: {listed_files(touched)}", way_out)
        if merges and (staged := [one.path for one in changed if one.staged]):
            what = "changes that are staged, and git merges with none of these"
            raise RefusedError(f"{where} has {what}: {listed_files(staged)}", way_out)
        if names := overwritten_files(self.checkout.path, entries):
            shown = listed_files(names)
            raise RefusedError(
                f"files that git does not track would be overwritten in {where}: {shown}",
                "move them away",
            )
        if names := filtered_files(self.git, tree, entries):
            raise RefusedError(
                f"git filters, which wf does not run, are to write {listed_files(names)}",
                f"merge the branch of the run by hand: git merge {branch}",
            )

    def move(
        self, old: str, tree: str, commit: Callable[[], str], message: str, who: Mapping[str, str]
    ) -> str:
        """Move the checkout, then the branch; in this order, as git does it. Return the commit.

        `commit` is called once the files of `tree` are there. Where it fails, or the branch has
        moved meanwhile, the checkout goes back. `who` are the variables that name the user in the
        reflog. Raises `RefusedError`, and `GitError` where git fails in the middle of writing.
        """
        self._bring_files(old, tree)
        try:
            new = commit()
            words = ("update-ref", "--no-deref", "-m", message, "--end-of-options")
            done = self.git(*words, branch_ref(self.branch), new, old, ok=None, variables=who)
            if done.status:
                raise RefusedError(f"{clean(self.branch)} cannot be moved: {done.complaint}")
        except WfError:
            self._bring_files(tree, old)
            raise
        give_to_owner(self.common_dir, branch_ref(self.branch))
        return new

    def _bring_files(self, old: str, new: str) -> None:
        """Bring the files of the checkout to another commit; git holds its lock meanwhile."""
        if self.checkout is None:
            return
        # A file that was only touched would count as changed, and read-tree refuse it.
        self.git("update-index", "-q", "--refresh", ok=None)
        words = ("-m", "-u", "--end-of-options", old, new)
        # Tried first without writing: half of the files of another commit is the worst of all ends.
        trial = self.git("read-tree", "-n", *words, ok=None)
        if trial.status:
            raise RefusedError(f"git does not bring the checkout along: {trial.complaint}")
        done = self.git("read-tree", *words, ok=None)
        if done.status:
            raise GitError(f"git failed while writing files: {done.complaint}", "see git status")

    def uncommitted(self) -> tuple[Uncommitted, ...]:
        """Return the tracked files that differ from the commit that is checked out.

        Those of the index count, too. What git does not track is asked for by `overwritten_files`.
        """
        words = (
            *("status", "--porcelain=v1", "-z", "--no-renames"),
            *("--untracked-files=no", "--ignore-submodules=dirty"),
        )
        found = self.git(*words).records
        return tuple(Uncommitted(decode_path(one[3:]), one[:1] != b" ") for one in found)

    def ask_users_git(self, *words: Argument) -> Completed:
        """Run git in the checkout with the user's configuration; any status is an answer.

        For their hooks alone, and for where these are. Programs that the configuration names can
        run, so never for what asks about files.
        """
        return git(
            *words,
            git_dir=self.git_dir,
            work_tree=self.checkout.path if self.checkout else None,
            cwd=self.checkout.path if self.checkout else None,
            ok=None,
            environment={**programs_environment(self.environ), **_ASKED},
        )


def branch_commit(common_dir: Path, branch: str) -> str:
    """Return the commit that a branch of the user points to; only a plain branch will do.

    No object is looked for: a missing one could make git run what a promisor remote names. Raises
    `UnknownNameError`, with the names that come near, and `RefusedError` for a symbolic ref.
    """
    form = "--format=%(refname:lstrip=2)%00%(objectname)%00%(symref)"
    lines = git("for-each-ref", form, BRANCHES, git_dir=common_dir).text.split("\n")
    known = {name: rest for name, *rest in (line.split("\0") for line in lines if line)}
    if branch not in known:
        raise UnknownNameError("branch", branch, known)
    commit, target = known[branch]
    if target:
        raise RefusedError(f"{clean(branch)} is a symbolic ref", "name the branch itself")
    return commit


def find_target(
    common_dir: Path,
    branch: str,
    environ: Mapping[str, str],
    variables: Mapping[str, str],
    start: Path | None = None,
) -> Target:
    """Return a branch of the user as a target; refuse one that is in use in an unclear way.

    `variables` are for all git that runs there. `environ` is the user's environment, which says
    where their configuration is, `start` the folder that they are in. Raises `RefusedError`.
    """
    ref = branch_ref(branch)
    if is_rebased(common_dir, ref):
        raise RefusedError(f"{clean(branch)} is being rebased or bisected", "finish that first")
    checkout = find_checkout(common_dir, ref, start)
    settings = checkout_settings(checkout.git_dir if checkout else common_dir, environ)
    variables = {**variables, "GIT_ALLOW_PROTOCOL": ""}  # what is missing is not fetched
    return Target(common_dir, branch, checkout, settings, variables, environ)


def listed_files(paths: Collection[str]) -> str:
    """Return the first few of many paths for a refusal, and how many more files there are."""
    return listed(paths, _NAMED, limit=200, noun="file")
