"""What a person does with a proposed plan at the terminal: look, edit, change in words, agree."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import click

from wf_tui.cli.errors import warn
from wf_tui.errors import WfError
from wf_tui.ledger.queries import reads
from wf_tui.picture.event_text import event_line
from wf_tui.picture.usage_text import usage_text
from wf_tui.planning.plan_file import write_plan
from wf_tui.planning.planning_run import Stage, Standing
from wf_tui.planning.watch import is_shown, watch
from wf_tui.project import open_reads
from wf_tui.text import clean
from wf_tui.user_program import edit_file

if TYPE_CHECKING:
    from wf_tui.planning.plan_draft import PlanDraft
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["Answer", "edit_draft", "follow", "settle_by_talk"]


class Answer(StrEnum):
    """What a person said in the end."""

    RUN = "run"
    DECLINE = "decline"


def follow(planning: PlanningRun, since: int = 0) -> Standing:
    """Print what happens in a planning, on stderr, until a person is needed; return where it is.

    An interrupt passes.
    """
    with open_reads(planning.project) as db:
        start = reads.run_row(db, planning.id).created_at
    standing = Standing(Stage.WORKING)
    for found in watch(planning, since, threading.Event()):
        if isinstance(found, Standing):
            standing = found
            if found.stage is Stage.ASKING:
                hint = f"wf answer plan WORD --run {planning.id}"
                warn("it waits for your answer", hint)
        elif is_shown(found):
            click.echo(event_line(found, start), err=True)
    return standing


def settle_by_talk(draft: PlanDraft) -> Answer:
    """Show a plan and ask what becomes of it, again and again, until that is decided."""
    return _Talk(draft).until_decided()


def edit_draft(draft: PlanDraft) -> bool:
    """Have a plan edited in a copy, again until it has no errors or the person leaves it.

    Returns whether another plan came of it.
    """
    text = draft.proposal.text
    try:
        write_plan(draft.copy, text, over=True)
        while True:
            ended_well = edit_file(draft.copy, os.environ)
            edited = draft.copy.read_text("utf-8", "replace")
            if not ended_well or edited == text:
                warn("nothing was changed" if ended_well else "the editor failed: not taken")
                return False
            changed = draft.edited(edited)
            if changed.valid:
                draft.save(changed)
                return True
            click.echo(changed.report.text(), err=True)
            if not click.confirm("Back to the editor? (n drops the edit)", True, err=True):
                return False
            text = ""
    except WfError as error:
        warn(error.message, error.hint)
        return False
    finally:
        draft.copy.unlink(missing_ok=True)


@dataclass
class _Talk:
    """A proposed plan, and a person at the terminal who has to say what becomes of it."""

    draft: PlanDraft

    def until_decided(self) -> Answer:
        """Show the plan and ask."""
        self._show()
        while True:
            word = click.prompt(self._question(), prompt_suffix=" ", err=True).strip().lower()
            before = self.draft.proposal.text if self.draft.proposal.valid else ""
            match word[:1]:
                case "r" if self.draft.proposal.valid:
                    return Answer.RUN
                case "e":
                    if edit_draft(self.draft):
                        self._show(before)
                case "c" if self.draft.planning is not None:
                    if self._change(self.draft.planning):
                        self._show(before)
                case "s":
                    self._show()
                case "q" | "n":
                    return Answer.DECLINE
                case _:
                    warn(f"{clean(word, limit=40)!r} is none of these")

    def _question(self) -> str:
        choices = ["[r]un it"] if self.draft.proposal.valid else []
        choices.append("[e]dit it")
        if self.draft.planning is not None:
            choices.append("[c]hange it in words")
        return f"{', '.join(choices)}, [s]how it, [q]uit:"

    def _show(self, before: str = "") -> None:
        """Print what is another than before, then the whole."""
        if before:
            click.echo("", err=True)
            for line in self.draft.changes(before):
                click.echo(f"  {line}", err=True)
        click.echo("", err=True)
        for line in [*self.draft.lines(), ""]:
            click.echo(line, err=True)

    def _change(self, planning: PlanningRun) -> bool:
        """Ask the model for another plan; whether one came of it."""
        words = click.prompt("What is to be different?", prompt_suffix="\n> ", err=True).strip()
        if not words:
            return False
        with open_reads(planning.project) as db:
            since = reads.run_row(db, planning.id).seq
        try:
            planning.ask_to_change(self.draft.wish(words))
        except WfError as error:
            warn(error.message, error.hint)
            return False
        standing = follow(planning, since)
        if not self.draft.take(standing):
            warn(f"no valid plan came of that: {standing.sentence}", "the plan stays as it was")
            return False
        warn(f"planned so far: {usage_text(standing.usage) or 'usage unknown'}")
        return True
