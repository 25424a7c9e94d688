"""`wf land` in a process of its own, for the board: to land, and to ask the gate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.board.acting.command_process import run_command
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.landing.gate import LandingGate
    from wf_tui.landing.trial import LandingPlan

__all__ = ["Outcome", "gate_in_process", "land_in_process"]


@dataclass(frozen=True)
class Outcome:
    """What came of it, in one sentence that is safe to draw."""

    landed: bool
    text: str


async def land_in_process(
    plan: LandingPlan,
    run: str,
    repo: Path,
    environ: Mapping[str, str],
    *,
    squash: bool,
    message: str,
) -> Outcome:
    """Land what a person has seen, and nothing else: where either side moved it is refused."""
    words = ["land", run, "--repo", str(repo), "--json", "--into", plan.into]
    words += ["--expect", f"{plan.trial.old}..{plan.trial.head}", "--message", message]
    done = await run_command([*words, "--squash"] if squash else words, environ)
    if not done.done:
        return Outcome(landed=False, text=done.complaint or "wf land failed")
    count = plural(len(json.loads(done.printed)["commits"]), "commit")
    warned = f"; {done.complaint}" if done.complaint else ""
    return Outcome(landed=True, text=f"landed {count} in {clean(plan.into, limit=80)}{warned}")


async def gate_in_process(
    plan: LandingPlan, run: str, repo: Path, environ: Mapping[str, str]
) -> LandingGate | str:
    """Ask the gate about the merged tree; return what it said, or why it could not be asked.

    Cancelling ends it. What it was asked about is in the answer: either side may have moved.
    """
    from wf_tui.landing.gate import LandingGate  # noqa: PLC0415 - all of git comes with it

    words = ("land", run, "--repo", str(repo), "--into", plan.into, "--json")
    done = await run_command([*words, "--dry-run", "--gate"], environ, stops=True)
    try:
        return LandingGate(**json.loads(done.printed)["gate"])
    except (ValueError, KeyError):
        return done.complaint or "wf land --gate failed"
