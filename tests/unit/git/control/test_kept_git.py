"""A repository with git processes that stay: the same answers, and never those of yesterday."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.git.conftest import (
    Run,
    User,
    canary,
    commit_files,
    commit_tree_of,
    merge,
    paths_of,
)
from wf_tui.errors import GitError, RefusedError
from wf_tui.git.control.attempt_commits import Message, commit_attempt, commit_tree
from wf_tui.git.control.changed_files import RAW, changed_files
from wf_tui.git.control.control import keeping_git
from wf_tui.git.control.diffs import _SAFE, file_changes
from wf_tui.git.control.tree_names import read_names
from wf_tui.git.harvest.filters import find_filtered
from wf_tui.git.merge.integrate import AlreadyIn, Merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.git.control.kept_git import KeptGit


def _plain(run: Run) -> Control:
    return replace(run.control, kept_git=None)


def _kept(run: Run) -> KeptGit:
    assert run.control.kept is not None
    return run.control.kept


def test_a_ref_is_read_anew(kept_run: Run) -> None:
    """Another git moves, packs and removes it; nothing of it was remembered."""
    control, other = kept_run.control, _plain(kept_run)
    commit = commit_files(kept_run, {"a": "a"})
    assert control.head() == control.base
    other.git("update-ref", control.ref, commit)
    assert control.head() == commit
    other.git("pack-refs", "--all")
    assert control.head() == commit
    other.git("update-ref", control.ref, control.base)
    assert control.head() == control.base
    other.git("update-ref", "-d", control.ref)
    assert control.resolve(control.ref) is None
    with pytest.raises(GitError):
        control.head()


def test_names_mean_the_same(kept_run: Run) -> None:
    """With and without; what there is not, too."""
    control, other = kept_run.control, _plain(kept_run)
    names = [control.ref, f"{control.base}^{{tree}}", f"{control.base}:src", "refs/wf/none", "-x"]
    names += [control.base[:8], "1" * 40, f"{'1' * 40}^{{commit}}", "a\nb", "HEAD", "x y", ""]
    for name in names:
        assert control.resolve(name) == other.resolve(name), name
    assert control.tree_of(control.base) == other.tree_of(control.base)


def test_a_move_is_compared(kept_run: Run) -> None:
    """It moves from where it is said to be, and not from elsewhere."""
    control = kept_run.control
    commit = commit_files(kept_run, {"a": "a"})
    assert not _kept(kept_run).move(control.ref, commit, commit)
    assert control.head() == control.base
    assert _kept(kept_run).move(control.ref, commit, control.base)
    assert control.head() == commit
    assert not control.move(control.ref, commit, control.base)


def test_a_symbolic_ref_is_never_followed(kept_run: Run) -> None:
    """What somebody has put in the place of a ref is compared itself."""
    control = kept_run.control
    control.git("symbolic-ref", "refs/wf/trap", control.ref)
    commit = commit_files(kept_run, {"a": "a"})
    control.move("refs/wf/trap", commit, control.base)
    assert control.head() == control.base


def test_a_ref_that_is_there_is_not_made(kept_run: Run) -> None:
    """The same one is no fault, another one is."""
    control = kept_run.control
    control.create("refs/wf/x", control.base)
    control.create("refs/wf/x", control.base)
    with pytest.raises(RefusedError):
        control.create("refs/wf/x", commit_files(kept_run, {"a": "a"}))


@pytest.mark.parametrize("title", ["do it", "tût: 日本", "", "a\ufdd0b", "x\nWf-Run: other"])
@pytest.mark.parametrize("worker", ["shell-1", "a  b", "<'x.", "日本", "..."])
def test_a_commit_is_the_same(kept_run: Run, title: str, worker: str) -> None:
    """Byte by byte what git makes of the same words, so that recovery finds it again."""

    def made(control: Control) -> str:
        return commit_attempt(
            control,
            control.tree_of(control.base),
            base=control.base,
            task="t",
            run="r",
            epoch=1,
            title=title,
            worker=worker,
            when=1_700_000_000.9,
        )

    assert made(kept_run.control) == made(_plain(kept_run))


def test_a_commit_of_nothing_is_none(kept_run: Run) -> None:
    """Its tree and its parents have to be there, each as what it is."""
    control = kept_run.control
    message = Message("m", "r", "t", 1).encode()
    tree = control.tree_of(control.base)
    for wrong_tree, parents in (("1" * 40, ()), (tree, ("1" * 40,)), (tree, (tree,))):
        with pytest.raises(GitError):
            commit_tree(control, wrong_tree, parents, message, when=1)


def test_differences_are_gits_own(kept_run: Run) -> None:
    """Also of odd names, kinds and renames; and once more from what is remembered."""
    text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
    files: dict[str, str | None] = {"src/app.py": None, "src/main.py": text, "end\n": "x"}
    commit = commit_files(kept_run, {**files, "docs/guide.md": None, "run.sh": "#!/bin/sh\n"})
    control, other = kept_run.control, _plain(kept_run)
    for _ in range(2):
        assert changed_files(control, control.base, commit) == changed_files(
            other, control.base, commit
        )
        assert file_changes(control, control.base, commit) == file_changes(
            other, control.base, commit
        )
    assert changed_files(control, commit, commit) == ()
    with pytest.raises(GitError):
        changed_files(control, control.base, "1" * 40)


def test_only_objects_are_remembered(kept_run: Run) -> None:
    """What a ref means may change: its difference is that of where it is now."""
    control = kept_run.control
    one = commit_files(kept_run, {"a": "a"})
    assert changed_files(control, control.base, control.ref) == ()
    control.move(control.ref, one, control.base)
    assert [e.path for e in changed_files(control, control.base, control.ref)] == ["a"]


def test_not_all_is_remembered(kept_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The eldest goes first, and a large one is not kept at all."""
    monkeypatch.setattr("wf_tui.git.control.kept_git._REMEMBERED", 2)
    control, kept = kept_run.control, _kept(kept_run)
    commits = [commit_files(kept_run, {"a": f"{n}"}, epoch=n) for n in range(4)]
    for commit in commits:
        changed_files(control, control.base, commit)
    assert len(kept._known) == 2
    assert control.tree_of(commits[-1]) in {key[-1] for key in kept._known}
    monkeypatch.setattr("wf_tui.git.control.kept_git._LARGEST", 1)
    before = dict(kept._known)
    changed_files(control, commits[0], commits[1])
    assert kept._known == before


