"""A real run on a real repository, led from the test's own process."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.waiting import until
from wf_tui.clock import SystemClock
from wf_tui.config import Config, Preset, Profile, Timing
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import ACCEPT
from wf_tui.ledger.store.store import Patience
from wf_tui.new_run import create_run
from wf_tui.plan.read import parse_plan
from wf_tui.profiles.choice import choose_profiles
from wf_tui.project import Project, find_project, open_ledger
from wf_tui.scheduler.notifier import NotifyCommand
from wf_tui.scheduler.process import Lead, start_detached
from wf_tui.workers.shim.channel import DEAF_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, EventRow, RunRow, TaskRow
    from wf_tui.paths import RunPaths

__all__ = ["RunHarness"]

_NAMES = {
    "GIT_AUTHOR_NAME": "U",
    "GIT_AUTHOR_EMAIL": "u@example.org",
    "GIT_COMMITTER_NAME": "U",
    "GIT_COMMITTER_EMAIL": "u@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass
class RunHarness:
    """One repository with one ledger; a plan at a time."""

    folder: Path
    timing: Timing = field(default_factory=Timing)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    """Agents of the test's own."""
    pass_env: tuple[str, ...] = ()
    """What the person's settings pass on."""
    run: str = field(default_factory=lambda: f"run{uuid.uuid4().hex}")
    """Its own for each test: a starting scheduler kills what is left of the run of that name."""
    clock: Clock = field(default_factory=SystemClock)
    """What a scheduler that is led from here goes by."""
    patience: Patience = field(default_factory=Patience)
    deaf_after: float = DEAF_AFTER
    notify: NotifyCommand = field(default_factory=NotifyCommand)

    def __post_init__(self) -> None:
        """Make the repository."""
        self.repo = self.folder / "repo"
        self.repo.mkdir()
        self.home = self.folder / "home"
        self.home.mkdir()
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "WF_STATE_DIR": str(self.folder / "state"),
        }
        self.git("init", "-q", "-b", "main")
        self.write("shared.txt", "one\ntwo\nthree\n")
        self.write(".gitignore", "*.log\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first")

    def git(self, *words: str) -> str:
        """Run git as the user and return what it prints."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), **_NAMES}
        done = subprocess.run(
            ["git", *words], cwd=self.repo, env=env, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def write(self, name: str, text: str) -> None:
        """Write a file of the user's checkout."""
        (self.repo / name).write_text(text)

    @property
    def project(self) -> Project:
        """Where the runs of this repository are kept."""
        return find_project(self.repo, self.environ)

    def start(self, plan: str, jobs: int | None = None) -> RunRow:
        """Make a run of a plan in YAML."""
        report = parse_plan(plan, "yaml", "plan.yaml")
        assert report.plan is not None, [problem.message for problem in report.errors]
        config = Config(
            profiles=self.profiles,
            presets=self.presets,
            timing=self.timing,
            pass_env=self.pass_env,
        )
        # All of the test's agents, whether the plan names them or not.
        asked = {name: one.seats or 1 for name, one in self.profiles.items() if one.takes_prompts}
        choice = choose_profiles(report.plan, config, asked, self.environ) if asked else None
        with open_ledger(self.project, create=True) as ledger:
            return create_run(
                self.project,
                ledger,
                report.plan,
                config,
                new_id=lambda: self.run,
                jobs=jobs,
                choice=choice,
            )

    def lead(self, *, foreground: bool = True) -> str:
        """Lead the run to its end and return its state."""
        return self.leader(foreground=foreground).run()

    def leader(self, *, foreground: bool = True) -> Lead:
        """Return what leads the run from this process."""
        return Lead(
            self.project.paths,
            self.project.common_dir,
            self.run,
            self.clock,
            self.environ,
            self.timing,
            foreground,
            patience=self.patience,
            deaf_after=self.deaf_after,
            notify=self.notify,
        )

    def play(self, plan: str, jobs: int | None = None) -> str:
        """Make a run and lead it to its end."""
        self.start(plan, jobs)
        return self.lead()

    def detach(self) -> int:
        """Start a scheduler as a process of its own."""
        environ = {**self.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        project = self.project
        return start_detached(project.paths, self.run, project.repository.common_dir, environ)

    def task(self, name: str) -> TaskRow:
        """Return a task as the ledger has it."""
        with open_ledger(self.project) as ledger:
            return reads.task(ledger.db, self.run, name)

    @property
    def paths(self) -> RunPaths:
        """The folder of the run."""
        return self.project.paths.run(self.run)

    def row(self) -> RunRow:
        """Return the run as the ledger has it."""
        with open_ledger(self.project) as ledger:
            return reads.run_row(ledger.db, self.run)

    def attempts(self, name: str) -> list[AttemptRow]:
        """Return the attempts of a task."""
        with open_ledger(self.project) as ledger:
            return reads.attempts(ledger.db, self.run, name)

    def events(self, kind: str | None = None) -> list[EventRow]:
        """Return the events of the run."""
        with open_ledger(self.project) as ledger:
            found = list(reads.events(ledger.db, self.run))
        return [event for event in found if kind in {None, event.kind}]

    def merged(self, name: str) -> str:
        """Return a file as it is on the exported branch."""
        return self.git("show", f"{self.branch}:{name}")

    @property
    def branch(self) -> str:
        """The branch that the run is exported to."""
        return f"wf/{self.run}"

    def when(self, happened: Callable[[EventRow], bool], act: Callable[[Ledger], object]) -> None:
        """Let a person act as soon as an event is in the ledger."""
        threading.Thread(target=self._act, args=(happened, act), daemon=True).start()

    def wait_for(self, happened: Callable[[EventRow], bool], *, within: float = 60.0) -> EventRow:
        """Return the first event of this kind, as soon as it is in the ledger."""
        seen = 0
        with open_ledger(self.project) as ledger:

            def find_it() -> EventRow | None:
                nonlocal seen
                for event in reads.events(ledger.db, self.run, seen):
                    seen = event.seq
                    if happened(event):
                        return event
                return None

            found = until(find_it, "the event is in the ledger", within=within)
        assert found is not None
        return found

    def act(self, do: Callable[[Ledger], object]) -> None:
        """Act as a person, now."""
        with open_ledger(self.project) as ledger:
            do(ledger)

    def _act(self, happened: Callable[[EventRow], bool], act: Callable[[Ledger], object]) -> None:
        self.wait_for(happened, within=math.inf)  # a test that ends without it is the judge
        self.act(act)


def attempt_started(task: str) -> Callable[[EventRow], bool]:
    """Return a test for the event that says that a task's program runs."""
    return lambda event: event.kind == "attempt_started" and event.task == task


def touch(path: Path) -> bool:
    """Make an empty file."""
    path.touch()
    return True


def accept_and_lead(harness: RunHarness, task: str = "t") -> TaskRow:
    """Accept the work of a task, lead the run to its end, and return what became of the task."""
    harness.act(lambda ledger: ledger.move(harness.run, ACCEPT, [task]))
    harness.lead()
    return harness.task(task)


def kept_tree(harness: RunHarness) -> Path:
    """Return the one tree that is left of the run."""
    (tree,) = harness.project.paths.run(harness.run).trees.iterdir()
    return tree
