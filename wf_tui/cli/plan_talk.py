"""What a person does with a proposed plan at the terminal: look, edit, change in words, agree."""

from __future__ import annotations

import difflib
import os
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.errors import warn
from wf_tui.errors import WfError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.picture.event_text import event_line, worth_watching
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.plan_file import write_plan
from wf_tui.planning.planning_run import Stage
from wf_tui.planning.preview import Preview, preview_lines
from wf_tui.planning.proposal import Proposal, of_answer, of_text
from wf_tui.project import open_reads
from wf_tui.text import clean, plural
from wf_tui.user_program import edit_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.plan.check_workers import WorkerFacts
    from wf_tui.planning.planning_run import PlanningRun, Standing
    from wf_tui.project import Project

__all__ = ["Answer", "Talk", "follow"]

_QUIET: Final = 5.0
"""Seconds without a change after which it is asked whether a scheduler leads the run."""
_MOST_CHANGES: Final = 40
_LONGEST_LINE: Final = 400


class Answer(StrEnum):
    """What a person said in the end."""

    RUN = "run"
    DECLINE = "decline"


def follow(planning: PlanningRun, since: int = 0) -> Standing:
    """Print what happens in a planning, on stderr, until a person is needed; return where it is.

    A scheduler that died is replaced. Raises what a command raises; an interrupt passes.
    """
    asked = ""
    with open_reads(planning.project) as db:
        start = reads.run_row(db, planning.id).created_at
        while True:
            for event in reads.events(db, planning.id, since):
                since = event.seq
                if worth_watching(event):
                    click.echo(event_line(event, start), err=True)
            standing = planning.standing(db)
            if standing.stage not in {Stage.WORKING, Stage.ASKING}:
                return standing
            if standing.stage is Stage.ASKING and standing.sentence != asked:
                asked = standing.sentence
                warn("it waits for your answer", f"wf answer plan WORD --run {planning.id}")
            if not db.wait_changed(_QUIET, threading.Event()):
                planning.lead()


@dataclass
class Talk:
    """A proposed plan, and a person at the terminal who has to say what becomes of it."""

    project: Project
    workers: Mapping[str, WorkerFacts]
    around: Preview
    path: Path
    """The file that holds the plan from the first valid one on."""
    proposal: Proposal
    planning: PlanningRun | None = None
    """The run of the model that can be asked to change it; None where none made it."""
    may_replace: bool = False
    """Whether a file that is there may go: one of this plan's, or with --force."""

    def save(self, proposal: Proposal, *, epoch: int | None = None) -> None:
        """Make a plan without errors the one of the file."""
        write_plan(self.path, proposal.text, over=self.may_replace)
        self.proposal, self.may_replace = proposal, True
        if self.planning is not None:
            draft = self.planning.draft()
            kept = draft.epoch if epoch is None else epoch
            self.planning.keep(replace(draft, path=str(self.path), epoch=kept))

    def until_decided(self) -> Answer:
        """Show the plan and ask, again and again, until it is to run or not."""
        self.show()
        while True:
            word = click.prompt(self._question(), prompt_suffix=" ", err=True).strip().lower()
            match word[:1]:
                case "r" if self.proposal.valid:
                    return Answer.RUN
                case "e":
                    self._edit()
                case "c" if self.planning is not None:
                    self._change(self.planning)
                case "s":
                    self.show()
                case "q" | "n":
                    return Answer.DECLINE
                case _:
                    warn(f"{clean(word, limit=40)!r} is none of these")

    def _question(self) -> str:
        choices = ["[r]un it"] if self.proposal.valid else []
        choices.append("[e]dit it")
        if self.planning is not None:
            choices.append("[c]hange it in words")
        return f"{', '.join(choices)}, [s]how it, [q]uit:"

    def show(self) -> None:
        """Print the plan as waves, or what is wrong with it."""
        report = self.proposal.report
        if report.plan is None:
            click.echo(report.text(), err=True)
            return
        click.echo("", err=True)
        if store_of(self.project.paths).exists():
            with open_reads(self.project) as db:
                lines = list(preview_lines(report, self.around, db))
        else:
            lines = list(preview_lines(report, self.around, None))
        for line in [*lines, *self.proposal.notes, ""]:
            click.echo(line, err=True)

    def _edit(self) -> None:
        """Have the plan edited in a copy, again until it has no errors or the person leaves it."""
        copy = self.path.with_name(f".{self.path.stem}.edit.yaml")
        text = self.proposal.text
        try:
            write_plan(copy, text, over=True)
            while True:
                ended_well = edit_file(copy, os.environ)
                edited = copy.read_text("utf-8", "replace")
                if not ended_well or edited == text:
                    warn("nothing was changed" if ended_well else "the editor failed: not taken")
                    return
                changed = of_text(edited, self.workers, edited=True)
                if changed.valid:
                    self._take(changed)
                    return
                click.echo(changed.report.text(), err=True)
                if not click.confirm("Back to the editor? (n drops the edit)", True, err=True):
                    return
                text = ""
        except WfError as error:
            warn(error.message, error.hint)
        finally:
            copy.unlink(missing_ok=True)

    def _take(self, proposal: Proposal, *, epoch: int | None = None) -> None:
        before = self.proposal.text if self.proposal.valid else ""
        self.save(proposal, epoch=epoch)
        if before:
            self._show_changes(before)
        self.show()

    def _show_changes(self, before: str) -> None:
        lines = [
            line
            for line in difflib.unified_diff(
                before.splitlines(), self.proposal.text.splitlines(), n=0, lineterm=""
            )
            if not line.startswith(("---", "+++", "@@"))
        ]
        click.echo("", err=True)
        for line in lines[:_MOST_CHANGES]:
            click.echo(f"  {clean(line, limit=_LONGEST_LINE)}", err=True)
        if len(lines) > _MOST_CHANGES:
            click.echo(f"  and {plural(len(lines) - _MOST_CHANGES, 'more line')}", err=True)

    def _change(self, planning: PlanningRun) -> None:
        """Ask the model for another plan; what it makes of it is shown, or why it could not."""
        words = click.prompt("What is to be different?", prompt_suffix="\n> ", err=True).strip()
        if not words:
            return
        if self.proposal.edited:
            words += f"\n\nThe plan was edited meanwhile. It is now:\n\n{self.proposal.text}"
        with open_reads(self.project) as db:
            since = reads.run_row(db, planning.id).seq
        try:
            planning.ask_to_change(words)
        except WfError as error:
            warn(error.message, error.hint)
            return
        standing = follow(planning, since)
        if standing.stage is Stage.READY:
            proposal = of_answer(standing.answer, self.workers)
            if proposal.valid:
                self._take(proposal, epoch=standing.epoch)
                warn(f"planned so far: {usage_text(standing.usage) or 'usage unknown'}")
                return
        warn(f"it made no valid plan of that: {standing.sentence}", "the plan stays as it was")
