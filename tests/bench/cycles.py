"""One edit from its base to the integration branch: as wf does it, and as git alone does.

Each cycle starts one commit behind the branch, as it is when others work too, so that each merges.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from typing import TYPE_CHECKING, Final

from tests.support.merging import integrate
from wf_tui.git.control.attempt_commits import Message, commit_attempt, save_attempt_ref
from wf_tui.git.control.control import keeping_git, make_control
from wf_tui.git.merge.integrate import Merge
from wf_tui.git.worktrees.pool import Pool
from wf_tui.paths import RunPaths

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

__all__ = ["Bare", "Plain", "Pooled"]

_WHEN: Final = 1_800_000_000.0
_NOBODY: Final = {
    "GIT_AUTHOR_NAME": "wf",
    "GIT_AUTHOR_EMAIL": "wf@wf.invalid",
    "GIT_COMMITTER_NAME": "wf",
    "GIT_COMMITTER_EMAIL": "wf@wf.invalid",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def _ignore(old: str, new: str) -> None:
    """Keep no record of the intent: that is the ledger's part, measured elsewhere."""


class Pooled:
    """The git layer of wf."""

    def __init__(self, harness: RunHarness) -> None:
        paths = RunPaths(harness.folder / "pooled")
        paths.root.mkdir(parents=True)
        made = make_control(harness.project.repository, paths, "wf/pooled", environ=harness.environ)
        # As the scheduler has it.
        self._kept = contextlib.ExitStack()
        self._control = self._kept.enter_context(keeping_git(made))
        self._pool = Pool(self._control, paths)
        self._base = self._head = self._control.base
        self._number = 0

    def do(self, name: str) -> float:
        """Edit one file of a worktree and merge that; return the milliseconds."""
        self._number += 1
        task = f"task {self._number}"
        begun = time.perf_counter()
        tree = self._pool.acquire(self._base)
        with (tree.path / name).open("a") as file:
            file.write(f"{self._number}\n")
        commit = commit_attempt(
            self._control,
            tree.harvest().tree_oid,
            base=self._base,
            task=task,
            run="pooled",
            epoch=1,
            title=task,
            worker="shell-1",
            when=_WHEN,
        )
        save_attempt_ref(self._control, commit, task=task, epoch=1)
        message = Message(f"Merge {task}", "pooled", task, 1)
        merged = integrate(
            self._control,
            known=self._head,
            base=self._base,
            commit=commit,
            message=message,
            when=_WHEN,
            intent=_ignore,
        )
        self._pool.release(tree)
        took = time.perf_counter() - begun
        assert isinstance(merged, Merge)
        self._base, self._head = self._head, merged.new
        return took * 1000

    def close(self) -> None:
        """Throw the worktrees away, and end the git processes that stayed."""
        self._kept.close()
        for number in self._pool.existing():
            self._pool.discard(self._pool.reopen(number, self._base))


class Bare:
    """The same objects and refs by git's plumbing, each command a plain subprocess."""

    def __init__(self, harness: RunHarness, name: str, settings: tuple[str, ...] = ()) -> None:
        paths = RunPaths(harness.folder / name)
        paths.root.mkdir(parents=True)
        control = make_control(
            harness.project.repository, paths, f"wf/{name}", environ=harness.environ
        )
        self._ref, self._settings = control.ref, settings
        self._environ = {
            **_NOBODY,
            "PATH": os.environ["PATH"],
            "GIT_DIR": str(control.git_dir),
            "GIT_INDEX_FILE": str(paths.root / "index"),
        }
        self._base = self._head = control.base
        self._number = 0

    def do(self, name: str) -> float:
        """Commit one changed file and merge that; return the milliseconds."""
        self._number += 1
        begun = time.perf_counter()
        self._git("read-tree", self._base)
        blob = self._git("hash-object", "-w", "--stdin", stdin=f"{name} {self._number}\n" * 40)
        self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        tree = self._git("write-tree")
        commit = self._git("commit-tree", "-p", self._base, "-m", "task", tree)
        merged = self._git("merge-tree", "--write-tree", self._head, commit)
        parents = ("-p", self._head, "-p", commit)
        new = self._git("commit-tree", *parents, "-m", "Merge task", merged)
        self._git("update-ref", self._ref, new, self._head)
        took = time.perf_counter() - begun
        self._base, self._head = self._head, new
        return took * 1000

    def _git(self, *words: str, stdin: str = "") -> str:
        return _run_git(*self._settings, *words, environ=self._environ, stdin=stdin)


class Plain:
    """A worktree that is used again and again, by the commands that a script would give git.

    It forgives what wf has to care for: nobody's work is looked for, and no attempt keeps a ref.
    """

    def __init__(self, harness: RunHarness, settings: tuple[str, ...] = ()) -> None:
        paths = RunPaths(harness.folder / "plain")
        paths.root.mkdir(parents=True)
        control = make_control(
            harness.project.repository, paths, "wf/plain", environ=harness.environ
        )
        self._ref, self._settings = control.ref, settings
        self._tree = paths.root / "tree"
        self._environ = {**_NOBODY, "PATH": os.environ["PATH"]}
        self._base = self._head = control.base
        self._number = 0
        where = ("--git-dir", str(control.git_dir))
        words = ("worktree", "add", "-q", "--detach", str(self._tree), self._base)
        _run_git(*where, *words, environ=self._environ)

    def do(self, name: str) -> float:
        """Edit one file of the worktree and merge that; return the milliseconds."""
        self._number += 1
        begun = time.perf_counter()
        self._git("checkout", "-q", "--detach", "-f", self._base)
        self._git("clean", "-fdxq")
        with (self._tree / name).open("a") as file:
            file.write(f"{self._number}\n")
        self._git("add", "-A")
        self._git("commit", "-q", "-m", "task")
        merged = self._git("merge-tree", "--write-tree", self._head, "HEAD")
        parents = ("-p", self._head, "-p", "HEAD")
        new = self._git("commit-tree", *parents, "-m", "Merge task", merged)
        self._git("update-ref", self._ref, new, self._head)
        took = time.perf_counter() - begun
        self._base, self._head = self._head, new
        return took * 1000

    def _git(self, *words: str) -> str:
        where = ("-C", str(self._tree))
        return _run_git(*where, *self._settings, *words, environ=self._environ)


def _run_git(*words: str, environ: dict[str, str], stdin: str = "") -> str:
    command = ["git", *words]
    done = subprocess.run(
        command, env=environ, input=stdin, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()
