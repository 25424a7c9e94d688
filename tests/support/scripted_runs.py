"""Runs whose workers are agents that follow a script: real shims, drivers, lines and merges."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import scripted_agent
from tests.support.run_harness import RunHarness
from wf_tui.config import Preset, Profile, Timing
from wf_tui.config.preset import Calling

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["prompts_given", "scripted", "scripted_harness"]

_AGENT = (sys.executable, str(Path(scripted_agent.__file__)))


def scripted_harness(
    folder: Path,
    profiles: Mapping[str, Mapping[str, object]] | None = None,
    timing: Timing | None = None,
) -> RunHarness:
    """Return a repository in which scripted agents work; by default one seat of the profile `one`.

    `profiles` says more of each profile, as its table in the configuration would.
    """
    state = folder / "script"
    state.mkdir()
    calling = Calling(
        argv=_AGENT,
        resume_argv=(*_AGENT, "{session}"),
        parser="jsonl",
        env={"SCRIPT_STATE": str(state)},
    )
    return RunHarness(
        folder,
        timing or Timing(grace=0.5),
        {
            name: Profile.model_validate({"kind": "agent", "preset": "scripted", **more})
            for name, more in (profiles or {"one": {"seats": 1}}).items()
        },
        presets={"scripted": Preset(maker="script", agent=calling)},
    )


def prompts_given(harness: RunHarness) -> list[str]:
    """Return the prompts that agents were started with, the oldest first."""
    return [path.read_text() for path in sorted((harness.folder / "script").glob("prompt-*"))]


def scripted(name: str, *steps: str, more: str = "mode: read_write") -> str:
    """Return a task for `parallel_plan` whose prompt is these steps."""
    prompt = "".join(f"DO {step}\n" for step in steps)
    return f"id: {name}, {more}, prompt: {json.dumps(prompt)}"
