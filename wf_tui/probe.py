"""`wf profiles --probe`: one word is asked of a model, through the real program of a profile."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.paths import attempt_mark, private_folder
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.run_profiles import RunProfiles
from wf_tui.profiles.stored import profiles_text
from wf_tui.text import clean
from wf_tui.workers.environment import base_environment
from wf_tui.workers.line.grammar import Usage
from wf_tui.workers.protocol import Job, Limits, Lost, Success
from wf_tui.workers.registry import open_workers
from wf_tui.workers.shim.launcher import Launcher
from wf_tui.workers.shim.plain_file import write_plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from wf_tui.profiles.resolved import Resolved
    from wf_tui.workers.line.grammar import Answer, LineEvent, PersonMessage, Question
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["Probe", "probe"]

_PROMPT: Final = "Answer with the one word: ready. Use no tool, and change no file.\n"
_PATIENCE: Final = 120.0
_ANSWER: Final = 200
"""Characters of the answer that are shown."""


@dataclass(frozen=True)
class Probe:
    """What came of it."""

    ok: bool
    text: str
    """The answer, or why there is none."""
    usage: Mapping[str, int | float | None] | None = None
    """What the agent says that it took, where it says so."""

    def as_json(self) -> dict[str, object]:
        """Return the object `probe` of `wf profiles --json`."""
        return {"ok": self.ok, "text": self.text, "usage": self.usage}


class ProbeSession:
    """A `Session` of which only the usage counts; nobody answers, and nobody writes."""

    def __init__(self) -> None:
        self.usage: Usage | None = None

    def note(self, event: WorkerEvent) -> None:
        """Take a sign of life, and leave it."""

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line; the last usage is that of all."""
        if isinstance(event, Usage):
            self.usage = event

    async def ask(self, _: Question) -> Answer | None:
        """Nobody answers."""
        return None

    async def delivered(self, answer: Answer) -> None:
        """Take note that an answer was taken."""

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Nobody writes."""
        nothing: tuple[PersonMessage, ...] = ()
        for message in nothing:
            yield message


def probe(profile: Resolved, environ: Mapping[str, str], state: Path) -> Probe:
    """Ask for one word, and wait for it; this costs what such a request costs.

    In a folder of its own below the state directory, which is removed: some agents refuse to keep
    their home in a temporary one. Called for profiles that are usable and take prompts.
    """
    folder = private_folder(state / "probes" / secrets.token_hex(8))
    try:
        return asyncio.run(_probe(profile, environ, state, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _probe(profile: Resolved, environ: Mapping[str, str], state: Path, folder: Path) -> Probe:
    logins = Logins(state / "logins")
    stored = profiles_text({profile.name: profile})
    profiles = RunProfiles.read(stored, environ, folder / "homes", logins)
    seat = profiles.equip(profile.name, profile.name)
    tree = private_folder(folder / "tree")
    session = ProbeSession()
    try:
        environment = {**base_environment(environ), **seat.toolchains, **seat.environment}
        job = Job(
            run=folder.name,
            task="probe",
            epoch=1,
            worker=profile.name,
            tree=tree,
            folder=folder,
            command=None,
            prompt=_PROMPT,
            environment=environment,
            limits=Limits(seconds=_PATIENCE),
            mark=attempt_mark(folder.name, "probe"),
            secrets=seat.secrets,
            prompt_file=write_plain(folder / "prompt.md", _PROMPT),
            home=seat.home,
            profile=profile,
            writes=False,
            keys=seat.keys,
        )
        async with (
            Launcher(environ=environ) as launcher,
            open_workers(launcher, folder, environ) as workers,
        ):
            outcome = await workers[profile.kind].run(job, session)
    finally:
        profiles.put_back(profile.name, profile.name)
    ok = isinstance(outcome, Success)
    text = outcome.result if isinstance(outcome, Success) else outcome.text
    of_all = None if isinstance(outcome, Lost) or outcome.verdict is None else outcome.verdict.usage
    return Probe(ok, clean(text, limit=_ANSWER).strip(), _usage(of_all or session.usage))


def _usage(usage: Usage | None) -> Mapping[str, int | float | None] | None:
    if usage is None:
        return None
    cost = None if usage.cost_usd is None else round(usage.cost_usd * 1_000_000)
    return {
        "input_tokens": usage.input,
        "cached_tokens": usage.cached,
        "output_tokens": usage.output,
        "reasoning_tokens": usage.reasoning,
        "requests": None,
        "cost_microusd": cost,
        "unknown": 0,
    }
