"""Integration merges by compare-and-swap, loses nothing and never half-merges."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.merging import integrate
from tests.unit.git.conftest import Run, commit_files, commit_tree_of, merge
from wf_tui.errors import GitError
from wf_tui.git.control.attempt_commits import Message
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.integrate import (
    AlreadyIn,
    Integration,
    Merge,
    current_head,
)
from wf_tui.git.merge.merge_tree import merge_trees


def _names(run: Run, commit: str) -> set[str]:
    return set(run.control.git("ls-tree", "-r", "--name-only", commit).text.split("\n"))


def test_the_first_result_moves_the_branch_forward(run: Run) -> None:
    """On the base itself the attempt's commit becomes the head."""
    commit = commit_files(run, {"a": "a"})
    assert merge(run, commit) == Merge(run.control.base, commit)
    assert run.control.head() == commit


def test_the_second_result_is_merged(run: Run) -> None:
    """Two attempts on one base end in one tree, by a merge of two parents."""
    one, two = commit_files(run, {"a": "a"}), commit_files(run, {"b": "b"}, epoch=2)
    merge(run, one)
    result = merge(run, two)
    assert isinstance(result, Merge)
    parents = run.control.git("log", "-1", "--format=%P%n%s%n%cn", result.new).text.split("\n")
    assert parents == [f"{one} {two}", "merge it", "wf"]
    assert {"a", "b"} <= _names(run, result.new)


def test_a_commit_that_is_in_is_left(run: Run) -> None:
    """After a crash between merge and report the merge is not made again."""
    commit = commit_files(run, {"a": "a"})
    merge(run, commit)
    assert merge(run, commit) == AlreadyIn(commit)
    assert merge(run, run.control.base, base=run.control.base) == AlreadyIn(commit)


def test_the_intent_is_told_before_the_branch_moves(run: Run) -> None:
    """Whoever is told of a merge finds the branch where it was."""
    told: list[tuple[str, str, str]] = []
    commit = commit_files(run, {"a": "a"})
    integrate(
        run.control,
        known=run.control.base,
        base=run.control.base,
        commit=commit,
        message=Message("m", "r", "t", 1),
        when=1,
        intent=lambda old, new: told.append((old, new, run.control.head())),
    )
    assert told == [(run.control.base, commit, run.control.base)]


def test_a_branch_that_moves_meanwhile_means_another_round(run: Run) -> None:
    """What somebody else merges between reading and writing is kept."""
    one, two = commit_files(run, {"a": "a"}), commit_files(run, {"b": "b"}, epoch=2)
    rounds: list[str] = []

    def interfere(old: str, _new: str) -> None:
        if not rounds:
            merge(run, two)
        rounds.append(old)

    result = integrate(
        run.control,
        known=run.control.base,
        base=run.control.base,
        commit=one,
        message=Message("m", "r", "t", 1),
        when=1,
        intent=interfere,
    )
    assert isinstance(result, Merge)
    assert rounds == [run.control.base, two]
    assert {"a", "b"} <= _names(run, result.new)


def test_a_branch_that_was_moved_back_takes_nothing(run: Run) -> None:
    """What it had is not merged over; the way to bring it back is told."""
    head = commit_files(run, {"a": "a"})
    merge(run, head)
    run.control.move(run.control.ref, run.control.base, head)
    with pytest.raises(GitError, match="which lacks") as caught:
        merge(run, commit_files(run, {"b": "b"}, epoch=2), known=head)
    subprocess.run(caught.value.hint.removeprefix("put it back: ").split(), check=True)
    assert current_head(run.control, head) == head


def test_edits_of_one_line_conflict(run: Run) -> None:
    """A conflict names the paths and leaves the branch as it is."""
    one = commit_files(run, {"src/app.py": "1\ntwo\n", "free": "x"})
    two = commit_files(run, {"src/app.py": "2\ntwo\n"}, epoch=2)
    merge(run, one)
    result = merge(run, two)
    assert isinstance(result, Conflict)
    assert result.paths == ("src/app.py",)
    assert "Merge conflict in src/app.py" in result.text
    assert run.control.head() == one == result.head
    marked = run.control.git("cat-file", "blob", f"{result.tree}:src/app.py").stdout
    assert b"<<<<<<<" in marked


