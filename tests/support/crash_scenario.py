"""A scenario: one run with a little of everything, schedulers that die in it, how it has to end."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.audit import Sight, audit, look_at, unsaved
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

__all__ = ["WROTE", "CrashScenario", "furnish", "start"]

ROOT = Path(__file__).parents[2]
PLAN = """
goal: a little of everything
scopes: race
defaults: {{backoff_secs: 0, max_attempts: 20}}
phases:
- name: first
  parallel: true
  on_failure: skip_continue
  tasks:
  - {{id: left, run: '{edit}', mode: read_write, file_scope: [shared.txt, marks/**]}}
  - {{id: right, run: '{edit}', mode: read_write, file_scope: [shared.txt, marks/**]}}
  - {{id: flaky, run: 'echo f > flaky.txt; {wrote}; {once}', mode: read_write}}
  - {{id: gated, run: 'echo g > gated.txt; {wrote}', mode: read_write, gate: '{once}'}}
  - {{id: over, run: '{overtaken}; echo o > over.txt; {wrote}', mode: read_write, gate: 'true'}}
  - {{id: strays, run: 'echo s > elsewhere.txt; {wrote}', mode: read_write, file_scope: [src/**]}}
- name: second
  depends_on: [first]
  parallel: true
  tasks:
  - {{id: reader, run: 'cat shared.txt', mode: read_only, depends_on_results: [left]}}
  - {{id: files, run: 'mkdir d; cp "$WF_RESULTS" d/r.json; {wrote}', mode: read_write,
      deliverables: [d/r.json], depends_on_results: [left]}}
  - {{id: inside, run: 'echo i > i.txt; {wrote}', mode: read_write, isolation: shared,
      file_scope: [i.txt, marks/inside]}}
  - {{id: beside, run: 'echo b > b.txt; {wrote}', mode: read_write, isolation: shared,
      file_scope: [b.txt, marks/beside]}}
  - {{id: barred, run: 'true', mode: read_only, depends_on_results: [strays]}}
"""
WROTE = "mkdir -p marks; echo $WF_ATTEMPT > marks/$WF_TASK; echo $WF_ATTEMPT $PWD >> {out}/wrote"
"""What each attempt writes is its own, so that nothing else can stand for it."""
ONCE = "test -e {out}/$WF_TASK || {{ touch {out}/$WF_TASK; exit 1; }}"
EDIT = (
    "(cat shared.txt; echo $WF_TASK) | sort > {out}/$WF_TASK; touch {out}/at-$WF_TASK; "
    "until test -e {out}/at-left -a -e {out}/at-right; do :; done; cp {out}/$WF_TASK shared.txt; "
    "{wrote}"
)
"""Both read the file before either writes it, so that the second merge is a conflict."""
OVERTAKEN = (
    'until [ "$(git --git-dir={control} rev-parse HEAD)" != "$(git rev-parse wf-base)" ] '
    "|| test $(git rev-list --count HEAD) -gt 1; do sleep 0.02; done"
)
"""Work on the first commit ends when others have merged, so that its gate is asked on the merge."""
ENDS = {
    "over": "merged",
    "left": "merged",
    "right": "merged",
    "flaky": "merged",
    "gated": "merged",
    "strays": "scope",
    "reader": "answered",
    "files": "merged",
    "inside": "merged",
    "beside": "merged",
    "barred": "dependency",
}
FILES = {"shared.txt": "left\none\nright\nthree\ntwo", "flaky.txt": "f", "gated.txt": "g"}
FILES |= {"i.txt": "i", "b.txt": "b", "over.txt": "o"}
MERGES = 8


def furnish(harness: RunHarness) -> None:
    """Give the user's repository what a person has in one: all that a run must not touch."""
    harness.write("shared.txt", "one\nstashed\n")
    harness.git("stash")
    harness.git("branch", "other")
    harness.git("tag", "v1")
    harness.write("staged.txt", "staged\n")
    harness.git("add", "staged.txt")
    harness.write("shared.txt", "one\ntwo\nthree\nnot committed\n")
    harness.write("untracked", "mine\n")
    (harness.repo / "untracked").chmod(0o750)
    (harness.repo / "link").symlink_to("nowhere")
    hook = harness.repo / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {harness.folder}/a-hook-ran\n")
    hook.chmod(0o755)


def start(harness: RunHarness, fault: str = "") -> subprocess.Popen[str]:
    """Start a scheduler in the foreground of a process; where another one leads, it waits."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.lead", str(harness.repo), harness.run],
        cwd=ROOT,
        env={**harness.environ, "WF_FAULT": fault, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass
class CrashScenario:
    """A run on a furnished repository, and the schedulers that lead it one after the other."""

    harness: RunHarness
    said: str = ""
    """What the last scheduler printed."""
    _before: Sight = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at the repository, then make the run."""
        furnish(self.harness)
        self.out = self.harness.folder / "out"
        self.out.mkdir()
        self._before = look_at(self.harness.repo)
        wrote = WROTE.format(out=self.out)
        names = {"out": self.out, "wrote": wrote}
        control = self.harness.project.paths.run(self.harness.run).control
        overtaken = OVERTAKEN.format(control=control)
        once, edit = ONCE.format(**names), EDIT.format(**names)
        plan = PLAN.format(once=once, edit=edit, wrote=wrote, overtaken=overtaken)
        self.harness.start(plan, jobs=4)

    def lead(self, fault: str = "") -> int:
        """Lead the run with a process of its own; return its exit status."""
        with start(self.harness, fault) as scheduler:
            self.said, _ = scheduler.communicate(timeout=60)
        return scheduler.returncode

    @property
    def log(self) -> str:
        """What the schedulers logged."""
        path = self.harness.project.paths.run(self.harness.run).scheduler_log
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def faults(self) -> list[str]:
        """Return how the end of the run differs from the one without any fault."""
        return [
            *audit(self.harness, self._before),
            *self._ends(),
            *unsaved(self.harness, self.out / "wrote"),
            *(["a hook ran"] if (self.harness.folder / "a-hook-ran").exists() else []),
        ]

    def _ends(self) -> list[str]:
        with open_reads(self.harness.project) as db:
            row = reads.run_row(db, self.harness.run)
            ends = {task.id: task.kind for task in reads.tasks(db, self.harness.run)}
        found = [f"{name} ended {kind}" for name, kind in ends.items() if kind != ENDS[name]]
        if (row.state, row.merges, row.exported) != ("partial", MERGES, row.head):
            found.append(f"the run is {row.state}: {row.merges} merges, {row.exported} exported")
        for name, text in FILES.items():
            if self.harness.merged(name) != text:
                found.append(f"{name} is {self.harness.merged(name)!r}")
        return found
