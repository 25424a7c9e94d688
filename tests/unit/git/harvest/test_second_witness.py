"""What a worker's git tracks counts beside what lies on the disk, and nothing of it is obeyed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, paths_of, reasons_of
from wf_tui.git.worktrees.tree import Tree


@pytest.fixture
def run(user: User, start_run: Callable[[User], Run]) -> Run:
    """Start a run with a file that is tracked although it is ignored, and with a secret."""
    user.write("build/a.js", "".join(f"{line}\n" for line in range(30)))
    user.write(".env", "KEY=1\n")
    user.commit()
    return start_run(user)


@pytest.fixture
def tree(run: Run) -> Tree:
    """Give a fresh worktree."""
    return run.pool.acquire(run.control.head())


_TEN_MILLION = bytes.fromhex("0000000200989680")
"""Version 2, and a count of entries that are not there."""


def git(tree: Tree, *words: str) -> None:
    """Run git as a worker does."""
    names = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "W")
    names |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "w@example.org")
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=tree.path, env=env | names, capture_output=True, check=True)


def replace_by_fifo(index: Path) -> None:
    """Put a pipe in the place of an index."""
    index.unlink()
    os.mkfifo(index)


def modes_of(tree: Tree) -> dict[str, str]:
    """Return the changed paths of a harvest with their new modes."""
    return {entry.path: entry.new_mode for entry in tree.harvest().entries}


@pytest.mark.parametrize("commit", [True, False])
def test_a_rename_below_an_ignored_folder(tree: Tree, *, commit: bool) -> None:
    """A file that was tracked although it is ignored is still there under its new name."""
    git(tree, "mv", "build/a.js", "build/b.js")
    if commit:
        git(tree, "commit", "-qm", "rename")
    found = tree.harvest()
    assert paths_of(found) == {"build/a.js": "D", "build/b.js": "A"}
    assert (found.ignored, found.note) == ((), "")
    assert tree.harvest() == found


def test_a_renamed_folder_with_an_ignored_one_in_it(tree: Tree) -> None:
    """The folder takes along what is tracked in it."""
    (tree.path / "pkg").mkdir()
    git(tree, "mv", "build", "pkg/build")
    assert paths_of(tree.harvest()) == {"build/a.js": "D", "pkg/build/a.js": "A"}


def test_an_ignored_file_that_was_added_by_force(tree: Tree) -> None:
    """It counts, with what it holds now; what was not added is ignored as before."""
    (tree.path / "x.log").write_text("old")
    (tree.path / "y.log").write_text("y")
    git(tree, "add", "-f", "x.log")
    (tree.path / "x.log").write_text("new")
    found = tree.harvest()
    assert (paths_of(found), found.ignored) == ({"x.log": "A"}, ("y.log",))
    git_dir = tree.worktree.control
    assert git_dir.git("cat-file", "blob", f"{found.tree_oid}:x.log").stdout == b"new"


@pytest.mark.parametrize("word", ["-N", "-f"])
def test_an_ignored_file_that_is_to_be_added(tree: Tree, word: str) -> None:
    """Also where it was only announced (`add -N`)."""
    (tree.path / "x.log").write_text("x")
    git(tree, "add", word, "-f", "x.log")
    assert paths_of(tree.harvest()) == {"x.log": "A"}


def test_an_added_file_that_is_gone_again(tree: Tree) -> None:
    """What is on no disk is not made of an index."""
    (tree.path / "x.log").write_text("x")
    git(tree, "add", "-f", "x.log")
    (tree.path / "x.log").unlink()
    assert tree.harvest().entries == ()


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("commit", [True, False])
def test_a_file_that_is_tracked_no_more(tree: Tree, *, ignored: bool, commit: bool) -> None:
    """`git rm --cached` holds, whether or not the file is ignored, and at a second harvest too."""
    if ignored:
        (tree.path / ".gitignore").write_text("*.log\nbuild/\n.env\n")
    git(tree, "rm", "-rq", "--cached", ".env", "build")
    if commit:
        git(tree, "commit", "-qm", "untrack")
    found = tree.harvest()
    expected = {".env": "D", "build/a.js": "D"} | ({".gitignore": "M"} if ignored else {})
    assert paths_of(found) == expected
    assert tree.harvest().entries == found.entries
    assert (tree.path / ".env").read_text() == "KEY=1\n"
    assert found.ignored == ((".env", "build/") if ignored else ("build/",))


def test_new_work_at_an_old_name(tree: Tree) -> None:
    """A file that was removed and written anew, and not added, is work like any new file."""
    git(tree, "rm", "-q", "README.md")
    git(tree, "commit", "-qm", "rewrite")
    (tree.path / "README.md").write_text("another one\n")
    assert paths_of(tree.harvest()) == {"README.md": "M"}


def test_an_untracked_secret_that_was_changed(tree: Tree) -> None:
    """What is ignored by now is not taken, whatever it holds."""
    (tree.path / ".gitignore").write_text(".env\n")
    git(tree, "rm", "-q", "--cached", ".env")
    (tree.path / ".env").write_text("KEY=2\n")
    assert paths_of(tree.harvest()) == {".gitignore": "M", ".env": "D"}


@pytest.mark.parametrize("edited", [True, False])
def test_modes_follow_the_index(tree: Tree, *, edited: bool) -> None:
    """`update-index --chmod` makes a program, and takes it back, also of a file edited since."""
    git(tree, "update-index", "--chmod=+x", "README.md")
    git(tree, "update-index", "--chmod=-x", "run.sh")
    if edited:
        (tree.path / "README.md").write_text("more\n")
    assert modes_of(tree) == {"README.md": "100755", "run.sh": "100644"}
    assert modes_of(tree) == {"README.md": "100755", "run.sh": "100644"}


def test_modes_of_new_files(tree: Tree) -> None:
    """The last word counts: of the index where it was written last, else of the disk."""
    for name in ("by-index", "by-disk", "plain"):
        (tree.path / name).write_text("x")
    git(tree, "add", "by-disk", "plain")
    git(tree, "add", "--chmod=+x", "by-index")
    (tree.path / "by-disk").chmod(0o755)
    assert modes_of(tree) == {"by-index": "100755", "by-disk": "100755", "plain": "100644"}


def test_a_sparse_checkout_deletes_nothing(tree: Tree) -> None:
    """Files that a worker took off its disk that way are still there in its work."""
    git(tree, "sparse-checkout", "set", "--sparse-index", "docs")
    assert not (tree.path / "src").exists()
    (tree.path / "docs" / "new").write_text("x")
    assert paths_of(tree.harvest()) == {"docs/new": "A"}


def test_a_change_in_a_sparse_index_is_refused_by_name(tree: Tree) -> None:
    """What has no file cannot be taken, and is not passed over."""
    (tree.path / "src" / "app.py").write_text("other\n")
    git(tree, "commit", "-qam", "other")
    git(tree, "sparse-checkout", "set", "docs")
    assert reasons_of(tree.harvest()) == {
        "src/app.py": "changed in a sparse checkout, where it has no file"
    }


def test_unmerged_paths_are_tracked(tree: Tree) -> None:
    """In the middle of a merge a path has several sides, and its file counts."""
    for branch, text in (("one", "1\n"), ("two", "2\n")):
        git(tree, "checkout", "-q", "-b", branch, "wf-base")
        (tree.path / "build" / "a.js").write_text(text)
        git(tree, "commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(tree, "merge", "-q", "one")
    found = tree.harvest()
    assert paths_of(found) == {"build/a.js": "M"}


def test_a_repository_that_was_added_is_refused(tree: Tree, run: Run) -> None:
    """Also below an ignored folder, where the disk alone shows nothing."""
    (tree.path / "build" / "inner").mkdir()
    run.user.git("init", "-q", cwd=tree.path / "build" / "inner")
    run.user.git("commit", "-q", "--allow-empty", "-m", "x", cwd=tree.path / "build" / "inner")
    git(tree, "add", "-f", "build/inner")
    assert reasons_of(tree.harvest()) == {"build/inner": "nested repository"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda index: index.unlink(), "it is gone"),
        (lambda index: index.write_bytes(index.read_bytes()[:-40]), "it is damaged"),
        (lambda index: index.write_bytes(b"DIRC" + bytes(24)), "it is no index that wf knows"),
        (
            lambda index: index.write_bytes(b"DIRC" + _TEN_MILLION + bytes(20)),
            "it is cut off",
        ),
        (lambda index: os.truncate(index, 100 << 20), "it holds more than 64 MB"),
        (replace_by_fifo, "it is no file"),
        (lambda index: (index.unlink(), index.mkdir()), "it is no file"),
        (lambda index: (index.unlink(), index.symlink_to("/etc/passwd")), "it is no file"),
    ],
)
def test_an_index_that_cannot_be_read(
    tree: Tree, spoil: Callable[[Path], object], reason: str
) -> None:
    """The disk alone counts then, and the harvest says so."""
    (tree.path / "new").write_text("x")
    git(tree, "rm", "-q", "--cached", "README.md")
    spoil(tree.git_dir / "index")
    found = tree.harvest()
    assert paths_of(found) == {"new": "A"}
    assert found.note.startswith(f"the git index of its worker was not read: {reason}")


def test_a_split_index_is_not_read(tree: Tree) -> None:
    """Half of it is in another file."""
    git(tree, "update-index", "--split-index")
    assert tree.harvest().note.endswith("it is a split index")


def test_an_empty_index_untracks_nothing(tree: Tree) -> None:
    """A broken git leaves one; nobody means that the whole project is to go."""
    git(tree, "rm", "-rq", "--cached", ".")
    found = tree.harvest()
    assert (found.entries, "it is empty" in found.note) == ((), True)


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_every_version_of_an_index(tree: Tree, version: str) -> None:
    """Names that begin as the one before, and flags beyond the first ones, are read."""
    git(tree, "update-index", "--index-version", version)
    (tree.path / "build" / "b.js").write_text("x")
    git(tree, "add", "-f", "build/b.js")
    git(tree, "rm", "-q", "--cached", ".env")
    assert paths_of(tree.harvest()) == {"build/b.js": "A", ".env": "D"}


def test_names_that_lead_out_of_the_tree(tree: Tree) -> None:
    """A forged index names files outside, or in the git directory: neither is looked at."""
    (tree.path / "aa").write_text("x")
    git(tree, "add", "aa")
    index = tree.git_dir / "index"
    for name in (b"..", b"/a", b"a/"):
        forged = index.read_bytes()[:-20].replace(b"\0\2aa\0", b"\0\2" + name + b"\0")
        index.write_bytes(forged + bytes(20))
        found = tree.harvest()
        assert (paths_of(found), found.refused) == ({"aa": "A"}, ())


def test_scopes_limit_the_second_witness(tree: Tree) -> None:
    """In a shared tree each harvest takes of the one index what its scope covers."""
    (tree.path / "src" / "x.log").write_text("x")
    (tree.path / "docs" / "x.log").write_text("x")
    git(tree, "add", "-f", "src/x.log", "docs/x.log")
    git(tree, "rm", "-q", "--cached", ".env", "docs/guide.md")
    git(tree, "update-index", "--chmod=+x", "README.md")
    assert paths_of(tree.harvest(["src"])) == {"src/x.log": "A"}
    assert paths_of(tree.harvest(["docs"])) == {"docs/x.log": "A", "docs/guide.md": "D"}


def test_a_given_back_tree_is_used_again(tree: Tree, run: Run) -> None:
    """What the worker's index said leaves nothing behind for the next attempt."""
    git(tree, "rm", "-q", "--cached", ".env")
    git(tree, "update-index", "--chmod=+x", "README.md")
    tree.harvest()
    assert run.pool.release(tree)
    assert tree.untouched()


