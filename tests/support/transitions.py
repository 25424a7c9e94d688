"""The table of RULES 3.1: each command on each state, and each report of a worker on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.ledger_harness import BAD, GOOD, HOST_DIED, RUN, START, LedgerHarness
from tests.support.task_states import STATES
from wf_tui.ledger.model.states import BlockedKind, DoneKind, LimitKind, Step
from wf_tui.ledger.rules.moves import (
    ACCEPT,
    ANSWER,
    CANCEL,
    EDIT,
    HOLD,
    MESSAGE,
    PRIORITY,
    REASSIGN,
    RELEASE,
    RETRY,
    SKIP,
    SNOOZE,
    UNHOLD,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wf_tui.ledger.ledger import Fence
    from wf_tui.ledger.rules.moves import MoveResult

PENDING: Final = ["P ready", "P waiting", "P backoff"]
RUNNING: Final = ["R:claimed", "R:preparing", "R:running", "R:harvesting", "R:checking"]
MERGING: Final = ["M"]
ASKING: Final = ["Q"]
BLOCKED: Final = [name for name in STATES if name.startswith("B:")]
NEEDING: Final = [
    name
    for name in BLOCKED
    if name not in {"B:dependency", "B:hold", "B:quota", "B:cancelled", "B:critic"}
]
RETRIABLE: Final = [name for name in BLOCKED if name not in {"B:dependency", "B:hold"}]


def _same(*groups: Iterable[str]) -> dict[str, str]:
    return {name: name.split()[0] for group in groups for name in group}


def _to(state: str, *groups: Iterable[str]) -> dict[str, str]:
    return {name: state for group in groups for name in group}


COMMANDS: Final[dict[str, Callable[[LedgerHarness], list[MoveResult]]]] = {
    "retry": lambda drive: drive.mine.move(RUN, RETRY, ["t"]),
    "reassign": lambda drive: drive.mine.move(RUN, REASSIGN, ["t"], to="w2"),
    "release": lambda drive: drive.mine.move(RUN, RELEASE, ["t"]),
    "hold": lambda drive: drive.mine.move(RUN, HOLD, ["t"]),
    "unhold": lambda drive: drive.mine.move(RUN, UNHOLD, ["t"]),
    "cancel": lambda drive: drive.mine.move(RUN, CANCEL, ["t"]),
    "skip": lambda drive: drive.mine.move(RUN, SKIP, ["t"]),
    "accept": lambda drive: drive.mine.move(RUN, ACCEPT, ["t"]),
    "answer": lambda drive: drive.mine.move(RUN, ANSWER, ["t"], text="yes"),
    "edit": lambda drive: drive.mine.move(RUN, EDIT, ["t"], fields={"title": "anew"}),
    "priority": lambda drive: drive.mine.move(RUN, PRIORITY, ["t"], number=-1),
    "message": lambda drive: drive.mine.move(RUN, MESSAGE, ["t"], text="be quick"),
    "snooze": lambda drive: drive.mine.move(RUN, SNOOZE, ["t"], until=START + 600),
}


BY_HAND: Final[dict[str, dict[str, str]]] = {
    "retry": _to("P", ["P backoff"], RETRIABLE, ASKING, ["D:skipped"]),
    "reassign": _to("P", PENDING, RUNNING, ASKING, RETRIABLE),
    "release": _to("P", RUNNING, ASKING),
    "hold": _to("B:hold", PENDING, ["B:dependency"], RUNNING, ASKING),
    "unhold": _to("P", ["B:hold"]),
    "cancel": _to("B:cancelled", PENDING, set(BLOCKED) - {"B:cancelled"}, RUNNING, ASKING),
    "skip": _to("D:skipped", PENDING, BLOCKED, RUNNING, ASKING),
    "accept": {
        "B:scope": "R:checking",
        "B:conflict": "R:harvesting",
        "B:review": "R:checking",
        "B:critic": "R:checking",
    },
    "answer": {"Q": "R:running", "B:question": "P"},
    "edit": _same(PENDING, BLOCKED, RUNNING, ASKING, MERGING),
    "priority": _same(PENDING, BLOCKED, RUNNING, ASKING, MERGING),
    "message": _same(PENDING, BLOCKED, RUNNING, ASKING, MERGING),
    "snooze": _same(NEEDING, ASKING),
}
"""For each command the states in which it is allowed, and where it leads; all others refuse it."""


REPORTS: Final[dict[str, Callable[[LedgerHarness, Fence], object]]] = {
    "merged": lambda drive, fence: drive.ledger.done(fence, DoneKind.MERGED, GOOD, ""),
    "no changes": lambda drive, fence: drive.ledger.done(fence, DoneKind.NO_CHANGES, GOOD, ""),
    "answered": lambda drive, fence: drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "42"),
    "failed": lambda drive, fence: drive.ledger.fail(fence, BAD),
    "gate": lambda drive, fence: drive.ledger.fail(fence, BAD, kind=BlockedKind.GATE),
    "scope": lambda drive, fence: drive.ledger.block(fence, BAD, BlockedKind.SCOPE),
    "budget": lambda drive, fence: drive.ledger.block(fence, BAD, BlockedKind.BUDGET),
    "conflict": lambda drive, fence: drive.ledger.conflict(fence, BAD, ("a",), "a differs"),
    "merge gate": lambda drive, fence: drive.fail_merge_gate(fence),
    "review": lambda drive, fence: drive.ledger.hold_for_review(fence, GOOD, {}, tree=None),
    "critic": lambda drive, fence: drive.ledger.hold_for_critic(fence, GOOD, {}, tree=None),
    "429": lambda drive, fence: drive.ledger.limited(fence, BAD, LimitKind.RATE, "far", 2e6),
    "quota": lambda drive, fence: drive.ledger.limited(fence, BAD, LimitKind.QUOTA, "far", 2e6),
    "auth": lambda drive, fence: drive.ledger.limited(fence, BAD, LimitKind.AUTH, "far", 2e6),
    "host died": lambda drive, fence: drive.ledger.interrupted(fence, HOST_DIED),
    "question": lambda drive, fence: drive.ledger.ask(fence, "1", "may I?"),
    "time-out": lambda drive, fence: drive.ledger.question_expired(fence, "1"),
    "run": lambda drive, fence: drive.ledger.step(fence, Step.RUNNING),
    "harvest": lambda drive, fence: drive.ledger.step(fence, Step.HARVESTING),
    "check": lambda drive, fence: drive.ledger.step(fence, Step.CHECKING),
    "integrate": lambda drive, fence: drive.ledger.step(fence, Step.INTEGRATING),
}


BY_WORKER: Final[dict[str, dict[str, str]]] = {
    "merged": _to("D:merged", MERGING),
    "no changes": _to("D:no_changes", RUNNING),
    "answered": _to("D:answered", RUNNING),
    "failed": _to("B:failed", RUNNING, ASKING, MERGING),
    "gate": _to("B:gate", RUNNING, ASKING, MERGING),
    "scope": _to("B:scope", RUNNING),
    "budget": _to("B:budget", RUNNING),
    "conflict": _to("P", MERGING),
    "merge gate": {"R:checking": "P"},
    "review": {"R:checking": "B:review"},
    "critic": {},
    "429": _to("P", RUNNING),
    "quota": _to("B:quota", RUNNING),
    "auth": _to("B:failed", RUNNING),
    "host died": _to("P", RUNNING),
    "question": _to("Q", RUNNING),
    "time-out": _to("B:question", ASKING),
    "run": _to("R:running", RUNNING[:3]),
    "harvest": _to("R:harvesting", RUNNING[:4], ASKING),
    "check": _to("R:checking", RUNNING, MERGING),
    "integrate": _to("M", RUNNING, MERGING),
}
"""The same for what a worker with a live claim reports; M again is how a recovery goes on, and back
to the checks is how a merge does that finds the branch elsewhere."""
