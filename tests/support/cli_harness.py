"""A repository, a state folder, and `wf` at hand: what tests of the command line work with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from wf_tui.cli.root import wf
from wf_tui.config import Config
from wf_tui.new_run import create_run
from wf_tui.plan.read import parse_plan
from wf_tui.profiles.choice import commands_only
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from click.testing import Result

IDENTITY = {
    "GIT_AUTHOR_NAME": "n",
    "GIT_AUTHOR_EMAIL": "n@example.org",
    "GIT_COMMITTER_NAME": "n",
    "GIT_COMMITTER_EMAIL": "n@example.org",
}


def git(folder: Path, *words: str) -> str:
    """Run git as the user does, and return what it prints."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def make_repository(folder: Path) -> Path:
    """Make a repository of one commit with one file, `a.txt`."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.txt").write_text("a\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@dataclass(frozen=True)
class CliHarness:
    """Where a person sits who works with one repository."""

    root: Path
    repo: Path

    @property
    def environ(self) -> dict[str, str]:
        """The person's environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WF_")}
        return {**kept, "WF_STATE_DIR": str(self.root / "state"), "NO_COLOR": "1"}

    def plan(self, text: str, name: str = "plan.yaml") -> Path:
        """Write a plan beside the repository."""
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        return path

    # -- in this process

    def here(self, *words: str | Path, repo: bool = True) -> Result:
        """Run a command line in this process, on the harness's repository."""
        where = ["--repo", str(self.repo)] if repo else []
        line = [*map(str, words), *where]
        environ = {k: v for k, v in self.environ.items() if k.startswith(("WF_", "NO_COLOR"))}
        return CliRunner(env=environ).invoke(wf, line, prog_name="wf")

    def json_here(self, *words: str | Path) -> Any:
        """Return what a command line prints as JSON."""
        return json.loads(self.here(*words, "--json").stdout)

    def paused_run(
        self, plan: str, workers: Mapping[str, int] | None = None, **options: Any
    ) -> str:
        """Make a run that no act on it starts a scheduler for, and return its id.

        `workers` has seats by profile, as `--worker` says them.
        """
        parsed = parse_plan(plan, "yaml", "plan.yaml")
        assert parsed.plan is not None, parsed.errors
        project = find_project(self.repo, self.environ)
        choice = replace(commands_only(parsed.plan, Config()), asked=workers or {})
        with open_ledger(project, create=True) as ledger:
            made = create_run(project, ledger, parsed.plan, Config(), choice=choice, **options)
            ledger.pause(made.id)
        return made.id

    # -- in a process of its own

    def wf(
        self, *words: str | Path, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command line as a person does."""
        return subprocess.run(
            [sys.executable, "-m", "wf_tui", *map(str, words)],
            cwd=cwd or self.repo,
            env={**self.environ, **environ},
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command line and let it run."""
        return subprocess.Popen(
            [sys.executable, "-m", "wf_tui", *map(str, words)],
            cwd=self.repo,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def json(self, *words: str | Path) -> Any:
        """Return what a process prints as JSON."""
        return json.loads(self.wf(*words, "--json").stdout)

    def wait_for(self, kind: str, since: int = 0, **expected: object) -> dict[str, Any]:
        """Follow the newest run's events until there is one of this kind; return it."""
        following = self.start("events", "--follow", "--json", "--since", str(since))
        assert following.stdout is not None
        assert following.stderr is not None
        with following, following.stdout as lines, following.stderr:
            try:
                for line in lines:
                    event: dict[str, Any] = json.loads(line)
                    if event["kind"] == kind and expected.items() <= event.items():
                        return event
            finally:  # else a test that runs into its time-out waits for the follower for ever
                following.kill()
        raise AssertionError(f"no {kind}")

    def until_over(self, run: str = "") -> list[dict[str, Any]]:
        """Wait for the end of a run, and for its scheduler to be gone; return all events."""
        lines = self.wf("events", *([run] if run else []), "--follow", "--json").stdout
        events = [json.loads(line) for line in lines.splitlines()]
        self.wf("scheduler", "--run", events[0]["run"])  # a stand-by: returns when it may lead
        return events
