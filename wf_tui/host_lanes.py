"""What persons do to the lanes of this host, and see of them: for all runs of this user at once.

The file of the host comes first, then each run that is not over is told in its own ledger, in the
name of the person; a scheduler that looks later finds it told already.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from wf_tui.errors import LedgerError
from wf_tui.git.known_repositories import known_repositories
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.model.lane_state import LOCAL, LaneState
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.stores import open_lanes, store_of
from wf_tui.paths import RepoPaths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from wf_tui.ledger.lanes.lanes import Lanes, LaneUse
    from wf_tui.paths import RunPaths

__all__ = ["change_lane", "known_lanes", "lane_json", "lanes_file", "read_lanes", "reopen_lanes"]


def lanes_file(state: Path) -> Path:
    """Return where the lanes of this host are, in the state directory."""
    return RepoPaths(state / "any").lanes


def read_lanes(state: Path) -> list[LaneUse]:
    """Return the lanes of this host that anybody has used, as they are now.

    Raises `LedgerError` where their file cannot be used; there is none before the first use.
    """
    path = lanes_file(state)
    if not path.exists():
        return []
    lanes = open_lanes(path, create=False)
    with contextlib.closing(lanes.db):
        return lanes.rows()


def known_lanes(state: Path, configured: Iterable[str]) -> list[str]:
    """Return the names of all lanes: of settings, of this host, and of runs that are not over."""
    found = {*configured}
    with contextlib.suppress(LedgerError):
        found.update(row.lane.name for row in read_lanes(state))
    for ledger, run, _ in _open_runs(state, "", lambda _: None):
        found.update(lane_reads.seat_lanes(ledger.db, run))
    return sorted(found - {LOCAL})


def change_lane(
    state: Path, name: str, actor: str, *, pause: bool, warn: Callable[[str], None]
) -> tuple[LaneState, list[str]]:
    """Pause or open a lane for all runs; return how it is, and the runs that were told.

    `actor` is the person, `warn` gets a line for each ledger that cannot be read. Raises
    `LedgerError` where the file of the host cannot be used, and no run has one of its own.
    """
    fault: LedgerError | None = None
    changed = LaneState(name)
    try:
        changed = _change(lanes_file(state), name, actor, pause=pause)
    except LedgerError as error:  # then runs have lanes of their own, which can be changed
        fault = error
    told = []
    for ledger, run, paths in _open_runs(state, actor, warn):
        if name not in lane_reads.seat_lanes(ledger.db, run):
            continue
        if paths.lanes.exists():
            changed = _change(paths.lanes, name, actor, pause=pause)
        elif fault is not None:
            continue
        if pause:
            ledger.see_lanes(run, [changed], {})
        else:
            ledger.open_lanes(run, [name])
        told.append(run)
    if fault is not None and not told:
        raise fault
    return changed, told


def reopen_lanes(paths: RepoPaths, run: str, names: Iterable[str], actor: str) -> None:
    """Open lanes of the host that a run was given back by its person: by a resume, or a retry.

    Also in the run's own file, where that of the host cannot be used; then nobody else is told.
    """
    for name in names:
        for path in (paths.lanes, paths.run(run).lanes):
            if path.exists():
                with contextlib.suppress(LedgerError):
                    _change(path, name, actor, pause=False)


def _change(path: Path, name: str, actor: str, *, pause: bool) -> LaneState:
    lanes: Lanes = open_lanes(path)
    with contextlib.closing(lanes.db):
        changed = lanes.pause(name, actor) if pause else lanes.open(name, actor)
    return changed.seen


def _open_runs(
    state: Path, actor: str, warn: Callable[[str], None]
) -> Iterator[tuple[Ledger, str, RunPaths]]:
    """Yield each run of this user that is not over, with its ledger, open for as long as that."""
    for known in known_repositories(state):
        try:
            with contextlib.closing(store_of(known.paths).open()) as db:
                ledger = Ledger(db, actor=actor)
                for row in reads.runs(db):
                    if not row.state.ended:
                        yield ledger, row.id, known.paths.run(row.id)
        except LedgerError as error:  # one that cannot be read takes nothing from the others
            warn(error.message)


def lane_json(use: LaneUse, budgets: Mapping[str, int]) -> dict[str, object]:
    """Return one lane as `wf lanes --json` has it: a contract, keys are only ever added."""
    lane = use.lane
    most = budgets.get(lane.name)
    return {
        "name": lane.name,
        "state": lane.state.value,
        "reason": lane.text or (lane.reason.value if lane.reason else None),
        "until": lane.until,
        "capacity": lane.capacity,
        "in_use": use.in_use,
        "runs": list(use.runs),
        "usage": use.spent.figures(),
        "budget": None if most is None else {"cost_microusd": most},
    }
