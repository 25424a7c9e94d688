"""Attributes that run nothing act in all that wf does as they do in the user's own git.

What wf makes is compared with what git makes of the same files and commits.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.git.conftest import Run, User, commit_tree_of, merge, paths_of, reasons_of
from wf_tui.git.merge.merge_attributes import attributes_folder
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.repository import find_repository
from wf_tui.git.user.combined import combine
from wf_tui.git.user.export import export
from wf_tui.git.user.land import land, plan_landing
from wf_tui.git.user.target import find_target

_LINES = "".join(f"line {number}\n" for number in range(20))
_APART = (_LINES.replace("line 1\n", "ours\n"), _LINES.replace("line 18\n", "theirs\n"))
_TOGETHER = (_LINES.replace("line 9\n", "ours\n"), _LINES.replace("line 9\n", "theirs\n"))
_ATTRIBUTES = (
    "f -merge",
    "f merge=binary",
    "f binary",
    "f merge=union",
    "f merge=text",
    "f merge=ours",
    "f merge=unknown diff=unknown filter=unknown",
    "f text eol=crlf",
    "f text eol=lf",
    "f text=auto",
    "f -text",
    "f ident",
    "f export-ignore export-subst whitespace=trailing-space",
    "f conflict-marker-size=20",
    "f working-tree-encoding=UTF-8",
    "[attr]lock -merge -diff\nf lock",
    "* merge=union\nf !merge",
    "* -merge\nf merge",
)


def _set(user: User, place: str, attributes: str) -> None:
    user.git("config", "--global", "core.attributesFile", "~/attributes")
    user.write(place, attributes + "\n")


def _two_sides(user: User, name: str, edits: tuple[str, str]) -> None:
    """Commit a file, and a version of it on each of the branches `main` and `side`."""
    user.write(name, _LINES)
    user.commit("base")
    user.git("checkout", "-q", "-b", "side")
    for branch, text in zip(("main", "side"), edits, strict=True):
        user.git("checkout", "-q", branch)
        user.write(name, text)
        user.git("commit", "-qam", branch)
    user.git("checkout", "-q", "main")


def _merged_by_git(user: User) -> tuple[bool, str]:
    """Merge as the user; return whether it is clean, and its tree or what is in conflict."""
    try:
        user.git("merge", "-q", "--no-commit", "--no-ff", "side")
    except subprocess.CalledProcessError:
        return False, user.git("diff", "--name-only", "--diff-filter=U")
    return True, user.git("write-tree")


def _merged_by_wf(run: Run) -> tuple[bool, str]:
    ours, theirs = run.user.git("rev-parse", "main", "side").split()
    merged = merge_trees(run.control, ours, theirs)
    return merged.clean, merged.tree if merged.clean else "\n".join(merged.conflicts)


@pytest.mark.parametrize("edits", [_APART, _TOGETHER], ids=["apart", "together"])
@pytest.mark.parametrize("attributes", _ATTRIBUTES)
def test_a_merge_is_that_of_git(
    user: User, start_run: Callable[[User], Run], attributes: str, edits: tuple[str, str]
) -> None:
    """The same two commits give the same tree, or are in conflict at the same paths."""
    _set(user, ".gitattributes", attributes)
    _two_sides(user, "f", edits)
    assert _merged_by_wf(start_run(user)) == _merged_by_git(user)


@pytest.mark.parametrize("place", [".git/info/attributes", "../home/attributes"])
def test_attributes_of_the_user_count(
    user: User, start_run: Callable[[User], Run], place: str
) -> None:
    """So do those of the user alone, in the repository and in the home."""
    _set(user, place, "f merge=union")
    _two_sides(user, "f", _TOGETHER)
    merged = _merged_by_wf(start_run(user))
    assert merged == _merged_by_git(user)
    assert merged[0]


def test_attributes_of_folders_count(user: User, start_run: Callable[[User], Run]) -> None:
    """A `.gitattributes` deep down holds for its own folder, whatever those above say."""
    _set(user, ".gitattributes", "* -merge")
    _set(user, "src/deep/.gitattributes", "f merge=union")
    _two_sides(user, "src/deep/f", _TOGETHER)
    merged = _merged_by_wf(start_run(user))
    assert merged == _merged_by_git(user)
    assert merged[0]


def test_the_attributes_are_those_of_the_branch(
    user: User, start_run: Callable[[User], Run]
) -> None:
    """What the other side says of a file holds only when it has been merged."""
    _two_sides(user, "f", _TOGETHER)
    user.git("checkout", "-q", "side")
    user.write(".gitattributes", "f merge=union\n")
    user.commit("attributes")
    user.git("checkout", "-q", "main")
    run = start_run(user)
    assert _merged_by_wf(run) == _merged_by_git(user) == (False, "f")


def test_the_files_of_a_branch_are_followed(user: User, start_run: Callable[[User], Run]) -> None:
    """The folder with the attributes is that of each commit that is asked for, as it comes."""
    commits = []
    for text in ("f -merge\n", "f merge=union\n", None):
        file = user.write("src/.gitattributes", text or "")
        if text is None:
            file.unlink()
        commits.append(user.commit())
    run = start_run(user)
    found = [attributes_folder(run.control, commit) for commit in (*commits, commits[0])]
    assert found[2] is None
    assert found[3] == found[0] != found[1]
    assert found[1] is not None
    assert (found[1] / "src/.gitattributes").read_text() == "f merge=union\n"


def test_a_program_of_a_driver_never_runs(
    user: User, start_run: Callable[[User], Run], tmp_path: Path
) -> None:
    """A merge goes as it would where the driver has not been configured."""
    _set(user, ".gitattributes", "f merge=ours")
    _two_sides(user, "f", _APART)
    expected = _merged_by_git(user)
    user.git("merge", "--abort")
    user.git("config", "--global", "merge.ours.driver", f"touch {tmp_path}/ran")
    assert _merged_by_wf(start_run(user)) == expected
    assert not (tmp_path / "ran").exists()


def test_a_merge_is_normalised_where_the_user_says_so(
    user: User, start_run: Callable[[User], Run]
) -> None:
    """With `merge.renormalize` other line ends are no conflict."""
    _set(user, ".gitattributes", "f text")
    _two_sides(user, "f", _APART)
    _store(user, "f", _APART[0].replace("\n", "\r\n").encode())
    user.git("config", "merge.renormalize", "true")
    run = start_run(user)
    clean, tree = _merged_by_wf(run)
    assert clean
    assert run.control.git("cat-file", "-p", f"{tree}:f").text.startswith("line 0\nours\n")


_FILES = {
    "lf": b"a\nb\n",
    "crlf": b"a\r\nb\r\n",
    "mixed": b"a\r\nb\n",
    "binary": b"a\r\n\0\n",
    "id": b"$Id$\nx\n",
    "wide": "a\nb\n".encode("utf-16"),
}
_RULES = (
    "* text=auto",
    "* text",
    "* -text",
    "* text eol=crlf",
    "* text=auto eol=crlf",
    "* text eol=lf",
    "* binary",
    "id ident",
    "wide working-tree-encoding=UTF-16 text",
    "wide working-tree-encoding=UTF-16 eol=crlf",
    "[attr]dos text eol=crlf\nlf dos",
    "* filter=unknown",
)
_SETTINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("core.autocrlf", "true"),
    ("core.autocrlf", "input"),
    ("core.eol", "crlf"),
)


def _write_all(folder: Path, more: bytes = b"") -> None:
    for name, content in _FILES.items():
        (folder / name).write_bytes(content + more if name != "wide" else content)


@pytest.mark.parametrize("setting", _SETTINGS, ids=" ".join)
@pytest.mark.parametrize("rule", _RULES)
def test_files_are_stored_and_written_as_by_git(
    user: User,
    start_run: Callable[[User], Run],
    rule: str,
    setting: tuple[str, ...],
    tmp_path: Path,
) -> None:
    """A worktree has the bytes of the user's; what is harvested is the tree of the user's `add`."""
    if setting:
        user.git("config", *setting)
    _set(user, ".gitattributes", rule)
    _write_all(user.path)
    user.commit()
    run = start_run(user)
    tree, other = run.pool.acquire(run.control.base), tmp_path / "other"
    user.git("worktree", "add", "-q", "--detach", str(other))
    for name in _FILES:
        assert (tree.path / name).read_bytes() == (other / name).read_bytes()
    for folder in (tree.path, other):
        _write_all(folder, b"more\r\n")
    user.git("add", "-A", cwd=other)
    assert tree.harvest().tree_oid == user.git("write-tree", cwd=other)


def _land(run: Run) -> None:
    """Export and land the branch of a run, as `wf land` does."""
    repository = find_repository(run.user.path)
    export(repository, run.control, "wf/run-1", expected=None)
    environ = {"HOME": str(run.user.home), "PATH": os.environ["PATH"]}
    combined = combine(run.control, repository.common_dir, write=True)
    target = find_target(repository.common_dir, "main", environ, combined.user_env)
    coming = plan_landing(combined, repository.head, run.control.head())
    target.check(coming.tree, coming.entries, merges=False)
    land(combined, target, coming, "Land")


@pytest.mark.parametrize("rule", [rule for rule in _RULES if "filter" not in rule])
def test_a_checkout_is_clean_after_a_landing(
    user: User, start_run: Callable[[User], Run], rule: str
) -> None:
    """Whatever bytes a worker wrote, git finds nothing to do in what they became."""
    _set(user, ".gitattributes", rule)
    _write_all(user.path)
    user.commit()
    run = start_run(user)
    tree = run.pool.acquire(run.control.base)
    _write_all(tree.path, b"more\r\n")
    (tree.path / "id").write_bytes(b"$Id: 0123 $\nmore\n")
    merge(run, commit_tree_of(run, tree))
    _land(run)
    user.git("update-index", "-q", "--really-refresh")
    assert user.git("status", "--porcelain") == ""


def _store(user: User, name: str, content: bytes) -> None:
    """Commit bytes as they are, whatever the attributes say."""
    file = user.path / name
    file.write_bytes(content)
    blob = user.git("hash-object", "-w", "--no-filters", name)
    user.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    user.git("commit", "-qm", "stored as it is")


@pytest.fixture
def odd(user: User) -> User:
    """Give a user whose repository stores bytes as its own attributes would not."""
    rules = "crlf text\nmixed text eol=crlf\nid ident\nwide working-tree-encoding=UTF-16LE-BOM\n"
    user.write(".gitattributes", rules)
    user.commit()
    contents = {"crlf": b"a\r\n", "mixed": b"a\r\nb\n", "id": b"$Id: 1 $\n", "wide": b"\xff\xfea"}
    contents["src/crlf"] = b"a\r\n"
    for name, content in contents.items():
        _store(user, name, content)
    return user


def test_what_nobody_touched_is_no_change(odd: User, start_run: Callable[[User], Run]) -> None:
    """Bytes that git would store otherwise are left alone, however often the tree is used."""
    run = start_run(odd)
    for _ in range(3):
        tree = run.pool.acquire(run.control.base)
        os.utime(tree.path / "mixed")
        assert tree.number == 1
        assert tree.why_unsaved() == ""
        assert tree.harvest().entries == ()
        assert run.pool.release(tree)


def test_what_was_changed_is_taken_all_the_same(
    odd: User, start_run: Callable[[User], Run]
) -> None:
    """One more line, or the right to be run, is a change of such a file, too."""
    tree = (run := start_run(odd)).pool.acquire(run.control.base)
    (tree.path / "crlf").write_bytes(b"a\r\nb\r\n")
    (tree.path / "id").chmod(0o755)
    assert paths_of(tree.harvest()) == {"crlf": "M", "id": "M"}


def test_a_folder_behind_a_link_is_not_compared(
    odd: User, start_run: Callable[[User], Run], tmp_path: Path
) -> None:
    """The same files behind a link are none of the tree's: they count as gone."""
    tree = (run := start_run(odd)).pool.acquire(run.control.base)
    shutil.copytree(tree.path / "src", tmp_path / "src")
    shutil.rmtree(tree.path / "src")
    (tree.path / "src").symlink_to(tmp_path / "src")
    assert paths_of(tree.harvest())["src/crlf"] == "D"


