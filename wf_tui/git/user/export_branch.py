"""The branch of the user that a run is exported to: what is asked of it before it moves.

Each answer may be old at once, so the move itself is a compare-and-swap all the same.
"""

from wf_tui.git.refs import short_branch
from wf_tui.git.repository import ANY_OWNER, Repository
from wf_tui.git.runner import Argument, Completed, git
from wf_tui.git.user.checkouts import is_checked_out, is_rebased
from wf_tui.values import frozen

__all__ = ["ExportBranch", "Obstacle"]


@frozen
class Obstacle:
    """Why a branch must not be moved now, as a clause for a person; and the command that helps."""

    reason: str
    hint: str


@frozen
class ExportBranch:
    """A branch in the user's repository by its whole name, whether it is there yet or not.

    Made for one export. Each method asks git anew, since the user works in there meanwhile, and
    raises `GitError` where git cannot answer. No question writes.
    """

    repository: Repository
    ref: str

    def git(self, *words: Argument, ok: tuple[int, ...] | None = (0,)) -> Completed:
        """Run git on the user's repository, without a worktree.

        For reading, and for the one `update-ref` of an export. `ok` as in `git.runner`.
        """
        return git(*words, git_dir=self.repository.common_dir, ok=ok, settings=ANY_OWNER)

    def commit(self) -> str | None:
        """Return what the ref itself holds, or None; a symbolic one holds no commit."""
        if self.is_symbolic():
            return None
        # Also of a commit that is missing, which `show-ref` takes for no branch.
        words = ("rev-parse", "--verify", "-q", "--end-of-options", self.ref)
        done = self.git(*words, ok=(0, 1, 128))
        return done.text if done.status == 0 else None

    def is_symbolic(self) -> bool:
        """Whether the ref leads to another one, so that a move would move what nobody spoke of."""
        return self.git("symbolic-ref", "-q", self.ref, ok=None).status == 0

    def obstacle(self, current: str | None, expected: str | None) -> Obstacle | None:
        """Return why the branch must not be moved now, or None.

        `current` is what `commit` returned, `expected` what the last export left there. What the
        user has done with the branch since is theirs (promise G7).
        """
        name = short_branch(self.ref)
        if self.is_symbolic():
            return Obstacle("the branch is a symbolic ref", f"git symbolic-ref -d {self.ref}")
        if current != expected and current is None:
            return Obstacle("the branch was removed", f"git branch {name} {expected}")
        if current != expected:
            keep = f"git branch -m {name} NAME keeps what it is now"
            back = f"; git branch {name} {expected} then puts it back" if expected else ""
            return Obstacle("the branch was moved", keep + back)
        if is_checked_out(self.repository.common_dir, self.ref):
            return Obstacle("the branch is checked out", "check out another branch there")
        if is_rebased(self.repository.common_dir, self.ref):
            return Obstacle("the branch is being rebased or bisected", "finish that, or abort it")
        return None

    def has_commit(self, commit: str) -> bool:
        """Whether the user's repository has the object of this commit, be it reachable or not."""
        return self.git("cat-file", "-e", commit, ok=None).status == 0

    def has_all_objects(self, commit: str, since: str) -> bool:
        """Whether it has all that `commit` needs; what `since` needs is taken for granted.

        That costs as much as there is between the two, not as much as the history.
        """
        known = (f"^{since}",) if self.has_commit(since) else ()
        words = ("rev-list", "--objects", "--quiet", commit, *known, "--")
        return self.git(*words, ok=None).status == 0
