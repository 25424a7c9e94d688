"""Nothing that a worker leaves runs on the host, and the next worker finds exactly the base."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.merging import integrate
from tests.unit.git.conftest import Run, canary, picture
from wf_tui.git.control.attempt_commits import Message, commit_attempt
from wf_tui.git.control.diffs import diff
from wf_tui.git.merge.integrate import Merge
from wf_tui.git.repository import find_repository
from wf_tui.git.user.export import Exported, export
from wf_tui.git.worktrees.tree import Tree

Attack = Callable[[Tree, str, Path], None]

_HOOKS = ("pre-commit", "post-checkout", "post-index-change", "reference-transaction")


def _hostile_config(command: str) -> str:
    return f"""
[core]
	fsmonitor = {command}
	pager = {command}
	sshCommand = {command}
	alternateRefsCommand = {command}
[filter "evil"]
	clean = {command}
	smudge = {command}
	process = {command}
	required = true
[merge "evil"]
	driver = {command}
[diff "evil"]
	textconv = {command}
	command = {command}
[diff]
	external = {command}
[alias]
	status = !{command}
	ls-files = !{command}
[gpg]
	program = {command}
[commit]
	gpgSign = true
"""


def _configuration(tree: Tree, command: str, _: Path) -> None:
    with (tree.git_dir / "config").open("a") as config:
        config.write(_hostile_config(command))
    (tree.git_dir / "config.worktree").write_text(_hostile_config(command))


def _hooks(tree: Tree, command: str, _: Path) -> None:
    (tree.git_dir / "hooks").mkdir()
    for name in _HOOKS:
        hook = tree.git_dir / "hooks" / name
        hook.write_text(f"#!/bin/sh\n{command}\n")
        hook.chmod(0o755)


def _attributes(tree: Tree, command: str, tmp: Path) -> None:
    _configuration(tree, command, tmp)
    text = "* filter=evil diff=evil merge=evil working-tree-encoding=UTF-16 text eol=crlf ident\n"
    (tree.path / ".gitattributes").write_text(text)
    (tree.path / "src" / ".gitattributes").write_text(text)
    (tree.git_dir / "info" / "attributes").write_text(text)


def _swapped_git_file(tree: Tree, command: str, tmp: Path) -> None:
    evil = tmp / "evil.git"
    shutil.copytree(tree.git_dir, evil)
    (evil / "config").write_text(_hostile_config(command))
    (tree.path / ".git").unlink()
    (tree.path / ".git").write_text(f"gitdir: {evil}\n")


def _git_folder(tree: Tree, command: str, tmp: Path) -> None:
    _swapped_git_file(tree, command, tmp)
    (tree.path / ".git").unlink()
    shutil.copytree(tmp / "evil.git", tree.path / ".git")


def _broken_git_dir(tree: Tree, _: str, tmp: Path) -> None:
    shutil.rmtree(tree.git_dir)
    tree.git_dir.symlink_to(tmp)


def _commondir(tree: Tree, command: str, tmp: Path) -> None:
    _swapped_git_file(tree, command, tmp)
    (tree.git_dir / "commondir").write_text(f"{tmp}/evil.git\n")


def _nested(tree: Tree, command: str, tmp: Path) -> None:
    _swapped_git_file(tree, command, tmp)
    for name in ("nested", "src/nested"):
        (tree.path / name).mkdir()
        shutil.copytree(tmp / "evil.git", tree.path / name / ".git")
        (tree.path / name / "file").write_text("x")
    shutil.copytree(tmp / "evil.git", tree.path / "bare")


def _special(tree: Tree, *_: object) -> None:
    os.mkfifo(tree.path / "fifo")
    (tree.path / "README.md").unlink()
    os.mkfifo(tree.path / "README.md")


def _links(tree: Tree, _: str, tmp: Path) -> None:
    (tmp / "outside").mkdir()
    (tmp / "outside" / "app.py").write_text("secret")
    shutil.rmtree(tree.path / "src")
    (tree.path / "src").symlink_to(tmp / "outside")
    (tree.path / "abs").symlink_to("/etc/passwd")
    (tree.path / ".gitignore").unlink()
    (tree.path / ".gitignore").symlink_to("/etc/passwd")


def _hard_links(tree: Tree, _: str, tmp: Path) -> None:
    os.link(tree.path / "src" / "app.py", tmp / "kept")
    os.link(tree.path / "src" / "app.py", tree.path / "again")


def _modes(tree: Tree, *_: object) -> None:
    (tree.path / "README.md").chmod(0)
    (tree.path / "run.sh").chmod(0o4777)
    (tree.path / "src" / "app.py").chmod(0o666)
    (tree.path / "docs").chmod(0)
    (tree.path / "src").chmod(0o1777)


def _deep(tree: Tree, *_: object) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(tree.path)
    for _level in range(500):
        Path("dddddddddd").mkdir()
        os.chdir("dddddddddd")
    os.fchdir(here)
    os.close(here)


def _names(tree: Tree, *_: object) -> None:
    for name in (b"new\nline", b"esc\x1b[2J", b"\xff\xfe", b"-rf", b"--", b"README.MD", b"SRC"):
        Path(os.fsdecode(os.fsencode(tree.path) + b"/" + name)).write_text("x")


def _empty(tree: Tree, *_: object) -> None:
    for entry in tree.path.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def _swapped_kinds(tree: Tree, *_: object) -> None:
    shutil.rmtree(tree.path / "docs")
    (tree.path / "docs").write_text("x")
    (tree.path / "run.sh").unlink()
    (tree.path / "run.sh").mkdir()
    (tree.path / "link.md").unlink()
    (tree.path / "link.md").write_text("README.md")


def _same_size_same_time(tree: Tree, *_: object) -> None:
    file = tree.path / "src" / "app.py"
    before = file.stat()
    file.write_text(file.read_text().replace("one", "eno"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _ignored(tree: Tree, *_: object) -> None:
    (tree.path / ".gitignore").write_text("*\n")
    (tree.path / "hidden").write_text("x")
    (tree.path / "build").mkdir()
    (tree.path / "build" / "x").write_text("x")


ATTACKS: list[Attack] = [
    _configuration,
    _hooks,
    _attributes,
    _swapped_git_file,
    _git_folder,
    _broken_git_dir,
    _commondir,
    _nested,
    _special,
    _links,
    _hard_links,
    _modes,
    _deep,
    _names,
    _empty,
    _swapped_kinds,
    _same_size_same_time,
    _ignored,
]
KEPT = (_attributes, _broken_git_dir, _nested, _deep)
"""Those that leave what cannot be read, or cannot be in a commit."""


def test_the_canary_sings(run: Run, tmp_path: Path) -> None:
    """A plain git in a hostile worktree does run the worker's program: the tests below can fail."""
    command, mark = canary(tmp_path)
    tree = run.pool.acquire(run.control.head())
    _configuration(tree, command, tmp_path)
    run.user.git("-c", "core.useBuiltinFSMonitor=false", "diff", "--quiet", cwd=tree.path)
    assert mark.exists()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_the_next_worker_finds_the_base(
    run: Run, tmp_path: Path, attack: Attack
) -> None:
    """Harvest, commit, merge, diff and export go on; no program of the worker is run."""
    command, mark = canary(tmp_path)
    tree = run.pool.acquire(run.control.head())
    expected = picture(tree.path)
    attack(tree, command, tmp_path)
    (tree.path / "work").write_text("done\n")
    found = tree.harvest()
    # The names of the base spare git a question, and change no answer.
    assert replace(tree, names=None).harvest() == found
    commit = commit_attempt(
        run.control,
        found.tree_oid,
        base=tree.base,
        task="t",
        run="r",
        epoch=1,
        title="t",
        worker="w",
        when=1,
    )
    diff(run.control, tree.base, commit)
    # What no harvest could take keeps its tree, until somebody says that it is nobody's.
    assert run.pool.release(tree) is (attack not in KEPT)
    run.pool.release(tree, saved=True)
    again = run.pool.acquire(tree.base)
    assert again.number == tree.number
    assert picture(again.path) == expected
    assert run.user.git("status", "--porcelain", cwd=again.path) == ""
    assert not mark.exists()


