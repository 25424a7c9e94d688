"""`wf land` in a process of its own, for the board."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.landing import LandingPlan

__all__ = ["Outcome", "land_in_process"]


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
    """Land what a person has seen, and nothing else: where either side moved it is refused.

    A session of its own, so that neither the end of the terminal nor Ctrl-C reaches it halfway.
    """
    words = [sys.executable, "-P", "-m", "wf_tui", "land", run, "--repo", str(repo), "--json"]
    words += ["--into", plan.into, "--expect", f"{plan.old}..{plan.head}", "--message", message]
    words += ["--squash"] if squash else []
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environ),
        start_new_session=True,
    )
    printed, complaints = await process.communicate()
    said = " ".join(clean(line).strip() for line in complaints.decode(errors="replace").split("\n"))
    if process.returncode != 0:
        return Outcome(landed=False, text=said.removeprefix("wf: ").strip())
    found = json.loads(printed)
    count, into = len(found["commits"]), clean(plan.into, limit=80)
    warned = f"; {said.strip().removeprefix('wf: ')}" if said.strip() else ""
    return Outcome(landed=True, text=f"landed {count} commits in {into}{warned}")
