"""What a run will have used in the end, by what its finished attempts used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Outcome, TaskState
from wf_tui.ledger.model.usage import NO_USAGE, Usage, read_usage
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Estimate", "Forecast", "estimate", "forecast"]

_FEWEST: Final = 5
"""Finished attempts of a profile and role, below which their median says nothing."""
_ATTEMPTS: Final = (
    "SELECT a.profile, t.role, a.usage, a.ended_at - a.started_at FROM attempt a "
    "JOIN task t ON t.run = a.run AND t.id = a.task "
    "WHERE a.run = :run AND a.open = 0 AND a.outcome = :good AND a.ended_at IS NOT NULL "
    "AND t.takes = 'prompt' ORDER BY a.number"
)
_PAST: Final = (
    "SELECT a.profile, t.role, a.usage, a.ended_at - a.started_at FROM attempt a "
    "JOIN task t ON t.run = a.run AND t.id = a.task "
    "WHERE a.open = 0 AND a.outcome = :good AND a.ended_at IS NOT NULL "
    "AND t.takes = 'prompt' ORDER BY a.ended_at DESC LIMIT 2000"
)
_LEFT: Final = (
    "SELECT t.role, t.pinned, a.profile, count(*) FROM task t LEFT JOIN attempt a "
    "ON a.run = t.run AND a.task = t.id AND a.epoch = t.epoch "
    "WHERE t.run = :run AND t.state <> :done AND t.takes = 'prompt' "
    "GROUP BY t.role, t.pinned, a.profile"
)


@frozen
class Forecast:
    """What a run will have used when all its tasks are done; None where that is not known."""

    cost_microusd: int | None
    tokens: int | None
    ends_at: float | None
    """In UTC seconds, if as many run at once as may."""

    def figures(self) -> dict[str, float | int | None]:
        """Return it as JSON has it."""
        return dict(self.__dict__)


@frozen
class Estimate:
    """What tasks will use that nobody has begun; None where that is not known."""

    cost_microusd: int | None
    tokens: int
    seconds: float
    """Of work, one after the other."""
    attempts: int
    """How many finished ones stand behind each figure at least."""


@frozen
class _Typical:
    """One attempt as they mostly are."""

    cost_microusd: float | None
    tokens: float
    seconds: float
    attempts: int = 0


def estimate(db: Database, tasks: Sequence[tuple[str, str]]) -> Estimate | None:
    """Return what prompts of a plan will use, each a role and a profile ("" where that is open).

    By finished attempts of all runs of the repository. None where fewer than five stand behind one
    of them, or there is no prompt.
    """
    groups = _groups(db.execute(_PAST, {"good": Outcome.SUCCEEDED}))
    found = {key: _typical(groups, key[0], {key[1]}) for key in dict.fromkeys(tasks)}
    each = [found[key] for key in tasks]
    known = [one for one in each if one is not None]
    if not known or len(known) < len(each):
        return None
    costs = [one.cost_microusd for one in known if one.cost_microusd is not None]
    return Estimate(
        cost_microusd=round(sum(costs)) if len(costs) == len(known) else None,
        tokens=round(sum(one.tokens for one in known)),
        seconds=sum(one.seconds for one in known),
        attempts=min(one.attempts for one in known),
    )


def forecast(db: Database, run: RunRow, now: float) -> Forecast | None:
    """Return what was used, and for each task left the median of attempts of its profile and role.

    None where fewer than five of them have finished, of any of these, or nothing is left to ask a
    model for. What a task is blocked for is left, too: it still has to be done.
    """
    left = db.execute(_LEFT, {"run": run.id, "done": TaskState.DONE})
    if not left:
        return None
    groups = _groups(db.execute(_ATTEMPTS, {"run": run.id, "good": Outcome.SUCCEEDED}))
    tokens, cost, busy = 0.0, 0.0, 0.0
    priced = True
    for role, pinned, profile, count in left:
        one = _typical(groups, str(role), {str(pinned or ""), str(profile or "")})
        if one is None:
            return None
        many = int(str(count))
        tokens, busy = tokens + many * one.tokens, busy + many * one.seconds
        priced = priced and one.cost_microusd is not None
        cost += many * (one.cost_microusd or 0.0)
    spent = run.usage
    return Forecast(
        cost_microusd=(spent.cost_microusd or 0) + round(cost) if priced else None,
        tokens=spent.tokens + round(tokens),
        ends_at=now + busy / max(1, run.jobs),
    )


def _groups(
    rows: Iterable[Sequence[object]],
) -> dict[tuple[str, str], list[tuple[Usage, float]]]:
    """Return what finished attempts used and how long they took, by profile and role."""
    groups: dict[tuple[str, str], list[tuple[Usage, float]]] = {}
    for profile, role, usage, seconds in rows:
        told = read_usage(None if usage is None else str(usage)) or NO_USAGE
        if told.input_tokens is None and told.output_tokens is None:
            continue
        groups.setdefault((str(profile), str(role)), []).append((told, float(str(seconds))))
    return groups


def _typical(
    groups: dict[tuple[str, str], list[tuple[Usage, float]]], role: str, profiles: set[str]
) -> _Typical | None:
    """Return the median of a role; of one profile, where the task is bound to one that is known."""
    of_role = {profile: found for (profile, name), found in groups.items() if name == role}
    bound = [found for profile, found in of_role.items() if profile in profiles]
    found = bound[0] if bound else [one for several in of_role.values() for one in several]
    if len(found) < _FEWEST:
        return None
    costs: list[float] = [
        usage.cost_microusd for usage, _ in found if usage.cost_microusd is not None
    ]
    return _Typical(
        cost_microusd=_median(costs) if len(costs) >= _FEWEST else None,
        tokens=_median([usage.tokens for usage, _ in found]),
        seconds=_median([seconds for _, seconds in found]),
        attempts=len(found),
    )


def _median(values: Sequence[float]) -> float:
    """Return the middle of some values; that of the library takes 8 ms to import."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