def test_edits_of_different_lines_merge(run: Run) -> None:
    """Two changes of one file that do not touch are joined."""
    text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
    one = commit_files(run, {"src/app.py": text.replace("one", "ONE")})
    two = commit_files(run, {"src/app.py": text.replace("seven", "SEVEN")}, epoch=2)
    merge(run, one)
    result = merge(run, two)
    assert isinstance(result, Merge)
    joined = run.control.git("cat-file", "blob", f"{result.new}:src/app.py").text
    assert joined.split("\n")[0] == "ONE"
    assert joined.split("\n")[-1] == "SEVEN"


def test_a_change_follows_a_renamed_file(run: Run) -> None:
    """What one attempt changes and another renames is found under the new name, changed."""
    text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
    one = commit_files(run, {"src/app.py": None, "src/main.py": text})
    two = commit_files(run, {"src/app.py": text.replace("seven", "SEVEN")}, epoch=2)
    three = commit_files(run, {"src/app.py": None, "src/other.py": text}, epoch=3)
    merge(run, two)
    result = merge(run, one)
    assert isinstance(result, Merge)
    assert "SEVEN" in run.control.git("cat-file", "blob", f"{result.new}:src/main.py").text
    assert isinstance(merge(run, three), Conflict)


def test_the_same_change_twice_is_merged(run: Run) -> None:
    """Two attempts that did the same, and one of them more, do not conflict."""
    one = commit_files(run, {"a": "a"})
    two = commit_files(run, {"a": "a", "b": "b"}, epoch=2)
    merge(run, one)
    assert isinstance(merge(run, two), Merge)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"README.md": None}, {"README.md": "changed\n"}),
        ({"new": "one\n"}, {"new": "two\n"}),
        ({"docs/guide.md": None, "docs": "file\n"}, {"docs/more.md": "x\n"}),
        ({"bin": "\0a"}, {"bin": "\0b"}),
        ({"README.md": None, "one.md": "hello\n"}, {"README.md": None, "two.md": "hello\n"}),
        ({"docs/guide.md": "guide\nwith CRLF\n"}, {"docs/guide.md": "guide\r\nwith more\r\n"}),
        ({f"n{n}": "one" for n in range(1000)}, {f"n{n}": "two" for n in range(1000)}),
        ({"new\nline": "one\n"}, {"new\nline": "two\n"}),
    ],
)
def test_other_conflicts_name_paths(
    run: Run, ours: dict[str, str | None], theirs: dict[str, str | None]
) -> None:
    """Delete and change, add and add, file and folder, binary: each names what is in conflict."""
    one, two = _attempt(run, ours, 1), _attempt(run, theirs, 2)
    merge(run, one)
    result = merge(run, two)
    assert isinstance(result, Conflict)
    assert any(path.partition("~")[0] in {*ours, *theirs} for path in result.paths)
    assert run.control.head() == one


def _attempt(run: Run, files: dict[str, str | None], epoch: int) -> str:
    tree = run.pool.acquire(run.control.head())
    for name in (name for name, text in files.items() if text is None):
        (tree.path / name).unlink()
    if files.get("docs"):
        (tree.path / "docs").rmdir()
    for name, text in files.items():
        if text is not None:
            (tree.path / name).write_text(text)
    return commit_tree_of(run, tree, epoch=epoch)


