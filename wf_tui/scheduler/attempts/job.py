"""What an attempt is given: its folder, the results it needs, the conflict it has to solve."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads
from wf_tui.paths import attempt_mark, private_folder
from wf_tui.profiles.secrets import secret_forms
from wf_tui.variables import Variables, given_variables
from wf_tui.workers.environment import (
    base_environment,
    secrets_of,
    values_of,
    worker_environment,
)
from wf_tui.workers.protocol import Job, Limits
from wf_tui.workers.script import SHELL
from wf_tui.workers.shim.plain_file import write_plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.run_environment import RunEnvironment
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.paths import RunPaths
    from wf_tui.scheduler.ports import Ports

__all__ = ["JobInputs", "JobMaker", "read_inputs"]


@dataclass(frozen=True)
class JobInputs:
    """What the ledger knows that an attempt needs before it starts."""

    results: Mapping[str, Mapping[str, str | None]]
    """For each task it needs: `status` (how it is done), `result`, `commit`."""
    checkpoint: str | None
    """The commit of the attempt before, where the task says `checkpoint: keep`."""


def read_inputs(ledger: Ledger, claim: Claim) -> JobInputs:
    """Read what an attempt needs, on the writer's thread; a skipped task has no result."""
    results = {}
    for name in claim.task.spec.needs:
        need = reads.task(ledger.db, claim.run, name)
        results[name] = {"status": need.kind, "result": need.result, "commit": need.commit_id}
    checkpoint = None
    if claim.task.spec.checkpoint == "keep":
        earlier = reads.attempts(ledger.db, claim.run, claim.task.id)[:-1]
        commits = [attempt.commit_id for attempt in earlier if attempt.commit_id]
        checkpoint = commits[-1] if commits else None
    return JobInputs(results, checkpoint)


@dataclass(frozen=True)
class JobMaker:
    """Makes the jobs of a run's attempts: what a worker gets, in its folder and as a value."""

    paths: RunPaths
    environment: RunEnvironment
    """What the run was started with, and which variables go to whom."""
    environ: Mapping[str, str] = field(repr=False)
    """The environment of the scheduler, of which programs get what is passed on."""
    grace: float
    """Seconds between the polite end of a program and its kill."""
    ports: Ports | None

    def make(self, claim: Claim, tree: Path, inputs: JobInputs) -> Job:
        """Write the files of an attempt and return its job; blocks.

        Called in a thread. What is accepted gets a job, too: the gate and the setup need one.
        Raises `OSError` where the folder cannot be written.
        """
        task, spec = claim.task, claim.task.spec
        folder = private_folder(self.paths.attempt(task.id, claim.epoch))
        # As files and not in the environment, which has a limit; a worker may write there, so
        # whatever lies at their names is replaced (`write_plain`).
        results = write_plain(folder / "results.json", json.dumps(inputs.results, indent=1))
        conflicts = None
        if claim.conflict:
            content = json.dumps(claim.conflict, indent=1)
            conflicts = write_plain(folder / "conflicts.json", content)
        prompt = make_prompt(claim)
        prompt_file = write_plain(folder / "prompt.md", prompt)
        mark = attempt_mark(claim.run, folder.name)
        own = worker_environment(
            run=claim.run,
            task=task.id,
            mark=mark,
            state_dir=self.paths.root.parents[2],
            results=results,
            conflicts=conflicts,
            port_base=self.ports.take((task.id, claim.epoch)) if self.ports else None,
        )
        base = base_environment(self.environ, self.environment.path)
        of_task = Variables(spec.env, spec.pass_env)
        # A plan that passes PATH on, by a pattern say, still means that of the start.
        environ = {**self.environ, "PATH": base["PATH"]}
        given = given_variables(self.environment.places(of_task, claim.profile), environ)
        checks = given_variables(self.environment.places(of_task), environ)
        return Job(
            run=claim.run,
            task=task.id,
            epoch=claim.epoch,
            worker=claim.worker,
            tree=tree,
            folder=folder,
            command=spec.command,
            prompt=prompt,
            environment={**base, **values_of(checks), **own},
            limits=Limits(seconds=spec.timeout_secs or None, grace=self.grace),
            mark=mark,
            shell=spec.shell or self.environment.shell or SHELL,
            gate_shell=spec.gate_shell or SHELL,
            program_environment={**base, **values_of(given), **own},
            secrets=secret_forms(secrets_of({**checks, **given})),
            prompt_file=prompt_file,
        )


def make_prompt(claim: Claim) -> str:
    """Return what a worker is asked: the plan's prompt, how the last attempt ended, messages.

    The plan's own words come first and unchanged; what was added since stands in paragraphs below.
    Words that a worker wrote are said to be that, above them.
    """
    parts = [claim.task.spec.prompt]
    if author := claim.task.author:
        mark = f"This task was added by the worker of the task {author!r}, not by a person."
        parts.insert(0, mark)
    if claim.last_note:
        parts.append(f"The attempt before this one ended: {claim.last_note}")
        # Of a gate that failed: what it said is what there is to be mended.
        tail = claim.task.detail.get("tail")
        if isinstance(tail, str) and tail:
            parts.append(f"The end of what it printed:\n{tail}")
    parts += [f"A person adds: {text}" for text in claim.messages]
    return "\n\n".join(part for part in parts if part) + "\n"
