"""How to bring the task `t` into each state of RULES 3.1, in as few acts as possible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.support.ledger_harness import BAD, GOOD, RUN, STOPPED, shell
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind, DoneKind, LimitKind, Step
from wf_tui.ledger.rules.moves import CANCEL, HOLD, SKIP

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.rules.moves import Move


def _plain(drive: LedgerHarness) -> None:
    drive.make("t")


def _waiting(drive: LedgerHarness) -> None:
    drive.make("u", shell("t", "u"))


def _backoff(drive: LedgerHarness) -> None:
    drive.make(shell("t", max_attempts=2)).wreck("t")


def _at(step: Step) -> Callable[[LedgerHarness], object]:
    return lambda drive: drive.make("t").expect_claim("t", step=step)


def _asking(drive: LedgerHarness) -> None:
    drive.make("t")
    drive.ask(drive.expect_claim("t"))


def _failed(kind: BlockedKind) -> Callable[[LedgerHarness], object]:
    return lambda drive: drive.fail(drive.make("t").expect_claim("t", step=Step.CHECKING), kind)


def _at_once(kind: BlockedKind) -> Callable[[LedgerHarness], object]:
    return lambda drive: drive.ledger.block(
        drive.make("t").expect_claim("t", step=Step.CHECKING), BAD, kind, {"paths": ["docs/a"]}
    )


def _conflict(drive: LedgerHarness) -> None:
    drive.make("t")
    for _ in range(2):
        fence = drive.expect_claim("t", step=Step.INTEGRATING)
        drive.ledger.conflict(fence, BAD, ("src/t",), "both changed src/t")


def _reviewed(drive: LedgerHarness) -> None:
    drive.make("t")
    fence = drive.expect_claim("t", step=Step.CHECKING)
    assert drive.ledger.hold_for_review(fence, GOOD, {"paths": ["src/t"]}, tree=None)


def _criticised(drive: LedgerHarness) -> None:
    drive.make(shell("t", spec=Spec(command="true", critic="look at it", critic_rounds=3)))
    fence = drive.expect_claim("t", step=Step.CHECKING)
    drive.ledger.harvested(fence, WorkHarvested(commit="c1"))
    work = replace(GOOD, commit="c1")
    assert drive.ledger.hold_for_critic(fence, work, {"paths": ["src/t"]}, tree=None)


def _unanswered(drive: LedgerHarness) -> None:
    drive.make("t")
    fence = drive.ask(drive.expect_claim("t"))
    drive.ledger.question_expired(fence, "1")
    drive.ledger.close(fence, STOPPED)


def _quota(drive: LedgerHarness) -> None:
    fence = drive.make("t").expect_claim("t", step=Step.RUNNING)
    drive.ledger.limited(fence, BAD, LimitKind.QUOTA, "far", drive.clock.now() + 900)


def _by_hand(move: Move[[]]) -> Callable[[LedgerHarness], object]:
    return lambda drive: drive.make("t").mine.move(RUN, move, ["t"])


def _dependency(drive: LedgerHarness) -> None:
    drive.make("u", shell("t", "u")).wreck("u")


def _done(kind: DoneKind) -> Callable[[LedgerHarness], object]:
    return lambda drive: drive.ledger.done(
        drive.make("t").expect_claim("t", step=Step.CHECKING), kind, GOOD, "ok"
    )


STATES: Final[dict[str, Callable[[LedgerHarness], object]]] = {
    "P ready": _plain,
    "P waiting": _waiting,
    "P backoff": _backoff,
    "R:claimed": _at(Step.CLAIMED),
    "R:preparing": _at(Step.PREPARING),
    "R:running": _at(Step.RUNNING),
    "R:harvesting": _at(Step.HARVESTING),
    "R:checking": _at(Step.CHECKING),
    "M": _at(Step.INTEGRATING),
    "Q": _asking,
    "B:failed": _failed(BlockedKind.FAILED),
    "B:gate": _failed(BlockedKind.GATE),
    "B:deliverable": _failed(BlockedKind.DELIVERABLE),
    "B:conflict": _conflict,
    "B:scope": _at_once(BlockedKind.SCOPE),
    "B:budget": _at_once(BlockedKind.BUDGET),
    "B:question": _unanswered,
    "B:review": _reviewed,
    "B:critic": _criticised,
    "B:quota": _quota,
    "B:hold": _by_hand(HOLD),
    "B:cancelled": _by_hand(CANCEL),
    "B:dependency": _dependency,
    "D:merged": lambda drive: drive.make("t").finish("t"),
    "D:no_changes": _done(DoneKind.NO_CHANGES),
    "D:answered": _done(DoneKind.ANSWERED),
    "D:skipped": _by_hand(SKIP),
}
"""A name that begins with the word that `ledger_harness.word` gives, and how to get there."""