def test_hostile_attributes_survive_a_merge_and_an_export(run: Run, tmp_path: Path) -> None:
    """Merged attributes convert bytes as git does, and the drivers that they name are data."""
    command, mark = canary(tmp_path)
    side = run.pool.acquire(run.control.head())
    _attributes(side, command, tmp_path)
    (side.path / "crlf").write_bytes("a\r\nb\n".encode("utf-16"))
    commits = [_commit(run, side, "side")]
    other = run.pool.acquire(run.control.head())
    (other.path / "README.md").write_text("other\n")
    commits.append(_commit(run, other, "other"))
    for commit in commits:
        merged = integrate(
            run.control,
            known=run.control.base,
            base=run.control.base,
            commit=commit,
            message=Message("m", "r", "t", 1),
            when=1,
            intent=lambda *_: None,
        )
        assert isinstance(merged, Merge)
    user = find_repository(run.user.path)
    assert isinstance(export(user, run.control, "wf/run-1", expected=None), Exported)
    assert run.control.git("cat-file", "blob", f"{run.control.ref}:crlf").stdout == b"a\nb\n"
    assert not mark.exists()


def test_a_hostile_repository_runs_nothing(run: Run, tmp_path: Path) -> None:
    """A repository from a stranger can be opened, run on and exported to: nothing of it runs."""
    command, mark = canary(tmp_path)
    git_dir = run.user.path / ".git"
    with (git_dir / "config").open("a") as config:
        config.write(_hostile_config(command))
        config.write(f'[url "ext::{command} %S "]\n\tinsteadOf = {run.control.git_dir}\n')
        config.write('[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n')
    for name in (*_HOOKS, "post-merge", "update", "pre-receive"):
        hook = git_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{command}\n")
        hook.chmod(0o755)
    user = find_repository(run.user.path)
    export(user, run.control, "wf/run-1", expected=None)
    assert not mark.exists()


def test_a_promisor_remote_runs_nothing(run: Run, tmp_path: Path) -> None:
    """A repository whose missing objects would be fetched by a program fetches none."""
    command, mark = canary(tmp_path)
    with (run.user.path / ".git" / "config").open("a") as config:
        config.write("[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tpartialClone = evil\n")
        config.write(f'[remote "evil"]\n\turl = {tmp_path}\n\tpromisor = true\n')
        config.write(f"\tuploadpack = {command}\n")
    (run.user.path / ".git" / "HEAD").write_text("1" * 40 + "\n")
    find_repository(run.user.path)
    assert not mark.exists()


def _commit(run: Run, tree: Tree, name: str) -> str:
    found = tree.harvest()
    return commit_attempt(
        run.control,
        found.tree_oid,
        base=tree.base,
        task=name,
        run="r",
        epoch=1,
        title=name,
        worker="w",
        when=1,
    )
