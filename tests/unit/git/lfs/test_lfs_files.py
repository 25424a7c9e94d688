"""LFS files: pointers in commits, contents in worktrees and in the user's folder of contents."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, commit_tree_of, merge, paths_of
from wf_tui.errors import GitError
from wf_tui.git.lfs.lfs_filter import Pointer, add_object, find_object, object_path, parse_pointer
from wf_tui.git.repository import find_repository
from wf_tui.git.user.export import Exported, export

CONTENT = bytes(range(256)) * 50
OID = hashlib.sha256(CONTENT).hexdigest()
POINTER = Pointer(OID, len(CONTENT)).text


@pytest.fixture
def lfs(user: User) -> User:
    """Give a user with an LFS file, and its content; git-lfs itself is not there."""
    user.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    user.write("a.bin", POINTER.decode())
    user.write("gone.bin", Pointer("0" * 64, 3).text.decode())
    user.commit("assets")
    path = object_path(user.path / ".git" / "lfs" / "objects", OID)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return user


@pytest.fixture
def run(lfs: User, start_run: Callable[[User], Run]) -> Run:
    """Start a run on it."""
    return start_run(lfs)


def blob(run: Run, tree: str, path: str) -> bytes:
    """Return what a tree has at a path."""
    return run.control.git("cat-file", "blob", f"{tree}:{path}").stdout


def test_a_pointer_is_what_git_lfs_writes() -> None:
    """By its specification: version, hash and length, in this order, each on a line."""
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {len(CONTENT)}\n"
    assert text.encode() == POINTER
    assert parse_pointer(POINTER) == Pointer(OID, len(CONTENT))
    assert parse_pointer(POINTER.replace(b"size 12800\n", b"")) == Pointer(OID, None)
    extended = POINTER.replace(b"oid", b"ext-0-case sha256:" + b"1" * 64 + b"\noid")
    assert parse_pointer(extended) == Pointer(OID, len(CONTENT))


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", POINTER[1:], POINTER.replace(b"sha256", b"md5"), POINTER + b"\0" * 2000],
)
def test_what_is_no_pointer(content: bytes) -> None:
    """Anything else is a content like any other."""
    assert parse_pointer(content) is None


def test_contents_are_there_where_the_user_has_them(run: Run) -> None:
    """A worktree has the files; of what is nowhere, the pointer."""
    tree = run.pool.acquire(run.control.head())
    assert (tree.path / "a.bin").read_bytes() == CONTENT
    assert parse_pointer((tree.path / "gone.bin").read_bytes()) == Pointer("0" * 64, 3)
    assert tree.harvest().entries == ()


def test_reading_and_touching_commits_nothing(run: Run) -> None:
    """Nor does a setup that lays a content out by itself, or one that takes it away again."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "a.bin").write_bytes(CONTENT)
    os.utime(tree.path / "gone.bin", (1, 1))
    assert tree.harvest().entries == ()
    (tree.path / "a.bin").write_bytes(POINTER)
    assert tree.harvest().entries == ()


def test_a_new_content_becomes_a_pointer(run: Run) -> None:
    """The content is stored, and the commit has the pointer; an empty file is one."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "b.bin").write_bytes(b"b" * 5_000_000)
    (tree.path / "a.bin").write_bytes(b"a")
    (tree.path / "empty.bin").write_bytes(b"")
    found = tree.harvest()
    assert paths_of(found) == {"a.bin": "M", "b.bin": "A", "empty.bin": "A"}
    pointer = parse_pointer(blob(run, found.tree_oid, "b.bin"))
    assert pointer == Pointer(hashlib.sha256(b"b" * 5_000_000).hexdigest(), 5_000_000)
    assert blob(run, found.tree_oid, "empty.bin") == b""
    assert found.filtered == ()


def test_the_next_task_finds_what_one_has_made(run: Run) -> None:
    """Also before its branch is exported; the tree is used again, and is clean."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "b.bin").write_bytes(b"new content")
    merge(run, commit_tree_of(run, tree))
    assert run.pool.release(tree)
    again = run.pool.acquire(run.control.head())
    assert again.number == tree.number
    assert (again.path / "b.bin").read_bytes() == b"new content"
    assert again.harvest().entries == ()


