"""A harvest takes what changed, byte by byte, and names what it does not take."""

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, paths_of, reasons_of
from wf_tui.git.control.caps import Caps
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.harvest.unsafe_paths import leaves_tree
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.worktrees.tree import Tree


@pytest.fixture
def tree(run: Run) -> Tree:
    """Give a fresh worktree."""
    return run.pool.acquire(run.control.head())


def _content(run: Run, tree_oid: str, path: str) -> bytes:
    return run.control.git("cat-file", "blob", f"{tree_oid}:{path}").stdout


def test_an_untouched_tree_has_no_entries(run: Run, tree: Tree) -> None:
    """Nothing changed is the base's own tree."""
    found = tree.harvest()
    assert (found.entries, found.refused, found.ignored) == ((), (), ())
    assert found.tree_oid == run.control.tree_of(tree.base)


def test_changes_of_all_kinds_are_taken(run: Run, tree: Tree) -> None:
    """New, changed, deleted and renamed files and modes are all in the harvested tree."""
    (tree.path / "new.bin").write_bytes(bytes(range(256)))
    (tree.path / "README.md").write_text("changed\r\n")
    (tree.path / "docs" / "guide.md").unlink()
    (tree.path / "src" / "app.py").rename(tree.path / "src" / "main.py")
    (tree.path / "run.sh").chmod(0o644)
    found = tree.harvest()
    assert paths_of(found) == {
        "new.bin": "A",
        "README.md": "M",
        "docs/guide.md": "D",
        "src/app.py": "D",
        "src/main.py": "A",
        "run.sh": "M",
    }
    assert _content(run, found.tree_oid, "new.bin") == bytes(range(256))
    assert _content(run, found.tree_oid, "README.md") == b"changed\r\n"
    assert tree.harvest() == found


def test_commits_of_the_worker_are_included(run: Run, tree: Tree) -> None:
    """What counts is the tree against the base, however often the worker committed."""
    (tree.path / "a").write_text("a")
    run.user.git("add", "a", cwd=tree.path)
    run.user.git("commit", "-q", "-m", "mine", cwd=tree.path)
    (tree.path / "b").write_text("b")
    assert paths_of(tree.harvest()) == {"a": "A", "b": "A"}


def test_ignored_files_are_counted_and_left(tree: Tree) -> None:
    """Files and folders that the excludes hide are a number, not entries."""
    (tree.path / "x.log").write_text("x")
    (tree.path / "build").mkdir()
    (tree.path / "build" / "a").write_text("x")
    (tree.path / "build" / "b").write_text("x")
    found = tree.harvest()
    assert (found.entries, found.ignored) == ((), ("build/", "x.log"))


def test_the_users_excludes_count(user: User, start_run: Callable[[User], Run]) -> None:
    """An editor's file that the user ignores everywhere is no work."""
    (user.home / "ignore").write_text("*.swp\n")
    user.git("config", "--global", "core.excludesFile", "~/ignore")
    run = start_run(user)
    tree = run.pool.acquire(run.control.head())
    (tree.path / "a.swp").write_text("x")
    assert (tree.harvest().entries, tree.harvest().ignored) == ((), ("a.swp",))


@pytest.mark.parametrize(
    "name",
    [
        "new\nline",
        "esc\x1b[2Jname",
        "-rf",
        "--",
        "a b",
        "日本",
        "q\"uo'te",
        "back\\slash",
        "\udcff\udcfe",
    ],
)
def test_odd_names_are_taken(tree: Tree, name: str) -> None:
    """A name may hold any byte; it comes out as it went in."""
    (tree.path / "odd").mkdir()
    Path(os.fsdecode(os.fsencode(tree.path / "odd") + b"/" + os.fsencode(name))).write_text("x")
    assert paths_of(tree.harvest()) == {f"odd/{name}": "A"}


@pytest.mark.parametrize(
    ("link", "target", "leaves"),
    [
        ("a", "b", False),
        ("a", "./x//y", False),
        ("d/a", "../b", False),
        ("d/e/a", "../../b/c", False),
        ("a", "..", True),
        ("a", "../x", True),
        ("d/a", "../../x", True),
        ("a", "/etc/passwd", True),
        ("a", "b/../../x", True),
        ("a", "b/../c", True),
        ("a", ".git/config", True),
        ("d/a", "../.GIT", True),
        ("d/a", "..", False),
    ],
)
def test_links_out_of_the_tree_are_known(link: str, target: str, leaves: bool) -> None:  # noqa: FBT001 - a table
    """A link leaves by an absolute target, by more `..` than folders, or into `.git`."""
    assert leaves_tree(link.encode(), target.encode()) is leaves


