"""What an attempt is given: its folder, the results it needs, the conflict it has to solve."""

from __future__ import annotations

import json
import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.budget_reads import money_left
from wf_tui.paths import attempt_mark, private_folder
from wf_tui.profiles.run_profiles import Equipment
from wf_tui.profiles.secrets import secret_forms
from wf_tui.prompts.gather import (
    asked_of,
    complete,
    needed_results,
    read_facts,
    without_checkpoint,
)
from wf_tui.prompts.render import render
from wf_tui.prompts.results import results_text
from wf_tui.values import field, frozen, replace
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
from wf_tui.workers.shim.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.model.run_environment import RunEnvironment
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.paths import RunPaths
    from wf_tui.profiles.run_profiles import RunProfiles
    from wf_tui.prompts.facts import CriticWords, NeededResult, PromptFacts
    from wf_tui.scheduler.ports import Ports

__all__ = ["JobInputs", "JobMaker", "read_inputs", "read_results"]


@frozen
class JobInputs:
    """What the ledger knows that an attempt needs."""

    needed: tuple[NeededResult, ...]
    """What became of the tasks whose results it needs."""
    prompt: PromptFacts | None = None
    """What its worker is told; None where no worker begins."""
    checkpoint: str | None = None
    """The commit of earlier work that it goes on from."""
    resumed: PromptFacts | None = None
    """What is new to it since, where it goes on in a session."""
    base: str | None = None
    """The commit that its worktree begins with."""
    in_session: bool = False
    """Whether it is in the worktree of that session; else it begins anew."""
    checkpoint_applied: bool = False
    """Whether that is in its worktree; where the branch has moved on it may not merge."""
    profiles: str | None = None
    """The profiles of the run as its row has them now; None where no worker begins."""
    run: RunRow | None = None
    """The run as it is by then, for what may still be spent in it."""


def read_results(ledger: Ledger, claim: Claim) -> JobInputs:
    """Read what the gate of an attempt needs whose worker is through, on the writer's thread."""
    return JobInputs(needed_results(ledger.db, claim.run, claim.task))


def read_inputs(ledger: Ledger, claim: Claim) -> JobInputs:
    """Read what an attempt needs before it starts, on the writer's thread."""
    asked = asked_of(
        ledger.db,
        claim.task,
        claim.epoch,
        note=claim.last_note,
        conflict=claim.conflict,
        detail=claim.task.detail,
    )
    facts, resumed = read_facts(ledger.db, claim.run, claim.task, asked), None
    if claim.session is not None:
        going_on = replace(asked, resumed=True)
        resumed = read_facts(ledger.db, claim.run, claim.task, going_on)
    run = reads.run_row(ledger.db, claim.run)
    return JobInputs(facts.needed, facts, asked.checkpoint, resumed, profiles=run.profiles, run=run)


@frozen
class _Prompts:
    """What a worker is told, and where it lies."""

    needed: tuple[NeededResult, ...]
    text: str = ""
    file: Path | None = None
    fresh_file: Path | None = None
    """The whole prompt, where `file` has only what is new to a session."""
    session: str | None = None
    critics: tuple[CriticWords, ...] = ()


