"""The command that has a goal planned in a repository, as a person would type it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.board.forms.goal_form import Goal

__all__ = ["plan_command"]


def plan_command(goal: Goal, repository: Path) -> list[str]:
    """Return `wf plan new` for a goal; what a person typed is never an option of it."""
    words = [sys.executable, "-P", "-m", "wf_tui", "plan", "new", "--repo", str(repository)]
    words += [f"--profile={goal.profile}"] if goal.profile else []
    words += [f"--from={goal.source}"] if goal.source else []
    return [*words, *(["--", goal.text] if goal.text else [])]