def test_what_never_changes_is_asked_once(kept_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree and the first parent of a commit; not whether an object is there."""
    monkeypatch.setattr("wf_tui.git.control.kept_git._NAMES", 2)
    control, kept = kept_run.control, _kept(kept_run)
    commits = [commit_files(kept_run, {"a": f"{n}"}, epoch=n) for n in range(3)]
    for commit in commits:
        assert kept.find(f"{commit}^1") == (control.base, "commit")
        assert kept.find(commit) == (commit, "commit")
    assert [*kept._fixed] == [f"{commit}^1" for commit in commits[1:]]
    kept._names.close()
    assert kept.find(f"{commits[2]}^1") == (control.base, "commit")
    for name in (f"{commits[0]}^1", commits[2], control.ref, f"{control.ref}^1"):
        assert kept.find(name) is None


def test_after_the_close_git_is_asked_anew(kept_run: Run) -> None:
    """Who comes late has the same answers, by a git of its own."""
    commit = commit_files(kept_run, {"a": "a"})
    _kept(kept_run).close()
    assert kept_run.control.move(kept_run.control.ref, commit, kept_run.control.base)
    assert kept_run.control.head() == commit
    changed = changed_files(kept_run.control, kept_run.control.base, commit)
    assert [entry.path for entry in changed] == ["a"]
    assert list(kept_run.control.git_dir.glob("scratch.*")) == []


def test_objects_of_a_worker_are_not_asked_for(kept_run: Run) -> None:
    """With somebody's objects beside its own, a repository is another one."""
    bent = replace(kept_run.control, variables={"GIT_ALTERNATE_OBJECT_DIRECTORIES": "/x"})
    assert bent.kept is None


def test_no_commit_is_lost_in_a_race(kept_run: Run) -> None:
    """Threads that merge side by side end with all of it in, and what is in is left."""
    commits = [commit_files(kept_run, {f"f{n}": "x"}, epoch=n) for n in range(8)]
    base = kept_run.control.base
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda commit: merge(kept_run, commit, base=base), commits))
    assert all(isinstance(result, Merge) for result in results)
    history = set(kept_run.control.git("rev-list", kept_run.control.ref).text.split())
    assert set(commits) <= history
    assert isinstance(merge(kept_run, commits[3], base=base), AlreadyIn)


def test_what_comes_later_is_found(kept_run: Run) -> None:
    """Objects in a pack that was not there when git looked at the packs, and those packed anew."""
    control = kept_run.control
    other = kept_run.user.path.with_name("other")
    kept_run.user.git("clone", "-q", str(kept_run.user.path), str(other))
    (other / "late").write_text("late\n")
    kept_run.user.git("add", "-A", cwd=other)
    kept_run.user.git("commit", "-q", "-m", "late", cwd=other)
    commit = kept_run.user.git("rev-parse", "HEAD", cwd=other)
    assert _kept(kept_run).find(f"{commit}^{{tree}}") is None
    control.git("-c", "fetch.unpackLimit=1", "fetch", "-q", str(other), "HEAD")
    assert _kept(kept_run).find(f"{commit}^{{tree}}") is not None
    assert [one.path for one in changed_files(control, control.base, commit)] == ["late"]
    control.git("update-ref", "refs/wf/late", commit)
    control.git("repack", "-a", "-d", "-q")
    for name in (commit, control.base):
        assert _kept(kept_run).find(f"{name}^{{tree}}") is not None
    assert _kept(kept_run).move("refs/wf/later", commit, control.zero)


