"""`wf clean --run` in a process of its own: first what would go, then its removal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.board.acting.command_process import run_command
from wf_tui.disk_space import shown_size
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Cleaning", "clean_in_process"]


@dataclass(frozen=True)
class Cleaning:
    """What came of it; the texts are safe to draw."""

    refusal: str = ""
    """Why it stays; "" where it can go, or has gone."""
    size: str = ""
    lost: str = ""
    """What is on no branch of the person and would go with it; "" where all is."""


async def clean_in_process(
    run: str, repo: Path, environ: Mapping[str, str], *, apply: bool
) -> Cleaning:
    """Look what removing a run would take, or with `apply` remove it."""
    words = ("clean", "--run", run, "--repo", str(repo), "--json")
    done = await run_command((*words, "--apply") if apply else words, environ)
    if not done.done:
        return Cleaning(refusal=done.complaint or "wf clean failed")
    (found,) = json.loads(done.printed)
    if found["reason"]:
        return Cleaning(refusal=clean(found["reason"], limit=300))
    lost = [clean(one["ref"], limit=80) for one in found["only_here"]]
    more = f" and {plural(len(lost) - 1, 'more branch')}" if len(lost) > 1 else ""
    said = f"on no branch of yours: {lost[0]}{more}" if lost else ""
    return Cleaning(size=shown_size(found["size"]), lost=said)
