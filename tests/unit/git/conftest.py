"""Real repositories, made fast: one template a session, copied for each test."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.merging import integrate
from wf_tui.git.control.attempt_commits import Message, commit_attempt, save_attempt_ref
from wf_tui.git.control.control import Control, keeping_git, make_control
from wf_tui.git.harvest.harvest import Harvest
from wf_tui.git.merge.integrate import Integration
from wf_tui.git.repository import find_repository
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.tree import Tree
from wf_tui.paths import RunPaths

FILES = {
    "README.md": "hello\n",
    "src/app.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n",
    "src/deep/er/tool.py": "print('tool')\n",
    "docs/guide.md": "guide\r\nwith CRLF\r\n",
    ".gitignore": "*.log\nbuild/\n",
}


@dataclass(frozen=True)
class User:
    """A user with a repository, who runs git as users do."""

    path: Path
    home: Path

    def with_sha256(self, path: Path) -> "User":
        """Return the same user with a new repository whose names have 64 digits, and one commit."""
        path.mkdir()
        modern = User(path, self.home)
        modern.git("init", "-q", "--object-format=sha256")
        modern.write("a", "a")
        modern.commit()
        return modern

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """Run git as the user and return what it prints."""
        names = {"GIT_AUTHOR_NAME": "U", "GIT_AUTHOR_EMAIL": "u@example.org"}
        names |= {"GIT_COMMITTER_NAME": "U", "GIT_COMMITTER_EMAIL": "u@example.org"}
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *words], cwd=cwd or self.path, env=env | names, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the worktree."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def commit(self, message: str = "work") -> str:
        """Commit all and return the commit."""
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@dataclass(frozen=True)
class Run:
    """A run: its folder, its private repository, its pool."""

    user: User
    paths: RunPaths
    control: Control
    pool: Pool


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One repository with a commit, made once."""
    home = tmp_path_factory.mktemp("home")
    user = User(tmp_path_factory.mktemp("template"), home)
    user.git("init", "-q", "-b", "main")
    for name, text in FILES.items():
        user.write(name, text)
    program = user.write("run.sh", "#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    (user.path / "link.md").symlink_to("README.md")
    user.commit("first")
    return user.path


@pytest.fixture
def user(template: Path, tmp_path: Path) -> User:
    """Give a user with a fresh copy of the template."""
    home = tmp_path / "home"
    home.mkdir()
    path = tmp_path / "repo"
    shutil.copytree(template, path, symlinks=True)
    return User(path, home)


def make_run(user: User, root: Path, branch: str = "wf/run-1") -> Run:
    """Start a run of a user's repository in a folder of its own."""
    paths = RunPaths(root)
    paths.root.mkdir(parents=True)
    environ = {"HOME": str(user.home)}
    control = make_control(find_repository(user.path), paths, branch, environ=environ)
    return Run(user, paths, control, Pool(control, paths))


@pytest.fixture
def start_run(tmp_path: Path) -> Callable[[User], Run]:
    """Start the run of a user's repository."""
    return lambda user: make_run(user, tmp_path / "state" / "run-1")


@pytest.fixture
def run(user: User, start_run: Callable[[User], Run]) -> Run:
    """Start a run on the template."""
    return start_run(user)


@pytest.fixture
def kept_run(run: Run) -> Iterator[Run]:
    """Start a run on the template with git processes that stay, as the scheduler has it."""
    with keeping_git(run.control) as control:
        yield Run(run.user, run.paths, control, Pool(control, run.paths))


def canary(folder: Path) -> tuple[str, Path]:
    """Return a program that leaves a file behind, and that file."""
    mark, program = folder / "EXECUTED", folder / "canary"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexec cat\n")
    program.chmod(0o755)
    return str(program), mark


def paths_of(harvest: Harvest) -> dict[str, str]:
    """Return the changed paths of a harvest with their status."""
    return {entry.path: entry.status for entry in harvest.entries}


def reasons_of(harvest: Harvest) -> dict[str, str]:
    """Return the refused paths of a harvest with their reasons."""
    return {refused.path: refused.reason for refused in harvest.refused}


def picture(top: Path) -> dict[bytes, tuple[int, bytes]]:
    """Return every name below a folder with its mode and content; the worker's `.git` left out."""
    found: dict[bytes, tuple[int, bytes]] = {}
    waiting = [os.fsencode(top)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                mode = entry.stat(follow_symlinks=False).st_mode
                name = entry.path[len(os.fsencode(top)) + 1 :]
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    found[name] = (mode, b"")
                elif entry.is_symlink():
                    found[name] = (mode, os.readlink(entry.path))  # noqa: PTH115 - bytes
                elif name != b".git":
                    found[name] = (mode, Path(os.fsdecode(entry.path)).read_bytes())
    return found


def commit_files(run: Run, files: dict[str, str | None], *, task: str = "t", epoch: int = 1) -> str:
    """Do an attempt on the head: write (None: delete) files, harvest, commit."""
    tree = run.pool.acquire(run.control.head())
    for name, text in files.items():
        file = tree.path / name
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    commit = commit_tree_of(run, tree, task=task, epoch=epoch)
    run.pool.release(tree)
    return commit


def commit_tree_of(run: Run, tree: Tree, *, task: str = "t", epoch: int = 1) -> str:
    """Harvest a worktree, commit it and save its ref."""
    commit = commit_attempt(
        run.control,
        tree.harvest().tree_oid,
        base=tree.base,
        task=task,
        run="run-1",
        epoch=epoch,
        title=f"do {task}",
        worker="shell-1",
        when=1_700_000_000.9,
    )
    save_attempt_ref(run.control, commit, task=task, epoch=epoch)
    return commit


def merge(
    run: Run, commit: str, *, base: str | None = None, known: str | None = None
) -> Integration:
    """Integrate a commit."""
    return integrate(
        run.control,
        known=known or run.control.base,
        base=base or run.control.git("rev-parse", f"{commit}^1").text,
        commit=commit,
        message=Message("merge it", "run-1", "t", 1),
        when=1_700_000_001,
        intent=lambda _old, _new: None,
    )
