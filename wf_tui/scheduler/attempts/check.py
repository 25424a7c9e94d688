"""The step `check`: what work has to pass before it is merged.

In this order: nothing of it was left out, its scope, its deliverables, its gate. Before all that
comes the plan in the answer of a task with `result: plan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.git.control.changed_files import outside_scopes
from wf_tui.git.harvest.secret_files import files_with_secrets
from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.held_work import HeldPart, HeldWork, held_part, was_held
from wf_tui.ledger.model.states import BlockedKind, Cause, NextSeat, ScopeWhy
from wf_tui.plan.choices import GateOn
from wf_tui.scheduler.attempts.deliverables import missing_deliverables
from wf_tui.scheduler.attempts.endings import Fault
from wf_tui.scheduler.attempts.gate import GateQuestion
from wf_tui.text import clean, listed, plural
from wf_tui.values import frozen, replace
from wf_tui.workers.shim.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.git.harvest.secret_files import SecretFile
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.profiles.run_profiles import RunProfiles
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.gate import Gate
    from wf_tui.scheduler.attempts.harvest import Harvested
    from wf_tui.scheduler.attempts.workspace import Workspace
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job

__all__ = ["Check", "held_back", "left_out", "nothing_but_left", "refused_parts"]

_NAMED: Final = 5
_NAME: Final = 200


@frozen
class Check:
    """Judges work, that of a worker and that of a person alike."""

    gate: Gate
    threads: Threads
    control: Control
    profiles: RunProfiles
    """Whose keys no work may hold."""

    async def run(
        self,
        active: ActiveClaim,
        job: Job,
        workspace: Workspace,
        harvested: Harvested,
        *,
        gate: bool = True,
    ) -> Fault | None:
        """Return the first thing that keeps the work from being merged, or None.

        The work is harvested and lies in the `workspace`, too, where the gate runs. Work that has
        passed its gate already is judged without it (`gate`). Raises `StoppedError` when it is
        stopped meanwhile: a gate may take as long as a program.
        """
        return await active.stoppable(self._judge(active, job, workspace, harvested, gate=gate))

    async def _judge(
        self,
        active: ActiveClaim,
        job: Job,
        workspace: Workspace,
        harvested: Harvested,
        *,
        gate: bool,
    ) -> Fault | None:
        claim = active.claim
        leaks: Sequence[SecretFile] = ()
        if harvested.entries:
            leaks = await self.threads.run(self._leaks, harvested)
        shown = harvested
        if leaks:
            redact = Redactor(dict(job.secrets)).whole
            leaks = [replace(one, path=redact(one.path)) for one in leaks]
            shown = without_keys(harvested, redact)
        fault = left_out(harvested) or held_back(claim, shown, leaks)
        if fault is None and claim.task.spec.deliverables:
            commit = harvested.commit
            fault = await self.threads.run(missing_deliverables, claim, workspace, commit)
        # The gate comes last: it is the only one that costs something, and it runs foreign code.
        if fault is not None or not gate or not claim.task.spec.gate:
            return fault
        question = GateQuestion(GateOn.ATTEMPT, harvested.base or None, harvested.commit)
        return await self.gate.run(active, job, question)

    async def answer(self, active: ActiveClaim, job: Job, answer: str) -> Fault | None:
        """Return what is wrong with the plan in an answer that has to hold one, or None.

        Its worker goes on in its session, which knows the plan; another one is shown it.
        """
        if not active.claim.task.spec.plans:
            return None
        return await self.threads.run(_faulty_plan, answer, job.folder.parent.parent)

    def _leaks(self, harvested: Harvested) -> Sequence[SecretFile]:
        secrets = self.profiles.secret_forms
        return files_with_secrets(self.control, harvested.entries, secrets)


def _faulty_plan(answer: str, run_folder: Path) -> Fault | None:
    # Only a run that plans reads plans; no other scheduler loads pydantic's models for it.
    from wf_tui.prompts.plan_answer import (  # noqa: PLC0415 - see above
        faults_for_model,
        read_plan_answer,
        read_worker_facts,
    )

    found = read_plan_answer(answer, workers=read_worker_facts(run_folder))
    if found.report.valid:
        return None
    text, tail = faults_for_model(found)
    detail = {"tail": tail}
    return Fault(BlockedKind.FAILED, Cause.ANSWER, text, detail, next_seat=NextSeat.SAME)


def left_out(harvested: Harvested) -> Fault | None:
    """Refuse work that could not be taken at all, as when there is too much of it.

    Also asked before the work of a person is recorded as harvested.
    """
    if harvested.error:
        return Fault(BlockedKind.FAILED, Cause.HARVEST, harvested.error)
    return None


def without_keys(harvested: Harvested, redact: Callable[[str], str]) -> Harvested:
    """Return a harvest to tell of: the value of a key may be part of a name, too."""
    return replace(
        harvested,
        entries=tuple(replace(one, path=redact(one.path)) for one in harvested.entries),
        filtered=tuple(replace(one, path=redact(one.path)) for one in harvested.filtered),
    )


def held_back(claim: Claim, harvested: Harvested, leaks: Sequence[SecretFile] = ()) -> Fault | None:
    """Hold back work that may not be merged as it is, with every reason there is (B scope)."""
    held = HeldWork.of(
        [
            with_keys(leaks),
            unfiltered(claim, harvested),
            refused_parts(claim, harvested),
            out_of_scope(claim, harvested),
            nothing_but_left(claim, harvested),
        ]
    )
    return Fault(BlockedKind.SCOPE, Cause.SCOPE, held.text, held.detail) if held else None


def with_keys(leaks: Sequence[SecretFile]) -> HeldPart | None:
    """Find files with the value of a key; nobody can accept them, they have to be cleaned."""
    if not leaks:
        return None
    names = listed([f"{one.path} ({one.name})" for one in leaks], _NAMED, limit=_NAME)
    text = f"{plural(len(leaks), 'file')} with the value of a key: {names}"
    return HeldPart(ScopeWhy.SECRET, tuple(one.path for one in leaks), text)


def refused_parts(claim: Claim, harvested: Harvested) -> HeldPart | None:
    """Find parts that could not be taken, unless a person has accepted the rest without them.

    A merge without them would look whole and not be; pipes and sockets are no work.
    """
    lost = [item for item in harvested.refused if item.is_work]
    if not lost or (claim.task.by_hand and was_held(claim.task.detail, ScopeWhy.REFUSED)):
        return None
    named = listed([f"{clean(item.path, limit=200)} ({item.reason})" for item in lost], _NAMED)
    text = f"it left what cannot be merged: {named}"
    return HeldPart(ScopeWhy.REFUSED, tuple(item.path for item in lost), text)


def nothing_but_left(claim: Claim, harvested: Harvested) -> HeldPart | None:
    """Find work that is in the worker's git directory alone: done without it would be a loss.

    A person has to say which of it is the work, or to put it into the worktree.
    """
    if harvested.entries:
        return None
    if claim.task.by_hand and was_held(claim.task.detail, ScopeWhy.LEFT):
        return held_part(claim.task.detail, ScopeWhy.LEFT)
    if not (harvested.left or harvested.unsaved):
        return None
    names = [*(one.label for one in harvested.left), *filter(None, [harvested.unsaved])]
    text = f"it changed no file, but left {listed(names, _NAMED)}"
    return HeldPart(ScopeWhy.LEFT, tuple(one.ref for one in harvested.left), text)


def unfiltered(claim: Claim, harvested: Harvested) -> HeldPart | None:
    """Find files that the user's git would have stored in another way, but for those named by them.

    A secret that a filter encrypts would be readable on a branch that people push. Who named one
    has accepted the work; what a worker makes after that is asked about again.
    """
    task = claim.task
    allowed = task.choices if task.by_hand else NO_CHOICES
    held = [item for item in harvested.filtered if not allowed.allows(item.path)]
    if not held:
        return None
    filters = listed(sorted({item.filter for item in held}), _NAMED, limit=_NAME)
    names = listed([item.path for item in held], _NAMED, limit=_NAME)
    text = f"{plural(len(held), 'file')} would be stored without the filter {filters}: {names}"
    return HeldPart(ScopeWhy.FILTER, tuple(item.path for item in held), text)


def out_of_scope(claim: Claim, harvested: Harvested) -> HeldPart | None:
    """Find changes outside the scope that the plan declares, unless a person waived it (G10)."""
    task = claim.task
    if not task.scope or task.scope_waived:
        return None
    paths = outside_scopes(harvested.entries, task.scope)
    if not paths:
        return None
    names = listed(paths, _NAMED, limit=200)
    text = f"it changed {plural(len(paths), 'file')} outside its scope: {names}"
    return HeldPart(ScopeWhy.OUTSIDE, paths, text)
