"""A finished run, a running attempt, and an app with nothing but the detail pane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.run_harness import RunHarness
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.frame.footer import FooterKey
from wf_tui.board.theme.themed_app import ThemedApp
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.pilot import Pilot

__all__ = ["HOSTILE", "DetailApp", "LiveRun", "painted", "played_run", "settle"]

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b[2J\x9b31m [/bold]x [@click=app.quit]quit[/] "
    "a\u202eb\u200bc \x00\v ok"
)
"""Escape sequences, markup and bidi controls on one line."""
_PLAN = r"""
goal: to look at
defaults: {backoff_secs: 0}
phases:
- name: p
  parallel: true
  tasks:
  - id: write
    mode: read_write
    title: "write [/bold] things"
    prompt: "Write [@click=app.quit]two files[/]."
    run: |-
      printf 'one\nTWO\nthree\n' > shared.txt
      printf '\0\1' > blob
      echo 'new [/b]' > new.txt
      echo written
    gate: "echo the gate says yes"
    file_scope: [shared.txt, blob, new.txt]
    deliverables: [new.txt]
  - id: twice
    mode: read_write
    run: "echo attempt $WF_EPOCH; test -e FLAG || { touch FLAG; exit 3; }"
    file_scope: [other.txt]
  - id: silent
    run: "true"
    mode: read_only
- name: q
  depends_on: [p]
  tasks:
  - {id: reader, run: "echo found it", mode: read_only, depends_on_results: [write, twice]}
"""


_ONE = '{goal: g, phases: [{name: p, tasks: [{id: t, run: "true", max_attempts: 1}]}]}'


def played_run(folder: Path) -> RunHarness:
    """Return a run that is over: a writer with a gate, a task of two attempts, readers."""
    harness = RunHarness(folder)
    assert harness.play(_PLAN.replace("FLAG", str(folder / "flag"))) == "completed"
    return harness


class LiveRun:
    """A run with one open attempt, whose log a test writes."""

    def __init__(self, folder: Path, plan: str = _ONE, *, claim: bool = True) -> None:
        self.harness = RunHarness(folder)
        self.harness.start(plan)
        if claim:
            self.claim()

    def claim(self) -> None:
        """Begin an attempt."""
        self.harness.act(lambda ledger: ledger.claim(self.harness.run, "shell-1"))
        (*_, attempt) = self.harness.attempts("t")
        self.fence = Fence(self.harness.run, "t", attempt.epoch, attempt.worker)
        paths = self.harness.project.paths.run(self.harness.run)
        self.folder = paths.attempt("t", attempt.epoch)
        self.folder.mkdir(parents=True)

    def claim_again(self) -> None:
        """Let the attempt fail and begin another one."""
        self.fail()
        self.harness.act(lambda ledger: ledger.move(self.harness.run, RETRY, ["t"]))
        self.claim()

    def fail(self) -> None:
        """Let the attempt fail."""
        bad = Ending(Outcome.FAILED, "exit", "exit 1", exit_code=1)
        self.harness.act(lambda ledger: ledger.fail(self.fence, bad))

    def prints(self, text: str, log: str = "log", **fields: object) -> None:
        """Write output as the shim does, or with more fields an entry as the scheduler does."""
        line = json.dumps({"at": 1.0, "text": text, **fields}, ensure_ascii=False) + "\n"
        with (self.folder / f"{log}.jsonl").open("ab") as file:
            file.write(line.encode("utf-8", "surrogatepass"))


class DetailApp(ThemedApp[None]):
    """Shows one pane and nothing else."""

    def __init__(
        self,
        harness: RunHarness,
        task: str | None = None,
        tab: str = "log",
        *,
        ascii: bool = False,  # noqa: A002 - the option's name
    ) -> None:
        super().__init__()
        self.clock = SystemClock()
        self.picture = Picture(self.clock.now())
        self.told: list[str] = []
        self.pane = DetailPane(harness.project, harness.run, SystemClock(), ascii=ascii)
        self.pane.show(task)
        self.pane.open_tab(tab)

    def keys_for(self, *names: str) -> list[FooterKey]:
        """Return no key: nothing can be done here."""
        return [FooterKey(name, "", "", "") for name in names]

    def show_toast(self, text: str, _hint: str = "") -> None:
        """Keep what is told."""
        self.told.append(text)

    def compose(self) -> ComposeResult:
        """Mount the pane."""
        yield self.pane

    def on_mount(self) -> None:
        """Give it the focus."""
        self.pane.focus()


async def settle(pilot: Pilot[None]) -> None:
    """Wait until all that was asked is read and drawn."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def painted(app: ThemedApp[None]) -> str:
    """Return the text on the screen."""
    strips = app.screen._compositor.render_strips()  # what is on the screen has no public name
    return "\n".join(strip.text for strip in strips)
