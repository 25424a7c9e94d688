"""One agent, one repository, one scripted model: what tests of the real agents work with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tests.support.agents.cache import AGENTS, AgentProgram, programs
from tests.support.cli_harness import CliHarness, git
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.model_server.server import ModelServer

__all__ = ["CANARIES", "AgentHarness", "Ended", "Seat", "keys_in"]

CANARIES = {
    agent.user: f"sk-canary-{agent.user.lower().replace('_', '-')}-7f3a91c2d4"
    for agent in AGENTS.values()
}
"""A key for each maker, which can be found again wherever it gets to."""

_WITHIN = 240.0
"""Seconds that a run may take until it is called hung."""


@dataclass(frozen=True)
class Seat:
    """An agent, and how it is driven: by its own command line, or over ACP."""

    agent: AgentProgram
    kind: Literal["agent", "acp"]

    def __str__(self) -> str:
        return self.agent.name if self.kind == "agent" else f"{self.agent.name}-acp"


class Ended(NamedTuple):
    """A run that is over: its exit status, what it printed, and all of its one task."""

    status: int
    out: str
    err: str
    task: dict[str, Any]
    events: list[dict[str, Any]]

    @property
    def attempts(self) -> list[dict[str, Any]]:
        """The attempts, oldest first."""
        attempts: list[dict[str, Any]] = self.task["attempt_list"]
        return sorted(attempts, key=lambda attempt: int(attempt["epoch"]))

    def kinds(self) -> list[str]:
        """Return the kinds of all events."""
        return [event["kind"] for event in self.events]


@dataclass(frozen=True)
class AgentHarness(CliHarness):
    """A person with one agent, a repository of one commit, and an empty home."""

    seat: Seat
    server: ModelServer

    @property
    def environ(self) -> dict[str, str]:
        """What the person's shell has: the agent on its path, and keys of all makers."""
        package = self.seat.agent.headless if self.seat.kind == "agent" else self.seat.agent.acp
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return {
            "PATH": f"{programs(package)}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
            "WF_STATE_DIR": str(self.state),
            "WF_CONFIG": str(self.root / "config.toml"),
            **CANARIES,
        }

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.root / "state"

    def configure(self, **more: str | list[str] | float) -> None:
        """Write the user's configuration: the profile of the agent, with more keys."""
        profile: dict[str, str | list[str] | float] = {
            "kind": self.seat.kind,
            "preset": self.seat.agent.name,
            "model": "scripted",
            "base_url": f"{self.server.url}{self.seat.agent.base}",
            **({"ask": "never"} if self.seat.kind == "acp" else {}),
            **more,
        }
        # A string, a list of them or a number is written alike in TOML and in JSON.
        lines = [f"{name} = {json.dumps(value)}" for name, value in profile.items()]
        keys = f'keys = {{ {self.seat.agent.key} = "env:{self.seat.agent.user}" }}'
        text = "\n".join([f"[profiles.{self.seat}]", *lines, keys, ""])
        (self.root / "config.toml").write_text(text)

    def plan_of(self, prompt: str, **keys: object) -> Path:
        """Write a plan with one task, `t`, that writes what its prompt says."""
        task = {
            "id": "t",
            "mode": "read_write",
            "worker": str(self.seat),
            "prompt": prompt,
            "max_attempts": 3,
            "backoff_secs": 0,
            **keys,
        }
        plan = {"goal": "try an agent", "phases": [{"name": "p", "tasks": [task]}]}
        return self.plan(json.dumps(plan), "plan.json")

    def run(self, prompt: str, *words: str, **keys: object) -> Ended:
        """Run a plan of one task to its end."""
        return self.ended(self.start("run", self.plan_of(prompt, **keys), "--headless", *words))

    def ended(self, running: subprocess.Popen[str]) -> Ended:
        """Wait for the end of a run, and return it; one that hangs is killed."""
        try:
            out, err = running.communicate(timeout=_WITHIN)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                running.communicate(timeout=20)
            running.kill()
            out, err = running.communicate()
            raise AssertionError(f"the run hangs:\n{out[-3000:]}\n{err[-3000:]}") from None
        return self.looked_at(running.returncode, out, err)

    def when_it_asks(self, since: int = 0) -> None:
        """Wait until the newest run asks a question; that there is a run is waited for, too."""
        runs = "there is a run"
        until(lambda: list(self.state.glob("*/runs/*/scheduler.log")), runs, every=0.1)
        self.wait_for("question_asked", since=since)

    def looked_at(self, status: int, out: str = "", err: str = "") -> Ended:
        """Return what the ledger has of the newest run."""
        events = self.wf("events", "--json").stdout.splitlines()
        return Ended(status, out, err, self.json("show", "t"), [json.loads(e) for e in events])

    def merged(self, name: str = "hello.txt") -> str | None:
        """Return a file of the branch of the newest run; None where it has none."""
        branch = git(self.repo, "for-each-ref", "--format=%(refname)", "refs/heads/wf/").split()
        if not branch:
            return None
        listed = git(self.repo, "ls-tree", "--name-only", "-r", branch[0]).split()
        return git(self.repo, "show", f"{branch[0]}:{name}") if name in listed else None

    def transcript(self) -> list[dict[str, Any]]:
        """Return the transcript of the newest attempt."""
        lines = self.wf("logs", "t", "--json").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def processes(self) -> list[str]:
        """Return the processes that were started below this state folder, wf's own among them."""
        return list(_processes_of(str(self.state).encode()))

    def wait_until_gone(self) -> None:
        """Wait until no process of the run is left."""
        until(lambda: not self.processes(), "no process of the run is left", within=30, every=0.1)

    def left(self) -> dict[str, set[str]]:
        """Return where the state folder or the repository has which keys that should not be there.

        Only the agent's own home may have its own key: the agent reads it there.
        """
        found: dict[str, set[str]] = {}
        for path in (*self.state.rglob("*"), *self.repo.rglob("*")):
            if path.is_file() and not path.is_symlink():
                allowed = {self.seat.agent.user} if "homes" in path.parts else set[str]()
                if keys := keys_in(path.read_bytes()) - allowed:
                    found[str(path)] = keys
        repositories = (self.repo / ".git", *self.state.glob("*/runs/*/control.git"))
        for repository in repositories:
            # What is committed is compressed, so no search of files finds it.
            if keys := keys_in(_objects_of(repository)):
                found[f"objects of {repository}"] = keys
        return found


def keys_in(content: bytes) -> set[str]:
    """Return which keys are in some bytes, by the variable that they come from."""
    return {name for name, key in CANARIES.items() if key.encode() in content}


def _objects_of(repository: Path) -> bytes:
    words = ["cat-file", "--batch-all-objects", "--batch", "--unordered"]
    done = subprocess.run(
        ["git", f"--git-dir={repository}", *words], check=True, capture_output=True
    )
    assert done.stdout
    return done.stdout


def _processes_of(mark: bytes) -> Iterator[str]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                environ = (folder / "environ").read_bytes()
                words = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                if mark in environ and words:
                    yield f"{folder.name} {words[:200]}"
