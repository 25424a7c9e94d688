"""A goal of the start screen: planned on a screen, and run once its person agrees."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.board.screens.plan_screen import Leaving, PlanApp, PlanView
from wf_tui.cli.board import show_board
from wf_tui.cli.context import project_at
from wf_tui.cli.errors import warn
from wf_tui.cli.plan_settling import Settling
from wf_tui.cli.plan_talk import edit_draft
from wf_tui.cli.start_run import RunOptions
from wf_tui.config import load_config
from wf_tui.ledger.queries import reads
from wf_tui.planning.asking import ask_model
from wf_tui.planning.plan_draft import Terms
from wf_tui.planning.source import read_source, without_model
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from wf_tui.board.forms.goal_form import Goal
    from wf_tui.planning.planning_run import PlanningRun

__all__ = ["plan_goal"]


def plan_goal(goal: Goal, options: RunOptions | None = None) -> int:
    """Have a goal planned, as `wf plan new` does, and settle it; return the exit status.

    `options` are how its run is started. Called once the start screen has given the terminal back.
    """
    terms = Terms(project_at(None), load_config(os.environ), {})
    settling = Settling(terms, options or RunOptions(), yes=False, agrees=True)
    source = read_source(str(Path(goal.source).expanduser())) if goal.source else None
    if source is not None and not goal.text and not goal.profile:
        proposal = without_model(source, terms.workers, warn)
        if proposal is not None:
            return settling.ready(proposal, proposal.report.goal or source.name)
    planning, _ = ask_model(terms, goal.text, goal.profile, source, wait_for_person=True, warn=warn)
    return _on_screen(settling, planning)


def _on_screen(settling: Settling, planning: PlanningRun) -> int:
    """Show a planning until its person has decided; to edit, and for its board, it is left."""
    with open_reads(planning.project) as db:
        row = reads.run_row(db, planning.id)
    view = PlanView(settling.terms, planning, row.goal, row.created_at)
    while True:
        app = PlanApp(view)
        wanted = app.run()
        draft = view.draft
        if wanted is Leaving.RUN and draft is not None:
            return settling.run(draft)
        if wanted is Leaving.EDIT and draft is not None:
            if edit_draft(draft):
                view.lines = draft.lines()
        elif wanted is Leaving.BOARD:
            show_board(planning.project, planning.id)
        elif wanted is Leaving.LEAVE and draft is not None:
            return settling.leave(draft)
        else:
            planning.stop()
            warn(f"the planning {planning.id} is stopped")
            return app.return_code or 0
