"""Runs whose workers are models: the real host and hands, and a scripted server for the makers."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from tests.support.run_harness import RunHarness
from tests.support.waiting import until
from wf_tui.config import Profile, Timing
from wf_tui.workers.model.host_link import HOST_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.model_server.server import ModelServer

__all__ = ["KEY", "history_of", "host_pid", "kill_host", "model_harness", "prompted"]

KEY = "sk-the-key-of-the-models"


def model_harness(
    folder: Path,
    server: ModelServer,
    profiles: dict[str, dict[str, Any]] | None = None,
    timing: Timing | None = None,
) -> RunHarness:
    """Return a repository in which models work that the server plays; by default one, `m`.

    Each has a key of its own in the environment of the run, `M_KEY` for `m`, and its lane.
    """
    given = profiles or {"m": {}}
    stock = {"kind": "model", "base_url": f"{server.url}/v1", "model": "scripted"}
    tables = {
        name: {**stock, "lane": name, "keys": [f"{name.upper()}_KEY"], **more}
        for name, more in given.items()
    }
    harness = RunHarness(
        folder,
        timing or Timing(grace=0.5),
        {name: Profile.model_validate(table) for name, table in tables.items()},
    )
    for name in given:
        harness.environ[f"{name.upper()}_KEY"] = f"{KEY}-{name}"
    # The host is of this very tree, as its scheduler is.
    harness.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    return harness


def prompted(name: str, scenario: str, more: str = "mode: read_write") -> str:
    """Return a task for `parallel_plan` for which the server plays a scenario."""
    return f"id: {name}, {more}, prompt: {json.dumps(f'scenario: {scenario}')}"


def host_pid(harness: RunHarness) -> int:
    """Return the process of the run's host, as soon as there is one."""
    file = harness.paths.root / HOST_FILE
    until(file.exists, "there is a host")
    return int(json.loads(file.read_bytes())["pid"])


def kill_host(harness: RunHarness) -> None:
    """Kill the host, as the kernel does that needs its memory."""
    os.kill(host_pid(harness), signal.SIGKILL)


def history_of(harness: RunHarness, task: str, epoch: int) -> str:
    """Return the history of an attempt as it lies there."""
    return (harness.paths.attempt(task, epoch) / "history.jsonl").read_text()
