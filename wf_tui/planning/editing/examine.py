"""All that is worth knowing of a plan before it runs: what is wrong, what it asks, what it takes.

Reads the repository, the ledger and the lanes of the host, so it belongs on a thread; the plan
screen calls it a moment after each change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError, WfError
from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.host_lanes import read_lanes
from wf_tui.ledger.queries.forecast import Estimate, estimate
from wf_tui.ledger.queries.lane_reads import explained
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.plan.report import merged
from wf_tui.planning.editing.commands_seen import commands_seen
from wf_tui.planning.editing.outline import Outline, outline_of
from wf_tui.planning.preview import commands_of, overlaps
from wf_tui.profiles.choice import choose_profiles
from wf_tui.project import open_reads
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.plan.models import Plan
    from wf_tui.planning.plan_draft import Terms
    from wf_tui.planning.proposal import Proposal
    from wf_tui.profiles.choice import Choice

__all__ = ["Examination", "Finding", "Level", "examine"]

_MOST_PAIRS: Final = 6
_NAMED: Final = 3
_LONGEST: Final = 400


class Level(Enum):
    """How bad a finding is."""

    ERROR = auto()
    """The plan cannot be run with it."""
    WARNING = auto()
    GOOD = auto()


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; its texts are safe to draw."""

    level: Level
    text: str
    hint: str = ""
    task: str = ""
    """The task that it is about; "" for the whole plan."""


@dataclass(frozen=True)
class Examination:
    """What a look at a plan found."""

    outline: Outline = field(default_factory=Outline)
    findings: tuple[Finding, ...] = ()
    workers: Mapping[str, str] = field(default_factory=dict)
    """The profile that a task would go to, where that is one."""
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    """What a task would use, by id; of those alone behind which there are enough attempts."""
    commands: tuple[tuple[str, str], ...] = ()
    """All commands that it would run: what starts each, and the command."""
    unseen: tuple[tuple[str, str], ...] = ()
    """Those of them that no run of this repository has had."""
    uncommitted: str = ""
    """What of the checkout would not be in the run; "" for nothing."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Why it cannot be run."""
        return tuple(one for one in self.findings if one.level is Level.ERROR)

    def marks(self) -> Mapping[str, Level]:
        """Return the worst finding of each task."""
        found: dict[str, Level] = {}
        for one in self.findings:
            if one.task and one.level is not Level.GOOD:
                worse = found.get(one.task) is Level.ERROR
                found[one.task] = Level.ERROR if worse else one.level
        return found


def examine(terms: Terms, proposal: Proposal, now: float) -> Examination:
    """Look at a plan; `now` is in UTC seconds."""
    report = proposal.report
    outline = outline_of(report, proposal.text)
    findings = [*_problems(proposal, outline)]
    uncommitted = _uncommitted(terms)
    if uncommitted:
        findings.append(Finding(Level.WARNING, uncommitted))
    plan = report.plan
    if plan is None:
        return Examination(outline, tuple(findings), uncommitted=uncommitted)
    choice: Choice | None = None
    try:
        choice = choose_profiles(plan, terms.config, terms.seats, terms.project.environ)
    except WfError as error:
        findings.append(Finding(Level.ERROR, _safe(error.message), _safe(error.hint)))
    findings += _overlaps(plan, outline)
    if choice is not None:
        findings += _profiles(choice, terms, now)
    workers = _workers(choice) if choice else {}
    commands = tuple(commands_of(plan))
    estimates, seen = _past(terms, plan, workers)
    unseen = tuple(one for one in commands if one[1] not in seen)
    return Examination(outline, tuple(findings), workers, estimates, commands, unseen, uncommitted)


def _problems(proposal: Proposal, outline: Outline) -> Iterator[Finding]:
    report = proposal.report
    for level, problems in ((Level.ERROR, report.errors), (Level.WARNING, report.warnings)):
        for one in merged(problems):
            where = f"line {one.line}: " if one.line and not outline.whole else ""
            yield Finding(level, where + _safe(one.message), _safe(one.hint), outline.at(one))
    for note in proposal.notes:
        yield Finding(Level.WARNING, _safe(note))


def _overlaps(plan: Plan, outline: Outline) -> Iterator[Finding]:
    pairs = [*overlaps(plan)]
    how = "they run one after the other" if plan.scopes == "serialize" else "at the same time"
    for left, right in pairs[:_MOST_PAIRS]:
        names = " and ".join(_name(outline, one) for one in (left, right))
        yield Finding(Level.WARNING, f"{names} write the same files: {how}", task=right)
    if len(pairs) > _MOST_PAIRS:
        more = plural(len(pairs) - _MOST_PAIRS, "more pair")
        yield Finding(Level.WARNING, f"and {more} write the same files")
    if not pairs:
        yield Finding(Level.GOOD, "no cycle, no two tasks write the same files at once")
    else:
        yield Finding(Level.GOOD, "no cycle")


def _name(outline: Outline, task: str) -> str:
    found = outline.task(task)
    return found.name if found else clean(task, limit=80)


def _profiles(choice: Choice, terms: Terms, now: float) -> Iterator[Finding]:
    """Yield what is to be known of the profiles, and which of their lanes let nothing start."""
    for line in choice.warnings:
        yield Finding(Level.WARNING, _safe(line))
    wanted = {one.lane for one in choice.profiles.values() if one.takes == "prompt"}
    try:
        lanes = [use.lane for use in read_lanes(state_dir(terms.project.environ))]
    except LedgerError as error:
        yield Finding(Level.WARNING, _safe(f"the lanes cannot be read: {error.message}"))
        return
    shut = [lane for lane in lanes if lane.name in wanted and lane.shut(now)]
    for lane in shut:
        words = f"lane {lane.name}: {explained(lane.seen, now)}"
        yield Finding(Level.WARNING, _safe(words), "its tasks wait for it")
    names = listed(sorted(map(clean, choice.profiles)), _NAMED)
    open_ones = len(wanted) - len(shut)
    said = f"; {plural(open_ones, 'lane')} open" if open_ones else ""
    yield Finding(Level.GOOD, f"all workers can be used here: {names}{said}")


def _workers(choice: Choice) -> Mapping[str, str]:
    """Return the profile that each task goes to, where only one would take it."""
    names: dict[str, list[str]] = {"command": [], "prompt": []}
    for name, profile in choice.profiles.items():
        names[profile.takes].append(name)
    found = {}
    for task in choice.plan.tasks:
        takers = names["command" if task.run else "prompt"]
        found[task.id] = task.worker or (takers[0] if len(takers) == 1 else "")
    return found


def _past(
    terms: Terms, plan: Plan, workers: Mapping[str, str]
) -> tuple[Mapping[str, Estimate], frozenset[str]]:
    """Return what runs of this repository tell: figures of tasks, and the commands they had."""
    if not store_of(terms.project.paths).exists():
        return {}, frozenset()
    prompts = {
        task.id: (task.agent_type.value, workers.get(task.id, ""))
        for task in plan.tasks
        if not task.run
    }
    with open_reads(terms.project) as db:
        seen = commands_seen(db)
        found = {key: estimate(db, [key]) for key in dict.fromkeys(prompts.values())}
    estimates = {task: one for task, key in prompts.items() if (one := found[key]) is not None}
    return estimates, seen


def _uncommitted(terms: Terms) -> str:
    repository = terms.project.repository
    return uncommitted_text(count_uncommitted(repository, terms.project.environ), repository.head)


def _safe(text: str) -> str:
    return clean(text, limit=_LONGEST)
