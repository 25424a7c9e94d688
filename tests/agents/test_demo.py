"""`wf demo` with a real agent in place of the commands."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.agents.cache import AGENTS
from tests.support.agents.harness import AgentHarness, Seat
from tests.support.model_server.intents import Run
from tests.support.model_server.scenarios import Scenario, Turn
from tests.support.model_server.server import ModelServer
from wf_tui.demo.folder import DemoFolder, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.model_server.conversation import Conversation

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ModelServer]:
    """Serve a model that does a task of the demo by the command that it would else have."""
    folder = DemoFolder(tmp_path)
    by_command = {task.id: task.run for task in plan_of(folder, 0).tasks}
    prompts = {
        task.prompt: by_command[task.id] for task in plan_of(folder, 0, by_agents=True).tasks
    }

    def decide(conversation: Conversation) -> Scenario | None:
        said = " ".join(conversation.prompts)
        for prompt, command in prompts.items():
            if prompt and command and prompt.split("\n")[0] in said:
                lines = command.splitlines()
                alone = "\n".join(line for line in lines if "both-have-read" not in line)
                return Scenario((Turn("I do that.", (Run(alone),)),), done="It is done.")
        return None

    with ModelServer(decide=decide) as server:
        yield server


@pytest.mark.parametrize("seat", [Seat(AGENTS["claude"], "agent")], ids=str)
def test_demo(agent: AgentHarness) -> None:
    """Two claude do what has a prompt, a shell the rest; all of it is merged."""
    folder = agent.root / "demo"
    running = agent.start("demo", "--headless", "--dir", folder, "--worker", f"{agent.seat}=2")
    out, err = running.communicate(timeout=240)
    assert running.returncode == 0, out + err
    assert "16 of 16 tasks done" in out
    log = subprocess.run(
        ["git", "log", "--oneline", "--branches=wf/*"],
        cwd=folder / "till",
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert len(log.splitlines()) > 10