def test_a_repository_that_is_gone(kept_run: Run) -> None:
    """Nothing is written where it was, nor beside it, and git says what is wrong."""
    control = kept_run.control
    tree = control.tree_of(control.base)
    commit = commit_files(kept_run, {"a": "a"})
    assert control.head() == control.base
    moved = control.git_dir.rename(control.git_dir.with_name("moved"))
    with pytest.raises(GitError):
        commit_tree(control, tree, (), b"m", when=1)
    with pytest.raises(GitError):
        control.head()
    with pytest.raises(GitError):
        control.create("refs/wf/new", commit)
    assert not control.move(control.ref, commit, control.base)
    assert not control.git_dir.exists()
    shutil.copytree(moved, control.git_dir)
    shutil.rmtree(moved)
    assert control.head() == control.base
    made = commit_tree(control, tree, (), b"m", when=1)
    assert control.move(control.ref, made, control.base)
    assert control.head() == made


def test_nothing_of_anybody_runs(kept_run: Run, tmp_path: Path) -> None:
    """Hooks and configuration that lie in the repository all the same are not obeyed."""
    control = kept_run.control
    program, mark = canary(tmp_path)
    (control.git_dir / "hooks").mkdir()
    (control.git_dir / "hooks" / "reference-transaction").symlink_to(program)
    with (control.git_dir / "config").open("a") as file:
        file.write(f"[core]\nfsmonitor = {program}\nhooksPath = {control.git_dir}/hooks\n")
        file.write(f'[diff]\nexternal = {program}\n[diff "x"]\ntextconv = {program}\n')
    (control.git_dir / "info" / "attributes").write_text("* diff=x\n")
    commit = commit_files(kept_run, {"a": "a"})
    assert _kept(kept_run).move(control.ref, commit, control.base)
    assert _kept(kept_run).differences((*_SAFE, "--numstat"), control.base, commit)
    assert not mark.exists()


def test_sha256_works(user: User, start_run: Callable[[User], Run], tmp_path: Path) -> None:
    """Names of 64 digits are read, written and compared by the processes that stay."""
    run = start_run(user.with_sha256(tmp_path / "new"))
    with keeping_git(run.control) as control:
        assert (kept := control.kept) is not None
        message = b"m\n"
        tree = control.tree_of(control.base)
        made = commit_tree(control, tree, (control.base,), message, when=1)
        assert made == commit_tree(run.control, tree, (control.base,), message, when=1)
        assert len(made) == 64
        assert kept.move(control.ref, made, control.base)
        assert kept.differences(RAW, control.base, made) == ()
        assert kept.move("refs/wf/new", made, control.zero)


def test_names_follow_what_changed(kept_run: Run) -> None:
    """The names of a base, made from those of another one, are those that git lists."""
    steps: list[dict[str, str | None]] = [
        {"src/new/deep/x": "1", "b": "2"},
        {"b": None, "src/app.py": "other"},
        {"src/new/deep/x": None, "src/new/deep/y/z": "1"},
        {"run.sh": None, "run.sh/x": "a folder by now"},
        {"docs/guide.md": None, "other": "a file"},
    ]
    base, control = kept_run.control.base, kept_run.control
    for number, step in enumerate(steps):
        names = read_names(control, base)
        commit = commit_files(kept_run, step, epoch=number)
        merge(kept_run, commit, base=base)
        entries = changed_files(control, base, commit)
        after, wanted = names.after(entries), read_names(control, commit)
        if number in {0, 1, 3}:
            assert after is not None
        if after is not None:
            assert dict(after.folders) == dict(wanted.folders)
            assert after == wanted
        base = commit
    commit = commit_files(kept_run, {".gitattributes": "* text\n"}, epoch=9)
    assert read_names(control, base).after(changed_files(control, base, commit)) is None


@pytest.mark.parametrize("place", [".gitattributes", "src/.gitattributes"])
def test_a_filter_is_seen(kept_run: Run, place: str) -> None:
    """New, in the base alone, or where git ignores it: attributes are asked for."""
    control = kept_run.control
    tree = kept_run.pool.acquire(control.base)
    (tree.path / "src" / "app.py").write_text("changed\n")
    entries = tree.harvest().entries
    assert find_filtered(tree.worktree, tree.base, entries).held == ()
    (tree.path / place).write_text("*.py filter=secret\n")
    assert [one.path for one in find_filtered(tree.worktree, tree.base, entries).held] == [
        "src/app.py"
    ]
    commit = commit_tree_of(kept_run, tree)
    kept_run.pool.release(tree)
    (again := kept_run.pool.acquire(commit)).path.joinpath(place).unlink()
    (again.path / "src" / "app.py").write_text("changed again\n")
    found = again.harvest()
    assert paths_of(found)[place] == "D"
    assert [one.path for one in found.filtered] == ["src/app.py"]
