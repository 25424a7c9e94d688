"""What a worker's git directory holds beside the harvest is brought, or keeps its tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wf_tui.git.worktrees.left_work import LeftWork, unfinished
from wf_tui.git.worktrees.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.git.conftest import Run
    from wf_tui.git.worktrees.tree import Tree

OWN = "refs/wf/left/t-1/1/"
WORK = "echo work > new && git add -A && git commit -qm work"
ALL = "git add -A; git commit -qm all"
SQUASH = "git merge -q --squash f; git commit -qm squashed"
BACK = "git checkout -q wf-task"
AWAY = "git reset -q --hard wf-base"
TAGGED = f"{WORK}; git tag v; {AWAY}"


def do(run: Run, tree: Tree, script: str) -> None:
    """Let a worker do this in its tree."""
    name = {"GIT_AUTHOR_NAME": "W", "GIT_AUTHOR_EMAIL": "w", "GIT_COMMITTER_NAME": "W"}
    env = {"PATH": os.environ["PATH"], "HOME": str(run.user.home), "GIT_CONFIG_NOSYSTEM": "1"}
    env |= name | {"GIT_COMMITTER_EMAIL": "w"}
    subprocess.run(["sh", "-ec", script], cwd=tree.path, env=env, check=True, capture_output=True)


def left(run: Run, script: str, own: str = OWN) -> tuple[Tree, LeftWork]:
    """Return a tree in which a worker did this, harvested, and what else was found."""
    tree = run.pool.acquire(run.control.base)
    do(run, tree, script)
    with tree.harvesting(refs=own) as (_, found):
        return tree, found


@pytest.mark.parametrize(
    ("script", "kind", "name"),
    [
        (f"git checkout -qb feature && {WORK} && git checkout -q wf-task", "branch", "feature"),
        ("echo work > new; git add -A; git stash -q", "stash", "stash"),
        ("echo work > new; git stash -qu", "stash", "stash"),
        (f"git checkout -q --detach; {WORK}; git checkout -q wf-task", "reflog", "HEAD"),
        (f"git checkout -q --detach; {WORK}; git rm -q new; git update-ref x HEAD", "head", "HEAD"),
        (f"{WORK}; git tag v1; {AWAY}", "tag", "v1"),
        (f"{WORK}; git tag -m v v2; {AWAY}", "tag", "v2"),
        (f"{WORK}; {AWAY}", "reflog", "HEAD"),
        (f"{WORK}; git checkout -q wf-base", "branch", "wf-task"),
        (f"git worktree add -qb a ../x && cd ../x && {WORK}", "branch", "a"),
        (f"git worktree add -q --detach ../x && cd ../x && {WORK}", "worktree", "x"),
        (
            f"{WORK}; git update-ref refs/notes/x HEAD; {AWAY}",
            "ref",
            "notes/x",
        ),
        (
            f"git checkout -qb f; {WORK}; git checkout -q wf-task; git pack-refs --all; git gc -q",
            "branch",
            "f",
        ),
    ],
)
def test_what_is_left_has_a_ref(run: Run, script: str, kind: str, name: str) -> None:
    """The work is there, under a ref of its own, with all that it needs."""
    _, found = left(run, script)
    (one,) = found.refs
    assert (found.unsaved, one.kind, one.name, one.files) == ("", kind, name, 1)
    assert one.ref == f"{OWN}{kind}-1"
    tips = run.control.git("rev-list", "--all", "--objects").text
    assert " new\n" in tips + "\n"
    run.control.git("fsck", "--connectivity-only", "--strict")


@pytest.mark.parametrize(
    "script",
    [
        "true",
        "git status; git log; git diff",
        WORK,
        f"git checkout -qb feature; {WORK}",
        f"git checkout -q --detach; {WORK}",
        f"{WORK}; echo more > new",
        f"{WORK}; echo more > new; git commit -qa --amend -m better",
        f"{WORK}; echo a > a; {ALL}; git rebase -q --onto wf-base HEAD~1; {WORK}",
        f"{WORK}; git checkout -qb f; echo b > b; {ALL}; {BACK}; {SQUASH}; : > c",
        f"{WORK}; git reset -q --soft HEAD~1; echo more > new; git add -A; git commit -qm w",
        "echo work > new; git add -A; git stash -q; git stash pop -q",
        "git checkout -qb empty; git checkout -q wf-task; git tag here",
        f"{WORK}; git revert --no-edit HEAD",
        "git fetch -q . wf-base:refs/remotes/origin/x",
    ],
)
def test_what_the_harvest_took_is_not_left(run: Run, script: str) -> None:
    """An agent that commits, amends, rebases, squashes or stashes on its way makes no noise."""
    tree, found = left(run, script)
    assert found == LeftWork()
    assert run.pool.release(tree)
    assert run.pool.acquire(run.control.base).number == tree.number


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("git worktree add -qb a build/x; echo work > build/x/new", "uncommitted files in the"),
        ("git worktree add -qb a ../x; echo work > ../x/new", "files in the worktree ../x"),
        (f"mkdir build; cd build; git init -q; {WORK}", "commits in the repository build"),
        (f"rm .git; git init -q; {WORK}", "commits in a repository of its own"),
        ("rm $G/HEAD; mkfifo $G/HEAD", "one of its files is not a file"),
        ("ln -s / $G/refs/heads/x", "it cannot be read"),
        ("rm -rf $G/refs; ln -s / $G/refs", "it cannot be read"),
        ("git refs migrate --ref-format=reftable || mkdir $G/reftable", "a format that wf does"),
        (
            f"{TAGGED}; echo / >> $G/objects/info/alternates",
            "its objects are read from elsewhere",
        ),
        (
            f"{TAGGED}; mkfifo $G/objects/pack/x.idx",
            "one of its objects is no file",
        ),
        (
            f"{TAGGED}; rm -r $G/objects/pack; ln -s / $G/objects/pack",
            "one of its objects is no file",
        ),
        (
            f"{TAGGED}; T=$(git rev-parse v:new | cut -c3-);rm -f $G/objects/*/$T",
            "git",
        ),
    ],
)
def test_what_cannot_be_brought_keeps_the_tree(run: Run, script: str, why: str) -> None:
    """It is named, nothing waits or is followed, and nobody gets the tree."""
    tree, found = left(run, f'G="$(git rev-parse --git-dir)"; {script}')
    assert why in found.unsaved
    assert not run.pool.release(tree)
    assert tree.git_dir.is_dir()
    assert run.pool.acquire(run.control.base).number != tree.number


def test_made_again_it_is_the_same(run: Run) -> None:
    """After a crash there is one ref for each thing."""
    tree, found = left(run, f"git checkout -qb feature && {WORK} && {BACK}")
    with tree.harvesting(refs=OWN) as (_, again):
        assert again == found


def test_a_crash_before_the_ref_loses_nothing(run: Run) -> None:
    """What `control.git` has by then, and no ref holds, is still what the worker left."""
    in_the_way = OWN.removesuffix("/")
    run.control.create(in_the_way, run.control.base)
    tree, found = left(run, f"git checkout -qb feature && {WORK} && {BACK}")
    assert "cannot make" in found.unsaved
    assert unfinished(tree.worktree).exists()
    run.control.git("update-ref", "-d", in_the_way)
    with tree.harvesting(refs=OWN) as (_, again):
        assert [one.name for one in again.refs] == ["feature"]
    assert not unfinished(tree.worktree).exists()


def test_each_attempt_has_what_it_left(run: Run) -> None:
    """What an earlier one left is in `control.git`, and not left a second time."""
    script = f"git checkout -qb feature && {WORK} && git checkout -q wf-task"
    first, found = left(run, script)
    assert run.pool.release(first)
    script = f"git branch again {found.refs[0].commit}"
    tree, second = left(run, script, "refs/wf/left/t-2/1/")
    assert second == LeftWork()
    assert run.pool.release(tree)


def test_a_commit_after_the_release_keeps_the_tree(run: Run) -> None:
    """A person who commits in a free tree, and puts its files back, finds it again."""
    tree = run.pool.acquire(run.control.base)
    run.pool.release(tree)
    do(run, tree, f"git checkout -qb mine && {WORK} && git checkout -q wf-task")
    assert run.pool.acquire(run.control.base).number != tree.number
    assert tree.left_over(run.control.tree_of(tree.base)) == "branch mine"


def test_a_tree_that_is_gone_leaves_its_git_directory(run: Run) -> None:
    """Its commits are there still: nobody else gets the number."""
    tree = run.pool.acquire(run.control.base)
    do(run, tree, f"git checkout -qb mine && {WORK}; cd /; rm -rf {tree.path}")
    assert tree.why_unsaved() == "branch mine"
    assert not run.pool.release(tree)
    # Also after a restart, which knows no more than what is on the disk.
    assert Pool(run.control, run.paths).acquire(run.control.base).number != tree.number
    assert tree.why_unsaved() == "branch mine"


def _bomb(run: Run, tree: Tree) -> None:
    """Commit a few trees inside of each other that name 10^6 files, ten times what is listed."""
    git = run.user.git
    inner = git("rev-parse", "HEAD:README.md", cwd=tree.path)
    lines = "".join(f"100644 blob {inner}\tf{n}\n" for n in range(10))
    for _ in range(6):
        done = subprocess.run(
            ["git", "mktree"],
            cwd=tree.path,
            input=lines,
            text=True,
            capture_output=True,
            check=True,
        )
        lines = "".join(f"040000 tree {done.stdout.strip()}\td{n}\n" for n in range(10))
    commit = git("commit-tree", "-m", "x", done.stdout.strip(), cwd=tree.path)
    git("branch", "bomb", commit, cwd=tree.path)


def _many_names(_: Run, tree: Tree) -> None:
    for number in range(6_000):
        (tree.git_dir / "refs/heads" / str(number)).write_text(tree.base + "\n")


def _large_log(_: Run, tree: Tree) -> None:
    (tree.git_dir / "logs").mkdir()
    (tree.git_dir / "logs/HEAD").write_text("x" * (5 << 20))


def _deep(_: Run, tree: Tree) -> None:
    (tree.git_dir / "refs/heads" / Path(*["d"] * 40)).mkdir(parents=True)


@pytest.mark.parametrize(
    ("much", "why"),
    [
        (_bomb, "change more than"),
        (_many_names, "more than 5000 things"),
        (_large_log, "more than 4 MB"),
        (_deep, "too deep"),
    ],
)
def test_too_much_is_not_read(run: Run, much: Callable[[Run, Tree], None], why: str) -> None:
    """What a few bytes of a worker could blow up ends by its limit, and keeps the tree."""
    tree = run.pool.acquire(run.control.base)
    much(run, tree)
    with tree.harvesting(refs=OWN) as (_, found):
        assert why in found.unsaved
    assert not run.pool.release(tree)
