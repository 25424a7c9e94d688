"""Making a run of a checked plan: its private repository, its tasks, its seats."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from wf_tui.errors import UsageError
from wf_tui.git.control.caps import Caps
from wf_tui.git.control.control import make_control
from wf_tui.git.known_repositories import note_repository
from wf_tui.git.runner import require_version
from wf_tui.git.user.export import branch_name
from wf_tui.git.user.repo_warnings import repo_warnings
from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.git.worktrees.local_files import LocalFiles
from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.ledger.model.rows import RunRow
from wf_tui.ledger.model.run_budget import RunBudget, micro_dollars, write_budget
from wf_tui.ledger.model.run_environment import RunEnvironment
from wf_tui.ledger.model.states import Intent, RunState
from wf_tui.ledger.model.worktree_setup import WorktreeSetup
from wf_tui.ledger.rules.seats import new_seats
from wf_tui.paths import private_folder
from wf_tui.plan import scopes
from wf_tui.plan.choices import Scopes
from wf_tui.profiles.choice import Choice, commands_only
from wf_tui.profiles.stored import profiles_text
from wf_tui.text import clean, listed
from wf_tui.variables import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wf_tui.config import Config
    from wf_tui.git.control.control import Control
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.plan.models import Plan
    from wf_tui.project import Project

__all__ = ["budget_of", "create_run"]

# Without those that people take for each other: i, l and 1, o and 0.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ID_LENGTH: Final = 6
_NAMED: Final = 10


def create_run(
    project: Project,
    ledger: Ledger,
    plan: Plan,
    config: Config,
    *,
    choice: Choice | None = None,
    jobs: int | None = None,
    lease: float | None = None,
    budget: RunBudget | None = None,
    purpose: str = "",
    new_id: Callable[[], str] | None = None,
    warn: Callable[[str], None] | None = None,
) -> RunRow:
    """Make a run of a checked plan: its private repository, its tasks, its seats.

    `warn` gets a line for each thing that looks different in a worker's tree: submodules, LFS.
    `choice` has the profiles that it uses, and the plan as it fits them; without one it has those
    of commands. `jobs`, `lease` (seconds) and `budget` come before plan and configuration;
    `purpose` is `PLANNING` of a run that is not about the work itself. Called by
    `wf run`, `wf demo` and others like them; leaves nothing behind where it raises.
    """
    # Before anything is made: an old git fails in the middle, and with words of its own.
    require_version()
    jobs = jobs or plan.max_concurrent
    run_id = new_id() if new_id is not None else _random_id()
    choice = choice or commands_only(plan, config)
    plan, profiles = choice.plan, choice.profiles
    seats = new_seats(run_id, profiles, jobs, choice.asked)
    limit = budget_of(plan) if budget is None else budget
    if warn is not None and limit.cost_microusd is not None:
        for line in _price_notices(choice):
            warn(line)
    environment = RunEnvironment.of(plan, config, profiles, project.environ)
    if warn is not None:
        for line in _passing_notices(plan, environment, project.environ):
            warn(line)
    paths = project.paths.run(run_id)
    private_folder(paths.root)
    note_repository(project.paths, project.common_dir, project.repository.head)
    try:
        worktree = WorktreeSetup.of(plan, project.repository.top)
        control = _make_control(project, run_id, plan, worktree, warn)
        uncommitted = count_uncommitted(project.repository, project.environ)
        left_out = uncommitted_text(uncommitted, control.base)
        if warn is not None and left_out:
            warn(left_out)
        row = replace(
            _new_row(project, run_id, control, now=ledger.now()),
            goal=plan.goal,
            jobs=jobs,
            lease=lease or config.timing.lease,
            scopes=plan.scopes,
            environment=environment.as_text(),
            profiles=profiles_text(profiles),
            left_out=left_out,
            budget=write_budget(limit),
            purpose=purpose,
        )
        # All or nothing: a run without seats or tasks would be led, and stall at once.
        with ledger.db.transaction(run_id):
            row = ledger.create_run(row, *of_plan(plan), worktree)
            ledger.join_workers(run_id, seats)
            limits = {name: profile.breaker for name, profile in profiles.items()}
            ledger.set_breakers(run_id, limits)
    except BaseException:  # an interrupt, too: what no ledger knows of would never be removed
        shutil.rmtree(paths.root, ignore_errors=True)
        raise
    return row


def budget_of(plan: Plan) -> RunBudget:
    """Return what a plan lets the whole run use."""
    dollars = plan.budget.max_cost_usd
    cost = None if dollars is None else micro_dollars(dollars)
    return RunBudget(cost, plan.budget.max_tokens)


def _price_notices(choice: Choice) -> Iterator[str]:
    """Yield which profiles cost what nobody knows, so that a budget in money leaves them out."""
    from wf_tui.profiles.prices import has_price  # noqa: PLC0415 - only where money counts

    for name, profile in choice.profiles.items():
        if profile.takes == "prompt" and not has_price(profile):
            yield (
                f"what {clean(name)} costs is not known, so the budget does not count it; a "
                f"price in [profiles.{clean(name)}], or a budget in tokens, does"
            )


def _random_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))


def _passing_notices(
    plan: Plan, environment: RunEnvironment, environ: Mapping[str, str]
) -> Iterator[str]:
    """Yield what a person should know of the variables that programs get of their environment."""
    # A pattern matches none of these, so each was named: by the plan, perhaps not by this person.
    secrets = [name for name in environment.present if is_secret(name)]
    if secrets:
        yield f"its programs get what `pass_env` names and looks secret: {listed(secrets, _NAMED)}"
    named = [name for part in (plan, plan.defaults, *plan.tasks) for name in part.pass_env]
    unset = [name for name in dict.fromkeys(named) if "*" not in name and name not in environ]
    hopeless = [name for name in dict.fromkeys(named) if "*" in name and is_secret(name)]
    if hopeless:
        shown = listed(hopeless, _NAMED)
        yield f"`pass_env`: {shown} passes nothing on, for a secret has to be named in full"
    if unset:
        yield f"`pass_env` names what is not set here: {listed(unset, _NAMED)}"


def _make_control(
    project: Project,
    run_id: str,
    plan: Plan,
    worktree: WorktreeSetup,
    warn: Callable[[str], None] | None,
) -> Control:
    """Make the private repository of a run that can have what its plan asks for."""
    repository, paths = project.repository, project.paths.run(run_id)
    local_files = LocalFiles(repository.top, worktree.link, worktree.copy)
    branch = branch_name(repository, run_id)
    control = make_control(
        repository,
        paths,
        branch,
        environ=project.environ,
        local_names=local_files.names,
        sparse=_sparse_folders(plan),
        caps=Caps(plan.harvest_files, plan.harvest_mb << 20),
    )
    local_files.check(control)
    for name in plan.sparse if isinstance(plan.sparse, tuple) else ():
        if control.resolve(f"{control.base}:{name}") is None:
            raise UsageError(f"sparse: {clean(name)} is not in the commit", "correct the plan")
    if warn is not None:
        if control.is_sparse:
            warn("worktrees are sparse: they have a part of the files of a commit")
        for line in repo_warnings(control, control.base):
            warn(line)
    return control


def _sparse_folders(plan: Plan) -> tuple[str, ...] | Literal[False] | None:
    """Return the folders that worktrees have; False: all, None: what the user's checkout has."""
    if plan.sparse is not True:
        return plan.sparse
    # Of a scope with the item of a node in it, the folder that all items lie in: as of a pattern.
    named = [scope.replace("{{", "*") for task in plan.tasks for scope in task.file_scope]
    folders = scopes.folders(named)
    return False if "" in folders else folders


def _new_row(project: Project, run_id: str, control: Control, *, now: float) -> RunRow:
    """Return a run that has a place and a base, but no plan yet."""
    root = project.paths.run(run_id).root
    return RunRow(
        id=run_id,
        goal="",
        state=RunState.RUNNING,
        intent=Intent.GO,
        base=control.base,
        ref=control.ref,
        head=control.base,
        created_at=now,
        jobs=1,
        lease=1.0,
        scopes=Scopes.SERIALIZE,
        # The folder has been made: one that is also there in capitals is on such a file system.
        fold_case=root.with_name(run_id.upper()).exists(),
    )