def test_a_commit_around_the_index(tree: Tree) -> None:
    """A tool may commit with an index of its own: what HEAD has counts, too."""
    (tree.path / "x.log").write_text("x")
    (tree.path / "y.log").write_text("y")
    git(tree, "add", "-f", "x.log")
    git(tree, "commit", "-qm", "force")
    shutil.copyfile(tree.worktree.index, tree.git_dir / "index")
    found = tree.harvest()
    assert (paths_of(found), found.ignored) == ({"x.log": "A"}, ("y.log",))
    assert tree.harvest() == found


def test_a_commit_beside_a_damaged_index(tree: Tree) -> None:
    """What was committed is known all the same."""
    (tree.path / "x.log").write_text("x")
    git(tree, "add", "-f", "x.log")
    git(tree, "commit", "-qm", "force")
    (tree.git_dir / "index").unlink()
    assert paths_of(tree.harvest()) == {"x.log": "A"}


def test_what_was_untracked_after_a_commit(tree: Tree) -> None:
    """The index is the last word of a worker that has used it."""
    (tree.path / "x.log").write_text("x")
    git(tree, "add", "-f", "x.log")
    git(tree, "commit", "-qm", "force")
    git(tree, "rm", "-q", "--cached", "x.log")
    git(tree, "rm", "-q", "--cached", ".env")
    assert paths_of(tree.harvest()) == {".env": "D"}
