"""What an attempt is given: its folder, the results it needs, the conflict it has to solve."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads
from wf_tui.paths import private_folder
from wf_tui.workers.environment import worker_environment
from wf_tui.workers.plain_file import write_plain
from wf_tui.workers.protocol import Job, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.context import RunContext

__all__ = ["JobInputs", "given", "make_job", "mark"]


@dataclass(frozen=True)
class JobInputs:
    """What the ledger knows that an attempt needs before it starts."""

    results: Mapping[str, Mapping[str, str | None]]
    """For each task it needs: `status` (how it is done), `result`, `commit`."""
    checkpoint: str | None
    """The commit of the attempt before, where the task says `checkpoint: keep`."""


def given(ledger: Ledger, claim: Claim) -> JobInputs:
    """Read what an attempt needs; a skipped task has no result."""
    results = {}
    for name in claim.task.spec.needs:
        need = reads.task(ledger.db, claim.run, name)
        results[name] = {"status": need.kind, "result": need.result, "commit": need.commit_id}
    checkpoint = None
    if claim.task.spec.checkpoint == "keep":
        earlier = reads.attempts(ledger.db, claim.run, claim.task.id)[:-1]
        checkpoint = next((a.commit_id for a in reversed(earlier) if a.commit_id), None)
    return JobInputs(results, checkpoint)


def mark(run: str, task_folder: str) -> str:
    """Return the value of `WF_ATTEMPT`: stray processes of a run are known by its beginning."""
    return f"{run}/{task_folder}"


def make_job(site: RunContext, claim: Claim, tree: Path, has: JobInputs) -> Job:
    """Write the files of an attempt and return its job."""
    task, spec = claim.task, claim.task.spec
    folder = private_folder(site.paths.attempt(task.id, claim.epoch))
    results = _json_file(folder / "results.json", has.results)
    conflicts = _json_file(folder / "conflicts.json", claim.conflict) if claim.conflict else None
    prompt = _prompt(claim)
    write_plain(folder / "prompt.md", prompt)
    name = mark(claim.run, folder.name)
    return Job(
        run=claim.run,
        task=task.id,
        epoch=claim.epoch,
        worker=claim.worker,
        tree=tree,
        folder=folder,
        command=spec.command,
        prompt=prompt,
        environment=worker_environment(
            site.environment,
            run=claim.run,
            task=task.id,
            mark=name,
            results=results,
            conflicts=conflicts,
            port_base=site.ports.take((task.id, claim.epoch)) if site.ports else None,
        ),
        limits=Limits(seconds=spec.timeout_secs or None, grace=site.timing.grace),
        mark=name,
    )


def _prompt(claim: Claim) -> str:
    parts = [claim.task.spec.prompt]
    if claim.last_note:
        parts.append(f"The attempt before this one ended: {claim.last_note}")
    parts += [f"A person adds: {text}" for text in claim.messages]
    return "\n\n".join(part for part in parts if part) + "\n"


def _json_file(path: Path, content: Mapping[str, object] | Sequence[str]) -> Path:
    return write_plain(path, json.dumps(content, indent=1))
