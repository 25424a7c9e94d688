"""The commands of git that a person gets to go on by themselves, safe to paste into a shell."""

from __future__ import annotations

from shlex import join
from typing import TYPE_CHECKING

from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.landing.trial import LandingPlan

__all__ = ["conflict_commands", "pull_request_commands"]


def pull_request_commands(plan: LandingPlan, run: str, message: str) -> str:
    """Return what makes a pull request, with the report of the run as its text."""
    create = ("gh", "pr", "create", "--head", plan.branch, "--base", plan.into)
    title = ("--title", clean(message, limit=200))
    return "\n".join(
        (
            join(("git", "push", "-u", "origin", plan.branch)),
            f"{join(('wf', 'report', run))} | {join((*create, *title))} --body-file -",
        )
    )


def conflict_commands(plan: LandingPlan) -> str:
    """Return what merges the branch of the run by hand, and how that is given up."""
    paths = [one.path for one in plan.trial.conflicts]
    return "\n".join(
        (
            join(("git", "switch", plan.into)),
            join(("git", "merge", plan.branch)),
            f"# settle these, or give it up: git merge --abort\n{join(('git', 'add', *paths))}",
            "git commit --no-edit",
        )
    )
