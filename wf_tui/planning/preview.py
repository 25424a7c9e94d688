"""What a person sees of a plan before it runs: waves, who writes the same files, commands, cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import WfError
from wf_tui.ledger.queries.forecast import Estimate, estimate
from wf_tui.plan import scopes
from wf_tui.plan.draw import draw
from wf_tui.plan.order import effective_dependencies, phase_order
from wf_tui.profiles.choice import choose_profiles
from wf_tui.text import clean, dollars, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.config import Config
    from wf_tui.ledger.store.database import Database
    from wf_tui.plan.models import Plan
    from wf_tui.plan.report import Report
    from wf_tui.profiles.choice import Choice

__all__ = ["Preview", "commands_of", "estimate_text", "overlaps", "preview_lines"]

_MOST_PAIRS: Final = 12
_MOST_COMMANDS: Final = 60
_NAMED: Final = 8
_LONGEST_COMMAND: Final = 4000
_MINUTE: Final = 60


@dataclass(frozen=True)
class Preview:
    """What is known around a plan."""

    config: Config
    environ: Mapping[str, str]
    seats: Mapping[str, int]
    """What `--worker` says."""
    uncommitted: str = ""
    """What of the checkout would not be in its run."""


def preview_lines(report: Report, around: Preview, db: Database | None) -> Iterator[str]:
    """Yield the lines that show a plan without errors; each is safe to draw.

    `db` is the ledger with what earlier runs took, None where there is none yet.
    """
    plan = report.plan
    if plan is None:
        return
    yield from draw(plan).split("\n")
    yield ""
    yield from _checks(plan, report, around.uncommitted)
    yield from _commands(plan)
    choice, refusal = _choice(plan, around)
    if choice is None:
        yield f"workers: {refusal}"
        return
    yield f"workers: {_workers(choice)}"
    for line in choice.warnings:
        yield f"  {clean(line)}"
    prompts = [task for task in choice.plan.tasks if not task.run]
    if prompts:
        wanted = [(task.agent_type.value, task.worker or "") for task in prompts]
        found = estimate(db, wanted) if db else None
        yield f"estimate: {estimate_text(found, len(plan.tasks) - len(prompts))}"


def _choice(plan: Plan, around: Preview) -> tuple[Choice | None, str]:
    try:
        return choose_profiles(plan, around.config, around.seats, around.environ), ""
    except WfError as error:
        return None, f"{clean(error.message)}; {clean(error.hint)}"


def _workers(choice: Choice) -> str:
    counts: dict[str, int] = {}
    open_prompts = [name for name, one in choice.profiles.items() if one.takes == "prompt"]
    for task in choice.plan.tasks:
        name = task.worker or ("commands" if task.run else ", ".join(open_prompts))
        counts[name] = counts.get(name, 0) + 1
    parts = [f"{clean(name)} {plural(count, 'task')}" for name, count in counts.items()]
    return listed(parts, _NAMED)


def _checks(plan: Plan, report: Report, uncommitted: str) -> Iterator[str]:
    for problem in report.warnings:
        yield f"warning: {clean(problem.message, limit=400)}"
    pairs = list(overlaps(plan))
    for left, right in pairs[:_MOST_PAIRS]:
        names = f"{clean(left, limit=80)} and {clean(right, limit=80)}"
        how = "one after the other" if plan.scopes == "serialize" else "at the same time"
        yield f"overlap: {names} may write the same files, and are done {how}"
    if len(pairs) > _MOST_PAIRS:
        yield f"overlap: and {len(pairs) - _MOST_PAIRS} more pairs"
    if reviewed := [task.id for task in plan.tasks if task.review]:
        yield f"you are asked before the merge of: {listed(reviewed, _NAMED, limit=80)}"
    if uncommitted:
        yield uncommitted


def overlaps(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield each two writing tasks whose scopes meet and that no order keeps apart."""
    writers = [
        (phase.name, phase.parallel, task)
        for phase in plan.phases
        for task in phase.tasks
        if task.writes
    ]
    before = _phases_before(plan)
    groups = [task.file_scope or ("**",) for _, _, task in writers]
    for left, right in scopes.overlapping_pairs(groups):
        first, parallel, one = writers[left]
        second, _, other = writers[right]
        ordered = (
            not parallel
            if first == second
            else (first in before[second] or second in before[first])
        )
        if not ordered:
            yield one.id, other.id


def _phases_before(plan: Plan) -> dict[str, set[str]]:
    """Return of each phase all that are finished before it begins."""
    needs = effective_dependencies(plan)
    found: dict[str, set[str]] = {}
    for name in phase_order(plan):
        found[name] = {*needs[name]}.union(*(found.get(need, set()) for need in needs[name]))
    return found


def commands_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield each command that a run of the plan would start, once, with what starts it."""
    seen: dict[str, list[str]] = {}
    for word, command in (("setup", plan.setup), ("teardown", plan.teardown)):
        if command:
            seen.setdefault(command, []).append(f"{word} of each worktree")
    for task in plan.tasks:
        for word, command in (("run", task.run), ("gate", task.gate)):
            if command:
                seen.setdefault(command, []).append(f"{word} of {task.id}")
    for command, places in seen.items():
        yield listed(places, 3, limit=80), command


def _commands(plan: Plan) -> Iterator[str]:
    """Yield the commands to the letter: they run as this user, with no person in between."""
    found = list(commands_of(plan))
    if not found:
        return
    yield "commands that would be run, as they are:"
    for place, command in found[:_MOST_COMMANDS]:
        first, *more = clean(command.strip(), limit=_LONGEST_COMMAND, multiline=True).split("\n")
        yield f"  $ {first}"
        yield from (f"    {line}" for line in more)
        yield f"      ({place})"
    if len(found) > _MOST_COMMANDS:
        yield f"  and {plural(len(found) - _MOST_COMMANDS, 'more command')}: see the file"


def estimate_text(found: Estimate | None, commands: int) -> str:
    """Return what a plan will take, or why that is not known."""
    if found is None:
        return "unknown: fewer than 5 finished attempts of the same roles in this repository"
    cost = "cost unknown"
    if found.cost_microusd is not None:
        cost = f"about {dollars(found.cost_microusd)}"
    parts = [cost, f"about {found.tokens:,} tokens", f"{_duration(found.seconds)} of work"]
    left_out = f"; {plural(commands, 'command')} not counted" if commands else ""
    behind = f"by {found.attempts} finished attempts or more of each role"
    return f"{', '.join(parts)} ({behind}{left_out})"


def _duration(seconds: float) -> str:
    minutes = round(seconds / _MINUTE)
    if minutes < 1:
        return f"{round(seconds)} s"
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
