"""The user's repository, as it is found when a run starts; nothing here writes to it."""

from pathlib import Path

from wf_tui.errors import GitError, RepositoryError
from wf_tui.git.runner import Completed, git
from wf_tui.text import clean
from wf_tui.values import frozen

__all__ = ["ANY_OWNER", "Repository", "find_repository", "locate"]

ANY_OWNER = {"safe.directory": "*"}
"""Reads of a repository that belongs to somebody else are allowed: nothing of it is run."""


@frozen
class Repository:
    """A repository of the user: where it lies and what is checked out.

    As it was when it was asked for; the user goes on working in it while a run uses this value.
    """

    common_dir: Path
    """The git directory that all its worktrees share."""
    git_dir: Path
    """The worktree's own one, which has its index and what is configured for it alone."""
    top: Path | None
    """The worktree it was found from; None for a bare repository."""
    name: str
    object_format: str
    """`sha1` or `sha256`."""
    head: str
    """The commit that is checked out, by its whole name."""
    branch: str | None
    """None where HEAD is detached."""
    shallow: bool


def locate(start: Path) -> tuple[Path, str]:
    """Return the git common directory around `start` and the repository's name.

    It costs one call of git and needs no commit: what reads the runs of a repository needs no more.
    Raises `RepositoryError` where there is no repository or git refuses to read it.
    """
    if not start.is_dir():
        raise RepositoryError(f"no such folder: {clean(str(start))}", "name a folder with --repo")
    common_dir = Path(_ask(start, "--path-format=absolute", "--git-common-dir"))
    # Of the common directory alone, so that it is the same seen from every worktree.
    own = common_dir.parent if common_dir.name == ".git" else common_dir
    return common_dir, own.name.removesuffix(".git") or "repository"


def find_repository(start: Path) -> Repository:
    """Return the repository that `start` lies in; raise `RepositoryError` where none can be used.

    Subfolders, linked worktrees, detached heads, bare and shallow repositories all work. Five
    commands of git, none of which looks for an object: a run starts from what HEAD names, whether
    or not its objects are there.
    """
    common_dir, name = locate(start)
    questions = ("--is-inside-work-tree", "--is-shallow-repository", "--show-object-format")
    # The path comes last: it may hold newlines.
    answers = _ask(start, *questions, "--absolute-git-dir")
    inside, shallow, object_format, git_dir = answers.split("\n", len(questions))
    branch = _read(start, "symbolic-ref", "-q", "--short", "HEAD")
    # A bare repository has none, and git fails when it is asked for one.
    top = Path(_ask(start, "--show-toplevel")) if inside == "true" else None
    # Not peeled to a commit: looking for an object may make git run what a promisor remote names.
    head = _read(start, "rev-parse", "--verify", "-q", "--end-of-options", "HEAD")
    if head.status:
        raise RepositoryError(
            f"the repository at {clean(str(start))} has no commit yet",
            "make a first commit: a run starts from one",
        )
    return Repository(
        common_dir=common_dir,
        git_dir=Path(git_dir),
        top=top,
        name=name,
        object_format=object_format,
        head=head.text,
        branch=branch.text if branch.status == 0 else None,
        shallow=shallow == "true",
    )


def _read(start: Path, *arguments: str) -> Completed:
    # Here git discovers the repository: from a folder that the person named, never a worker's.
    return git(*arguments, cwd=start, ok=None, settings=ANY_OWNER)


def _ask(start: Path, *questions: str) -> str:
    # One path a call: a path may hold newlines.
    try:
        done = _read(start, "rev-parse", *questions)
    except GitError as error:
        raise RepositoryError(error.message) from error
    if done.status:
        shown = clean(str(start))
        if b"not a git repository" in done.stderr:
            raise RepositoryError(
                f"no git repository at {shown}", "run wf inside a repository, or name one: --repo"
            )
        raise RepositoryError(f"git cannot read the repository at {shown}: {done.complaint}")
    return done.text
