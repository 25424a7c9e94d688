"""What the start screen finds in a repository with two plans, the same for everybody."""

from __future__ import annotations

from pathlib import Path

from wf_tui.board.screens.start_screen import Offers
from wf_tui.board.start.agents import Readiness
from wf_tui.board.start.surroundings import Fact, Surroundings

__all__ = ["offers", "surroundings"]


def offers(*, in_repository: bool = True) -> Offers:
    """Return what there is to begin with."""
    files = ["plan.yaml", "plans/release.toml"] if in_repository else []
    ready = Readiness(["codex"], asks="commands")
    return Offers(in_repository, files, Path("/src/shop"), ready)


def surroundings() -> Surroundings:
    """Return what lies around: branch, runs, programs."""
    return Surroundings(
        branch="main, 3 uncommitted files",
        base="workers start from 2710304; the 3 uncommitted files are not in it",
        plan=[Fact("5 phases, 40 tasks"), Fact("good", good=True)],
        runs="3 in 2 repositories, 1 not landed",
        doctor=[Fact("git 2.39", good=True), Fact("codex", good=True)],
    )