@frozen
class JobMaker:
    """Makes the jobs of a run's attempts: what a worker gets, in its folder and as a value."""

    paths: RunPaths
    control: Control
    """The repository of the run, for what earlier attempts have changed."""
    environment: RunEnvironment
    """What the run was started with, and which variables go to whom."""
    environ: Mapping[str, str] = field(repr=False)
    """The environment of the scheduler, of which programs get what is passed on; nobody sets it."""
    grace: float
    """Seconds between the polite end of a program and its kill."""
    ports: Ports | None
    profiles: RunProfiles
    """What its seats are made from."""

    @cached_property
    def _base(self) -> Mapping[str, str]:
        """What every program gets of the environment; the same for all of a run."""
        return base_environment(self.environ, self.environment.path)

    @cached_property
    def _environ(self) -> Mapping[str, str]:
        # A plan that passes PATH on, by a pattern say, still means that of the start.
        return {**self.environ, "PATH": self._base["PATH"]}

    def make(self, claim: Claim, tree: Path, inputs: JobInputs) -> Job:
        """Write the files of an attempt and return its job; blocks.

        Called in a thread. What is accepted gets a job, too: the gate and the setup need one.
        Raises `OSError` where the folder cannot be written.
        """
        task, spec = claim.task, claim.task.spec
        folder = private_folder(self.paths.attempt(task.id, claim.epoch))
        base, theirs = self._base, self._environ
        of_task = Variables(spec.env, spec.pass_env)
        equipment = self._equip(claim, inputs)
        if equipment.withheld:
            theirs = {n: value for n, value in theirs.items() if n not in equipment.withheld}
        given = given_variables(self.environment.places(of_task, claim.profile), theirs)
        checks = given_variables(self.environment.places(of_task), self._environ)
        # Those of other profiles, too: what a worker finds elsewhere is in no log of it either.
        known = {
            **self.profiles.secret_forms,
            **secret_forms(secrets_of({**checks, **given})),
            **equipment.secrets,
        }
        # As files and not in the environment, which has a limit; a worker may write there, so
        # whatever lies at their names is replaced (`write_plain`).
        resumes = equipment.profile is not None and equipment.profile.resume
        prompts = self._prompts(claim, inputs, folder, known, resumes=resumes)
        results = write_plain(
            folder / "results.json", results_text(prompts.needed, self.paths, prompts.critics)
        )
        conflicts = None
        if claim.conflict:
            content = json.dumps(claim.conflict, indent=1)
            conflicts = write_plain(folder / "conflicts.json", content)
        input_file = None
        if spec.command and spec.prompt:
            input_file = write_plain(folder / "input.txt", Redactor(dict(known)).whole(spec.prompt))
        mark = attempt_mark(claim.run, folder.name)
        own = worker_environment(
            run=claim.run,
            task=task.id,
            mark=mark,
            state_dir=self.paths.root.parents[2],
            results=results,
            conflicts=conflicts,
            prompt=prompts.file,
            port_base=self.ports.take((task.id, claim.epoch)) if self.ports else None,
        )
        profile = equipment.profile
        of_attempt = profile.limits.max_cost_usd if profile else None
        return Job(
            run=claim.run,
            task=task.id,
            epoch=claim.epoch,
            worker=claim.worker,
            tree=tree,
            folder=folder,
            command=spec.command,
            prompt=prompts.text,
            environment={**base, **values_of(checks), **own},
            limits=Limits(seconds=spec.timeout_secs or None, grace=self.grace),
            mark=mark,
            shell=spec.shell or self.environment.shell or SHELL,
            gate_shell=spec.gate_shell or SHELL,
            program_environment={
                **base,
                **equipment.toolchains,
                **values_of(given),
                **equipment.environment,
                **own,
            },
            secrets=known,
            home=equipment.home,
            profile=equipment.profile,
            writes=task.writes,
            prompt_file=prompts.file,
            fresh_prompt_file=prompts.fresh_file,
            resume=prompts.session,
            input_file=input_file,
            max_cost_usd=money_left(inputs.run, task, of_attempt) if inputs.run else None,
            max_steps=spec.max_steps or (profile.limits.max_steps if profile else None),
            keys=equipment.keys,
        )

    def _equip(self, claim: Claim, inputs: JobInputs) -> Equipment:
        """Lend a seat its home and keys, where a worker begins.

        A gate, and what a person has accepted, get no key.
        """
        if inputs.prompt is None:
            return Equipment()
        if inputs.profiles is not None:
            self.profiles.take_over(inputs.profiles)
        return self.profiles.equip(claim.profile, claim.worker)

    def put_back(self, claim: Claim) -> None:
        """Take back what the seat of an attempt was lent, when its program has ended; blocks."""
        self.profiles.put_back(claim.profile, claim.worker)

    def _prompts(
        self,
        claim: Claim,
        inputs: JobInputs,
        folder: Path,
        known: Mapping[str, str],
        *,
        resumes: bool,
    ) -> _Prompts:
        """Write the prompts of an attempt that begins, and of one that goes on in its session."""
        if inputs.prompt is None:
            return _Prompts(inputs.needed)
        facts = self._whole(inputs.prompt, inputs)
        redactor = Redactor(dict(known))
        text = redactor.whole(render(facts, secrets.token_hex(8)))
        file = write_plain(folder / "prompt.md", text)
        critics = () if facts.judged else facts.critics
        if inputs.resumed is None or not (inputs.in_session and resumes):
            return _Prompts(facts.needed, text, file, critics=critics)
        new = self._whole(inputs.resumed, inputs)
        text = redactor.whole(render(new, secrets.token_hex(8)))
        resumed = write_plain(folder / "resumed.md", text)
        return _Prompts(facts.needed, text, resumed, file, claim.session, critics)

    def _whole(self, facts: PromptFacts, inputs: JobInputs) -> PromptFacts:
        """Return facts with what the repository and the folders of attempts have; blocks."""
        if not inputs.checkpoint_applied:
            facts = without_checkpoint(facts)
        # Of a command that has no prompt nobody reads which files others have changed.
        if not facts.task.spec.prompt:
            return facts
        return complete(facts, self.control, self.paths, inputs.base)
