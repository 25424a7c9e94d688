"""A person who has goals planned: a repository, a profile that plans by script, and its answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from tests.support import planning_agent
from tests.support.waiting import until
from wf_tui.cli.root import wf
from wf_tui.planning.planning_run import newest_planning
from wf_tui.project import find_project, open_reads
from wf_tui.text import plural

if TYPE_CHECKING:
    from click.testing import Result

    from tests.support.cli_harness import CliHarness

__all__ = ["GOOD", "SCOPE", "UNKNOWN", "PlanningHarness", "answer"]

GOOD = """\
goal: Write it
phases:
  - name: build
    tasks:
      - id: write
        mode: read_write
        prompt: Write work.txt.
        gate: test -s work.txt
"""
UNKNOWN = GOOD.replace("gate:", "gaet:")
SCOPE = GOOD.replace("prompt:", "file_scope: [../out]\n        prompt:")


def answer(plan: str) -> str:
    """Return what a model says with a plan in it."""
    return f"I had a look ({plural(len(plan), 'sign')}).\n\n```yaml\n{plan}```\n"


class PlanningHarness:
    """Works on the harness of the command line, with settings of its own."""

    def __init__(self, cli: CliHarness, *answers: str) -> None:
        self.cli = cli
        self.folder = cli.root / "answers"
        self.folder.mkdir()
        for number, text in enumerate(answers, 1):
            (self.folder / f"{number}.md").write_text(text)
        self.config = cli.root / "config.toml"
        program = [sys.executable, str(Path(planning_agent.__file__))]
        self.config.write_text(
            "[profiles.script]\nkind = 'agent'\npreset = 'mine'\nseats = 1\n\n"
            "[presets.mine]\nmaker = 'script'\n\n[presets.mine.agent]\nparser = 'jsonl'\n"
            f"argv = {json.dumps(program)}\nresume_argv = {json.dumps([*program, '{session}'])}\n"
            f"env = {{ANSWERS = {json.dumps(str(self.folder))}}}\n"
        )

    def wf(self, *words: str | Path) -> Result:
        """Run a command line in this process, without a terminal."""
        repo = [] if words[:2] == ("plan", "check") else ["--repo", str(self.cli.repo)]
        line = [*map(str, words), *repo]
        names = ("WF_STATE_DIR", "WF_CONFIG", "NO_COLOR")
        environ = {name: self.environ[name] for name in names}
        return CliRunner(env=environ).invoke(wf, line, prog_name="wf")

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command line in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "wf_tui", *map(str, words)],
            cwd=self.cli.repo,
            env=self.environ,
            stderr=subprocess.PIPE,
            text=True,
        )

    def json(self, *words: str | Path) -> Any:
        """Return what a command line prints as JSON."""
        return json.loads(self.wf(*words, "--json").stdout)

    def until(self, state: str) -> None:
        """Wait until the newest planning is in a state."""

        def is_there() -> bool:
            with open_reads(find_project(self.cli.repo, self.environ)) as db:
                return newest_planning(db).state == state

        until(is_there, f"the planning is {state}")

    @property
    def environ(self) -> dict[str, str]:
        """The person's environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WF_")}
        return {**kept, **self.cli.environ, "WF_CONFIG": str(self.config)}

    def prompts(self) -> list[str]:
        """Return what was asked, the oldest first; each begins with the line of its session."""
        found = sorted(self.folder.glob("prompt-*"), key=lambda path: int(path.name[7:]))
        return [path.read_text() for path in found]