@pytest.mark.parametrize(
    ("name", "clashing"),
    [
        ("readme.MD", ("README.md", "readme.MD")),
        ("SRC/app.py", ("SRC", "src")),
        ("src/Deep/new.py", ("src/Deep", "src/deep")),
        ("src/deep/er/TOOL.py", ("src/deep/er/TOOL.py", "src/deep/er/tool.py")),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_names_that_clash_by_case_are_a_conflict(
    run: Run, name: str, clashing: tuple[str, ...], *, first: bool
) -> None:
    """A name that is another one on many machines is not merged, by itself or behind others."""
    commit = commit_files(run, {name: "x"})
    if not first:
        merge(run, commit_files(run, {"other": "x"}, epoch=2))
    result = merge(run, commit)
    assert isinstance(result, Conflict)
    assert result.paths == clashing
    assert result.text == "names that differ only by case"


def test_a_clash_of_two_attempts_is_a_conflict(run: Run) -> None:
    """Neither attempt alone has the clash; their merge has, and is refused."""
    merge(run, commit_files(run, {"new": "x"}))
    tree = run.pool.acquire(run.control.base)
    (tree.path / "NEW").write_text("x")
    assert isinstance(merge(run, commit_tree_of(run, tree, epoch=2)), Conflict)


def test_a_clash_within_one_attempt_is_a_conflict(run: Run) -> None:
    """Two new names in a new folder may clash with each other."""
    result = merge(run, commit_files(run, {"new/a": "1", "new/A": "2"}))
    assert isinstance(result, Conflict)
    assert result.paths == ("new/A", "new/a")


def test_a_clash_of_the_users_own_is_no_conflict(run: Run) -> None:
    """Only names that the attempt adds are looked at."""
    merge(run, _forced(run, {"a/x": "1", "A/x": "2"}))
    assert isinstance(merge(run, commit_files(run, {"a/y": "y"}, epoch=2)), Merge)


def _forced(run: Run, files: dict[str, str]) -> str:
    commit = commit_files(run, {**files}, epoch=7)
    assert run.control.move(run.control.ref, commit, run.control.head())
    return commit


def test_a_branch_that_cannot_be_moved_is_an_error(run: Run) -> None:
    """A stale lock is told after some tries, and nothing hangs."""
    commit = commit_files(run, {"a": "a"})
    lock = run.control.git_dir / f"{run.control.ref}.lock"
    lock.touch()
    with pytest.raises(GitError, match="cannot move") as caught:
        merge(run, commit)
    assert ".lock" in caught.value.hint


def _imported(run: Run, count: int) -> list[str]:
    """Make commits on the base that add a file each, all by one process."""
    stream = "".join(
        f"commit refs/race/{n}\ncommitter wf <wf@wf.invalid> {n} +0000\ndata 0\n"
        f"from {run.control.base}\nM 100644 inline file-{n}\ndata 1\nx\n"
        for n in range(count)
    )
    run.control.git("fast-import", "--quiet", stdin=stream.encode())
    return [run.control.resolve(f"refs/race/{n}") or "" for n in range(count)]


def test_a_commit_that_is_missing_is_no_conflict(run: Run) -> None:
    """Git says the same of both by its exit status."""
    merge(run, commit_files(run, {"a": "a"}))
    with pytest.raises(GitError, match="cannot merge"):
        merge_trees(run.control, run.control.head(), "1" * 40)


def test_no_commit_is_lost_in_a_race(run: Run) -> None:
    """Four threads that integrate ten commits each end with all forty in."""
    commits = _imported(run, 40)

    def work(number: int) -> list[Integration]:
        return [merge(run, commit, base=run.control.base) for commit in commits[number::4]]

    with ThreadPoolExecutor(4) as threads:
        results = [result for done in threads.map(work, range(4)) for result in done]
    assert all(isinstance(result, Merge) for result in results)
    history = set(run.control.git("rev-list", run.control.ref).text.split())
    assert set(commits) <= history
    assert {f"file-{n}" for n in range(40)} <= _names(run, run.control.ref)
    run.control.git("fsck", "--strict")


def test_nothing_of_a_merge_is_on_the_disk_twice(run: Run) -> None:
    """The private repository has no worktree, no index and no MERGE_HEAD after a conflict."""
    one, two = commit_files(run, {"a": "1"}), commit_files(run, {"a": "2"}, epoch=2)
    merge(run, one)
    merge(run, two)
    left = {name for name in os.listdir(run.control.git_dir) if name.isupper()}  # noqa: PTH208
    assert left == {"HEAD"}


def test_letters_are_compared_one_by_one(run: Run) -> None:
    """A disk that folds case takes no `ß` for `ss`, but `Ä` for `ä`, however it is written."""
    fine = commit_files(run, {"Straße": "1", "Strasse": "2", "ﬁle": "3", "file": "4"})
    assert isinstance(merge(run, fine), Merge)
    result = merge(run, commit_files(run, {"Ä": "1", "a\u0308": "2"}, epoch=2))
    assert isinstance(result, Conflict)
    assert result.by_case
