"""The plan's gate on the tree that a landing would make, run as the gate of a task is."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui import locks
from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.user.bring import bring_commit
from wf_tui.git.worktrees.local_files import LocalFiles
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.ledger.model.worktree_setup import worktree_setup_of
from wf_tui.line_that_matters import line_that_matters
from wf_tui.paths import FIRST_OPENED_TREE, private_folder
from wf_tui.plan.choices import GateOn
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.run_profiles import RunProfiles
from wf_tui.profiles.secrets import secret_forms
from wf_tui.text import clean
from wf_tui.variables import Variables, given_variables
from wf_tui.workers.environment import (
    base_environment,
    secrets_of,
    values_of,
    worker_environment,
)
from wf_tui.workers.protocol import Job, Limits
from wf_tui.workers.script import SHELL
from wf_tui.workers.shell import failure_text, result_text, run_command
from wf_tui.workers.shim.launcher import Launcher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.landing.trial import LandingPlan
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project
    from wf_tui.workers.protocol import ProgramExit

__all__ = ["LandingGate", "ask_gate", "gate_of"]

_TREE: Final = FIRST_OPENED_TREE
"""The worktree of this gate; attempts are counted from 1, so that no person opens this number."""
_AROUND: Final = 600.0
"""Seconds for the plan's setup, and for its teardown."""
_LINE: Final = 200


@dataclass(frozen=True)
class LandingGate:
    """What the gate said of the merge of two commits; it holds as long as both branches stay."""

    old: str
    """Where the branch of the user was."""
    head: str
    """Where that of the run was."""
    command: str
    passed: bool
    text: str
    """The line of its output that matters, or how it ended; safe to draw."""
    seconds: float
    output: str = ""
    """Its last lines, where it has failed; safe to draw."""

    def is_of(self, planned: LandingPlan) -> bool:
        """Whether it was asked about this very merge."""
        return (self.old, self.head) == (planned.trial.old, planned.trial.head)


def gate_of(run: RunRow) -> str:
    """Return the plan's own gate; "" where it has none."""
    return environment_of(run.environment).gate


def ask_gate(
    project: Project,
    db: Database,
    run: RunRow,
    environ: Mapping[str, str],
    planned: LandingPlan,
) -> LandingGate:
    """Lay the merged tree out in a worktree of wf's own, run the gate there, and throw that away.

    The plan's setup and teardown are run around it. For the main thread of a process: its end kills
    whatever runs. It waits for another one of the same run. Raises `RefusedError` where the plan
    has no gate or nothing would land, `GitError` where no worktree can be made.
    """
    command, landing = gate_of(run), planned.trial.landing
    if not command:
        raise RefusedError("the plan has no gate", "give it one: `gate`, beside its goal")
    if landing is None:
        raise RefusedError(planned.refusal, planned.hint)
    paths = project.paths.run(run.id)
    with locks.held(paths.root / "landing.lock"):
        control = open_control(paths)
        bring_commit(control, project.common_dir, planned.trial.old)
        setup = worktree_setup_of(db, run.id)
        top = Path(setup.checkout) if setup.checkout else None
        pool = Pool(control, paths, LocalFiles(top, setup.link, setup.copy).lay_out)
        tree = pool.check_out_work(planned.trial.head, landing.tree, number=_TREE, for_gate=True)
        folder = private_folder(paths.root / "landing")
        try:
            job = _job(project, run, environ, tree.path, folder)
            ended = asyncio.run(_run(job, setup, command, environ))
        finally:
            pool.discard(tree)
            shutil.rmtree(folder, ignore_errors=True)
    return _result(planned, command, ended)


def _job(
    project: Project, run: RunRow, environ: Mapping[str, str], tree: Path, folder: Path
) -> Job:
    """Return the job of the gate: the plan's variables, no key, as for the gate of a task."""
    environment = environment_of(run.environment)
    base = base_environment(environ, environment.path)
    given = given_variables(environment.places(Variables()), {**environ, "PATH": base["PATH"]})
    logins = Logins(project.paths.root.parent / "logins")
    homes = project.paths.run(run.id).homes
    profiles = RunProfiles.read(run.profiles, environ, homes, logins)
    # No mark of the run itself: a scheduler that starts ends all that has one.
    mark = f"landing-{run.id}"
    state = project.paths.root.parent
    own = worker_environment(run=run.id, task="", mark=mark, state_dir=state)
    return Job(
        run=run.id,
        task="",
        epoch=0,
        worker="",
        tree=tree,
        folder=folder,
        command=None,
        prompt="",
        environment={**base, **values_of(given), **own, "WF_GATE": GateOn.MERGE.value},
        limits=Limits(),
        mark=mark,
        gate_shell=environment.gate_shell or SHELL,
        secrets={**profiles.secret_forms, **secret_forms(secrets_of(given))},
    )


async def _run(
    job: Job, setup: WorktreeSetup, command: str, environ: Mapping[str, str]
) -> ProgramExit:
    """Run the setup, the gate and the teardown; return how the first ended that failed."""
    shell = setup.shell or SHELL
    around = replace(job, limits=replace(job.limits, seconds=_AROUND))
    async with Launcher(environ=environ) as launcher:
        try:
            if setup.setup:
                ended = await run_command(launcher, around, "setup", setup.setup, shell)
                if not ended.succeeded:
                    return ended
            return await run_command(launcher, job, "gate", command, job.gate_shell)
        finally:
            if setup.teardown:
                await run_command(launcher, around, "teardown", setup.teardown, shell)


def _result(planned: LandingPlan, command: str, ended: ProgramExit) -> LandingGate:
    output = result_text(ended.tail)
    lines = output.split("\n")
    text = lines[-1]
    if not ended.succeeded:
        text = ": ".join(filter(None, (failure_text(ended, None), line_that_matters(lines))))
    seconds = max(0.0, (ended.ended_at or 0.0) - (ended.started_at or 0.0))
    return LandingGate(
        planned.trial.old,
        planned.trial.head,
        command,
        passed=ended.succeeded,
        text=clean(text, limit=_LINE),
        seconds=seconds,
        output="" if ended.succeeded else output,
    )