def test_links_that_leave_are_refused(run: Run, tree: Tree) -> None:
    """A link out of the tree is named and is not in the harvested tree; one inside is taken."""
    (tree.path / "in").symlink_to("src/app.py")
    (tree.path / "out").symlink_to("../../secret")
    (tree.path / "abs").symlink_to("/etc/passwd")
    (tree.path / "link.md").unlink()
    (tree.path / "link.md").symlink_to("/etc/shadow")
    found = tree.harvest()
    assert paths_of(found) == {"in": "A"}
    assert set(reasons_of(found)) == {"out", "abs", "link.md"}
    assert _content(run, found.tree_oid, "link.md") == b"README.md"


def test_a_folder_replaced_by_a_link_loses_its_files(tree: Tree) -> None:
    """Behind a link to a folder nothing belongs to the tree."""
    shutil.rmtree(tree.path / "src")
    (tree.path / "src").symlink_to("docs")
    assert paths_of(tree.harvest()) == {
        "src": "A",
        "src/app.py": "D",
        "src/deep/er/tool.py": "D",
    }


def test_a_folder_replaced_by_a_link_outside_takes_nothing_from_there(
    tree: Tree, tmp_path: Path
) -> None:
    """Files behind a link out of the tree are not read."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "app.py").write_text("secret")
    shutil.rmtree(tree.path / "src")
    (tree.path / "src").symlink_to(tmp_path / "outside")
    found = tree.harvest()
    assert paths_of(found) == {"src/app.py": "D", "src/deep/er/tool.py": "D"}
    assert reasons_of(found) == {"src": "symbolic link that leaves the tree"}


def test_file_and_folder_change_places(tree: Tree) -> None:
    """A file where a folder was, and a folder where a file was."""
    shutil.rmtree(tree.path / "docs")
    (tree.path / "docs").write_text("file")
    (tree.path / "README.md").unlink()
    (tree.path / "README.md").mkdir()
    (tree.path / "README.md" / "x").write_text("x")
    assert paths_of(tree.harvest()) == {
        "docs": "A",
        "docs/guide.md": "D",
        "README.md": "D",
        "README.md/x": "A",
    }


def test_special_files_are_refused(tree: Tree) -> None:
    """A FIFO or socket in place of a file is named; the file stays as it was."""
    for name in ("README.md", "run.sh"):
        (tree.path / name).unlink()
    os.mkfifo(tree.path / "README.md")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tree.path)
        server.bind("run.sh")
        os.chdir(here)
    os.mkfifo(tree.path / "new")
    (tree.path / "build").mkdir()
    os.mkfifo(tree.path / "build" / "hidden")
    (tree.path / "ok").write_text("x")
    found = tree.harvest()
    assert paths_of(found) == {"ok": "A"}
    assert reasons_of(found) == dict.fromkeys(("README.md", "run.sh", "new"), "special file")


def test_git_is_not_asked_what_it_ignores_where_nothing_is(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all names are tracked, none is ignored: a program of git less for each attempt."""
    (tree.path / "README.md").write_text("changed")
    (tree.path / "src" / "app.py").rename(tree.path / "docs" / "app.py")
    (tree.path / "docs" / "new").write_text("new")
    with monkeypatch.context() as patch:
        patch.delattr(WorktreeFiles, "ignored")
        found = tree.harvest()
    assert found.ignored == ()
    assert found == replace(tree, names=None).harvest()


@pytest.mark.parametrize("name", ["a.log", "build/x", "docs/a.log", "README.md/a.log", "empty/"])
def test_what_is_ignored_is_found_beside_known_names(tree: Tree, name: str) -> None:
    """The names of the base change nothing of what a harvest says."""
    (tree.path / "README.md").unlink()
    place = tree.path / name
    place.parent.mkdir(exist_ok=True)
    if name.endswith("/"):
        place.mkdir()
    else:
        place.write_text("x")
    found = tree.harvest()
    assert found == replace(tree, names=None).harvest()
    assert bool(found.ignored) is not name.endswith("/")