def test_an_export_brings_the_contents(run: Run, lfs: User) -> None:
    """What the branch needs is in the user's folder, whole, with the rights of the repository."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "b.bin").write_bytes(b"new content")
    merge(run, commit_tree_of(run, tree))
    other = run.pool.acquire(run.control.base)
    (other.path / "c.bin").write_bytes(b"nobody merges this")
    other.harvest()
    (lfs.path / ".git").chmod(0o750)
    repository = find_repository(lfs.path)
    assert isinstance(export(repository, run.control, "wf/run-1", expected=None), Exported)
    folder = lfs.path / ".git" / "lfs" / "objects"
    path = object_path(folder, hashlib.sha256(b"new content").hexdigest())
    assert path.read_bytes() == b"new content"
    modes = [stat.S_IMODE(made.stat().st_mode) for made in (path, path.parent)]
    assert modes == [0o640, 0o750]
    assert not object_path(folder, hashlib.sha256(b"nobody merges this").hexdigest()).exists()
    assert sum(file.is_file() for file in folder.rglob("*")) == 2


@pytest.mark.parametrize("relative", [True, False])
def test_the_storage_may_be_elsewhere(
    lfs: User, start_run: Callable[[User], Run], tmp_path: Path, *, relative: bool
) -> None:
    """`lfs.storage` names it, below the git directory or anywhere."""
    folder = lfs.path / ".git" / "elsewhere" if relative else tmp_path / "shared"
    lfs.git("config", "lfs.storage", "elsewhere" if relative else str(folder))
    (lfs.path / ".git" / "lfs").rename(folder)
    run = start_run(lfs)
    tree = run.pool.acquire(run.control.head())
    assert (tree.path / "a.bin").read_bytes() == CONTENT
    (tree.path / "b.bin").write_bytes(b"b")
    merge(run, commit_tree_of(run, tree))
    export(find_repository(lfs.path), run.control, "wf/run-1", expected=None)
    assert object_path(folder / "objects", hashlib.sha256(b"b").hexdigest()).exists()


def test_who_skips_contents_gets_pointers(lfs: User, start_run: Callable[[User], Run]) -> None:
    """Where the user's own checkout has none, a worktree has none."""
    lfs.git("config", "filter.lfs.process", "git-lfs filter-process --skip")
    run = start_run(lfs)
    tree = run.pool.acquire(run.control.head())
    assert (tree.path / "a.bin").read_bytes() == POINTER


def test_a_content_is_believed_by_its_hash(run: Run, lfs: User) -> None:
    """What lies under a name that is not its hash, or is a link, does not come into a worktree."""
    path = object_path(lfs.path / ".git" / "lfs" / "objects", OID)
    path.write_bytes(CONTENT[::-1])
    assert (run.pool.acquire(run.control.head()).path / "a.bin").read_bytes() == POINTER
    path.unlink()
    (lfs.path / "real").write_bytes(CONTENT)
    path.symlink_to(lfs.path / "real")
    assert (run.pool.acquire(run.control.head()).path / "a.bin").read_bytes() == POINTER


def test_a_pointer_in_other_words_stays(lfs: User, start_run: Callable[[User], Run]) -> None:
    """A tool that writes no size has not made the content another one."""
    short = POINTER.replace(b"size 12800\n", b"")
    (lfs.path / "a.bin").write_bytes(short)
    lfs.commit("by another tool")
    run = start_run(lfs)
    tree = run.pool.acquire(run.control.head())
    (tree.path / "a.bin").unlink()
    (tree.path / "a.bin").write_bytes(CONTENT)
    assert tree.harvest().entries == ()


def test_a_content_that_cannot_be_stored_is_not_committed(run: Run) -> None:
    """Git fails rather than committing the content itself."""
    tree = run.pool.acquire(run.control.head())
    (run.control.git_dir / "lfs").write_text("in the way")
    (tree.path / "b.bin").write_bytes(b"b" * 2000)
    with pytest.raises(GitError, match="the content of an LFS file cannot be kept"):
        tree.harvest()


def test_a_half_written_content_has_no_name(tmp_path: Path) -> None:
    """Where the end of a content does not come, nothing is stored."""

    def parts() -> Iterator[bytes]:
        yield b"x" * 4096
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        add_object(tmp_path / "objects", parts())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert find_object([tmp_path / "objects"], Pointer("1" * 64, 4096)) is None
