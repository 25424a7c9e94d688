"""What is around the start screen: repository, plan, runs, programs; read on a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.clock import SystemClock
from wf_tui.errors import WfError
from wf_tui.git.repository import find_repository
from wf_tui.git.runner import require_version
from wf_tui.git.user.uncommitted import count_uncommitted
from wf_tui.paths import state_dir
from wf_tui.picture.runs.listed_run import Standing
from wf_tui.picture.runs.reading import needs_of, read_runs
from wf_tui.plan.read import read_plan
from wf_tui.profiles.choice import worker_facts
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wf_tui.config import Config

__all__ = ["Fact", "Surroundings", "find_plans", "look_around"]

_MOST: Final = 50
"""Plans that are offered."""
_SUFFIXES: Final = frozenset({".json", ".toml", ".yaml", ".yml"})
_SHORT: Final = 7
_LONGEST: Final = 300


@dataclass(frozen=True)
class Fact:
    """A few words, safe to draw, and whether they are good, bad, or neither (None)."""

    text: str
    good: bool | None = None


@dataclass(frozen=True)
class Surroundings:
    """What was found; everything that is not known is empty."""

    branch: str = ""
    """What is checked out, and how much of it is not committed."""
    base: str = ""
    """What workers would start from, as a sentence."""
    problem: str = ""
    """Why no run can start here; "" where one can, or where there is no repository."""
    plan: Sequence[Fact] = ()
    seats: int | None = None
    """How many tasks at once the plan has."""
    runs: str = ""
    has_runs: bool = True
    """Whether there is any run to open; also while nobody has looked."""
    doctor: Sequence[Fact] = ()


def find_plans(folder: Path) -> list[str]:
    """Return the files here that are called a plan, or lie in a folder of plans.

    The names are relative to `folder`, sorted. Nothing is opened: a folder that somebody happens to
    stand in may hold anything.
    """
    near = [*folder.glob("*plan*"), *folder.glob("plans/*"), *folder.glob(".wf/*")]
    found = {path for path in near if path.suffix in _SUFFIXES and path.is_file()}
    return sorted(str(path.relative_to(folder)) for path in found)[:_MOST]


def look_around(
    folder: Path,
    config: Config,
    environ: Mapping[str, str],
    *,
    in_repository: bool,
    plan: str = "",
    agents: Sequence[str] = (),
) -> Surroundings:
    """Read all of it; on a thread, since git, ledgers and a large plan take their time.

    `plan` is the file of the first plan, `agents` are those that can be used.
    """
    facts, seats = _plan(folder / plan, config) if plan else ((), None)
    branch, base, problem = _repository(folder, environ) if in_repository else ("", "", "")
    runs = _runs(environ)
    return Surroundings(
        branch=branch,
        base=base,
        problem=problem,
        plan=facts,
        seats=seats,
        runs=runs or "none yet",
        has_runs=bool(runs),
        doctor=(_git(), *(Fact(clean(name, limit=30), good=True) for name in agents)),
    )


def _repository(folder: Path, environ: Mapping[str, str]) -> tuple[str, str, str]:
    """Return branch, base and problem of `Surroundings`."""
    try:
        repository = find_repository(folder)
        count = count_uncommitted(repository, environ)
    except WfError as error:
        return "", "", clean(f"{error.message}; {error.hint}", limit=_LONGEST)
    branch = clean(repository.branch or "no branch", limit=60)
    base = f"workers start from {repository.head[:_SHORT]}"
    files = count.changed + count.new
    if not files:
        return branch, base, ""
    one, verb = plural(files, "uncommitted file"), "is" if files == 1 else "are"
    return f"{branch}, {one}", f"{base}; the {one} {verb} not in it", ""


def _plan(file: Path, config: Config) -> tuple[Sequence[Fact], int | None]:
    try:
        report = read_plan(file, workers=worker_facts(config))
    except WfError as error:
        return (Fact(clean(error.message, limit=60), good=False),), None
    if report.plan is None:
        return (Fact(plural(len(report.errors), "error"), good=False),), None
    phases = report.plan.phases
    tasks = sum(len(phase.tasks) for phase in phases)
    size = Fact(f"{plural(len(phases), 'phase')}, {plural(tasks, 'task')}")
    found = len(report.warnings)
    verdict = Fact(plural(found, "warning"), good=None) if found else Fact("good", good=True)
    return (size, verdict), report.max_concurrent


def _runs(environ: Mapping[str, str]) -> str:
    """Return how many runs there are, and what waits in them; "" where there is none."""
    try:
        found = read_runs(state_dir(environ), SystemClock(), environ)
    except (OSError, WfError):
        return ""
    runs = [run for one in found for run in one.runs]
    if not runs:
        return ""
    places = sum(bool(one.runs) for one in found)
    words = [f"{len(runs)} in {places} {'repository' if places == 1 else 'repositories'}"]
    needs = len(needs_of(found))
    words += [f"{needs} {'needs' if needs == 1 else 'need'} you"] if needs else []
    open_ = sum(run.standing is Standing.TO_LAND for run in runs)
    return ", ".join([*words, *([f"{open_} not landed"] if open_ else [])])


def _git() -> Fact:
    try:
        return Fact(f"git {'.'.join(map(str, require_version()[:2]))}", good=True)
    except WfError as error:
        return Fact(clean(error.message, limit=60), good=False)