def test_nested_repositories_are_refused(run: Run, tree: Tree) -> None:
    """A repository inside is named as a whole, also an unborn one, and hinders nothing."""
    for name in ("born", "unborn", "deep/er"):
        (tree.path / name).mkdir(parents=True)
        run.user.git("init", "-q", cwd=tree.path / name)
        (tree.path / name / "file").write_text("x")
    run.user.git("commit", "-q", "--allow-empty", "-m", "x", cwd=tree.path / "born")
    (tree.path / "ok").write_text("x")
    found = tree.harvest()
    assert paths_of(found) == {"ok": "A"}
    assert reasons_of(found) == dict.fromkeys(("born", "unborn", "deep/er"), "nested repository")


def test_planted_bare_repositories_are_refused(run: Run, tree: Tree) -> None:
    """A folder that git would take for a bare repository is not merged."""
    run.user.git("init", "-q", "--bare", "planted", cwd=tree.path)
    (tree.path / "indirect").mkdir()
    (tree.path / "indirect" / "HEAD").write_text("ref: refs/heads/x\n")
    (tree.path / "indirect" / "commondir").write_text("../planted\n")
    (tree.path / "fine").mkdir()
    (tree.path / "fine" / "HEAD").write_text("just a name")
    (tree.path / "fine" / "refs").write_text("just a name")
    found = tree.harvest()
    assert paths_of(found) == {"fine/HEAD": "A", "fine/refs": "A"}
    assert set(reasons_of(found).values()) == {"planted bare repository"}
    assert {"planted/HEAD", "planted/config", "indirect/commondir"} <= set(reasons_of(found))


def test_bare_repositories_of_the_base_may_change(
    user: User, start_run: Callable[[User], Run]
) -> None:
    """A test fixture that the user has committed is the user's own business."""
    user.git("init", "-q", "--bare", "fixture.git")
    (user.path / "fixture.git" / "objects" / "keep").write_text("x")
    (user.path / "fixture.git" / "refs" / "keep").write_text("x")
    user.commit()
    run = start_run(user)
    tree = run.pool.acquire(run.control.head())
    (tree.path / "fixture.git" / "refs" / "more").write_text("x")
    assert paths_of(tree.harvest()) == {"fixture.git/refs/more": "A"}


def test_changed_submodules_are_refused(user: User, start_run: Callable[[User], Run]) -> None:
    """A submodule stays at its commit whatever a worker makes of its folder."""
    head = user.git("rev-parse", "HEAD")
    for name in ("moved", "removed", "filled", "same"):
        user.git("update-index", "--add", "--cacheinfo", f"160000,{head},{name}")
    user.git("commit", "-q", "-m", "modules")
    run = start_run(user)
    tree = run.pool.acquire(run.control.head())
    user.git("init", "-q", cwd=tree.path / "moved")
    user.git("commit", "-q", "--allow-empty", "-m", "other", cwd=tree.path / "moved")
    (tree.path / "removed").rmdir()
    (tree.path / "removed").write_text("a file now")
    (tree.path / "filled" / "x").write_text("x")
    found = tree.harvest()
    assert found.entries == ()
    assert {"moved", "removed"} <= set(reasons_of(found))


@pytest.mark.parametrize("name", [".GIT/config", "git~1/config", "sub/.git./config"])
def test_forbidden_names_are_refused(tree: Tree, name: str) -> None:
    """A name that is `.git` on another system is named, and the rest is taken."""
    (tree.path / name).parent.mkdir(parents=True)
    (tree.path / name).write_text("x")
    (tree.path / "ok").write_text("x")
    found = tree.harvest()
    assert paths_of(found) == {"ok": "A"}
    assert reasons_of(found) == {name: "forbidden name"}


def test_unreadable_files_and_folders_are_taken(tree: Tree) -> None:
    """Modes do not hide work: what the owner locked is opened."""
    folder = tree.path / "locked"
    folder.mkdir()
    (folder / "inside").write_text("x")
    (tree.path / "zero").write_text("x")
    (tree.path / "zero").chmod(0)
    folder.chmod(0)
    assert paths_of(tree.harvest()) == {"locked/inside": "A", "zero": "A"}


def test_very_deep_folders_are_taken(tree: Tree) -> None:
    """500 levels are harvested."""
    deep = tree.path.joinpath(*["d"] * 500)
    deep.mkdir(parents=True)
    (deep / "f").write_text("x")
    assert list(paths_of(tree.harvest())) == ["d/" * 500 + "f"]