@pytest.mark.parametrize(
    ("rule", "content", "reason"),
    [
        ("f working-tree-encoding=UTF-16LE-BOM", b"plain", "failed to encode 'f'"),
        ("f working-tree-encoding=UTF-16", b"\xff\xfea", "failed to encode 'f'"),
        ("f text eol=crlf", b"a\n", "LF would be replaced by CRLF in f"),
    ],
)
def test_what_git_would_not_add_is_refused_by_name(
    user: User, start_run: Callable[[User], Run], rule: str, content: bytes, reason: str
) -> None:
    """Where `git add` fails for a file, that file is left out and named; the rest is taken."""
    user.git("config", "core.safecrlf", "true")
    _set(user, ".gitattributes", rule)
    user.commit()
    tree = (run := start_run(user)).pool.acquire(run.control.base)
    (tree.path / "f").write_bytes(content)
    (tree.path / "other").write_text("other\n")
    found = tree.harvest()
    assert paths_of(found) == {"other": "A"}
    assert reason in reasons_of(found)["f"]


def test_a_tree_is_made_anew_for_other_attributes(
    user: User, start_run: Callable[[User], Run]
) -> None:
    """A used worktree has the line ends of its new base, also in files that stayed the same."""
    tree = (run := start_run(user)).pool.acquire(run.control.base)
    (tree.path / "src/.gitattributes").write_text("app.py text eol=crlf\n")
    merge(run, commit_tree_of(run, tree))
    run.pool.release(tree)
    again = run.pool.acquire(run.control.head())
    assert again.number == tree.number
    assert (again.path / "src/app.py").read_bytes().startswith(b"one\r\n")


def test_a_worker_finds_its_tree_clean(odd: User, start_run: Callable[[User], Run]) -> None:
    """The worker's own git goes by the same rules, so that it stores what wf would."""
    odd.git("config", "core.autocrlf", "input")
    tree = (run := start_run(odd)).pool.acquire(run.control.base)
    (tree.path / "new").write_bytes(b"a\r\n")
    odd.git("add", "new", cwd=tree.path)
    stored = odd.git("rev-parse", ":new", cwd=tree.path)
    assert stored == next(e.new_oid for e in tree.harvest().entries if e.path == "new")