def test_folders_too_deep_for_a_path_are_named(tree: Tree) -> None:
    """What no path reaches is told, and the rest is taken."""
    here = os.open(".", os.O_RDONLY)
    os.chdir(tree.path)
    for _ in range(60):
        Path("d" * 100).mkdir()
        os.chdir("d" * 100)
    Path("f").write_text("x")
    os.fchdir(here)
    os.close(here)
    (tree.path / "ok").write_text("x")
    found = tree.harvest()
    assert paths_of(found) == {"ok": "A"}
    assert list(reasons_of(found).values()) == ["unreadable folder: its path is too long"]


def test_a_path_too_long_for_the_host_is_named(tree: Tree) -> None:
    """A path that git can read from inside, but nobody from outside, is told."""
    here = os.open(".", os.O_RDONLY)
    os.chdir(tree.path)
    for _ in range(40):
        Path("d" * 100).mkdir()
        os.chdir("d" * 100)
    Path("f").write_text("x")
    os.fchdir(here)
    os.close(here)
    assert list(reasons_of(tree.harvest()).values()) == ["its path is too long"]


def test_a_loop_of_links_is_taken_as_it_is(tree: Tree) -> None:
    """A folder replaced by a link to itself loses its files, and that is all."""
    shutil.rmtree(tree.path / "docs")
    (tree.path / "docs").symlink_to("docs")
    assert paths_of(tree.harvest()) == {"docs": "A", "docs/guide.md": "D"}


def test_caps_refuse_the_whole_harvest(tree: Tree) -> None:
    """Too many files or too many bytes: a typed refusal, and no half harvest."""
    for number in range(4):
        (tree.path / str(number)).write_text("x" * 1000)
    with pytest.raises(HarvestRefusedError, match="more than 3 files"):
        tree.harvest(caps=Caps(files=3))
    with pytest.raises(HarvestRefusedError, match="more than 0 MB"):
        tree.harvest(caps=Caps(size=3999))
    assert len(tree.harvest(caps=Caps(files=4, size=4000)).entries) == 4


def test_a_sparse_giant_is_refused_unread(tree: Tree) -> None:
    """A file that claims 10 GB is refused at once."""
    with (tree.path / "giant").open("wb") as giant:
        giant.truncate(10 << 30)
    with pytest.raises(HarvestRefusedError, match="200 MB"):
        tree.harvest()


@pytest.mark.parametrize("kind", ["gone", "file", "link"])
def test_a_tree_that_is_gone_is_refused(run: Run, tree: Tree, tmp_path: Path, kind: str) -> None:
    """A worktree that was removed or replaced is no deletion of all files."""
    tree.path.rename(tmp_path / "moved")
    if kind == "file":
        tree.path.write_text("x")
    elif kind == "link":
        tree.path.symlink_to(tmp_path / "moved")
    for scopes in (None, ["src"]):
        with pytest.raises(HarvestRefusedError, match="gone"):
            tree.harvest(scopes)
    run.pool.release(tree)
    assert run.pool.acquire(tree.base).harvest().entries == ()


def test_what_git_cannot_take_is_refused(tree: Tree) -> None:
    """A lock on the host's index is told as a refusal."""
    (tree.path / "x").write_text("x")
    tree.worktree.index.with_name(tree.worktree.index.name + ".lock").touch()
    with pytest.raises(HarvestRefusedError, match="cannot take"):
        tree.harvest()


def test_scopes_limit_what_is_taken(run: Run, tree: Tree) -> None:
    """Two attempts in one tree harvest their own paths and do not see each other's."""
    (tree.path / "src" / "new.py").write_text("x")
    (tree.path / "docs" / "new.md").write_text("x")
    (tree.path / "docs" / "guide.md").unlink()
    (tree.path / "docs" / "abs").symlink_to("/etc")
    source, documents = tree.harvest(["src"]), tree.harvest(["docs/**"])
    assert paths_of(source) == {"src/new.py": "A"}
    assert reasons_of(source) == {}
    assert paths_of(documents) == {"docs/new.md": "A", "docs/guide.md": "D"}
    assert reasons_of(documents) == {"docs/abs": "symbolic link that leaves the tree"}
    assert {file.name for file in run.paths.indexes.iterdir()} == {
        "1",
        "1.attributes",
        "1.harvested",
    }
