"""A task that takes what results there are: it waits for phases, and no failure holds it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import RUN
from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.ledger.model.states import DoneKind
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.plan.read import parse_plan
from wf_tui.prompts.gather import needed_results

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

PLAN = """
goal: g
defaults: {max_attempts: 1}
phases:
- {name: items, parallel: true, on_failure: skip_continue,
   tasks: [{id: a, run: x}, {id: b, run: x}]}
- name: join
  tasks: [{id: join, run: x, depends_on_results: [a, b], partial_results: true}]
"""


def make(drive: LedgerHarness) -> None:
    """Make a run of the plan."""
    plan = parse_plan(PLAN, "yaml", "p").plan
    assert plan is not None
    drive.make(*of_plan(plan)[0])


def test_it_starts_when_all_have_settled(drive: LedgerHarness) -> None:
    """It waits for every task that it needs, failed or done, and starts with the last."""
    make(drive)
    drive.finish("a")
    assert drive.task("join").unmet == 1
    drive.wreck("b")
    assert drive.where() == "D:merged B:failed P"
    drive.expect_claim("join")


def test_it_is_told_what_is_missing(drive: LedgerHarness) -> None:
    """Of a failed task it gets the status and the reason in place of a result."""
    make(drive)
    drive.finish("a")
    drive.wreck("b")
    there, missing = needed_results(drive.mine.db, RUN, drive.task("join"))
    assert (there.status, there.missing) == (DoneKind.MERGED, "")
    assert (missing.status, missing.result) == ("failed", None)
    assert missing.missing


def test_a_failure_that_is_put_right_in_time_is_no_failure(drive: LedgerHarness) -> None:
    """One that a person retries before it begins is there like any other."""
    make(drive)
    drive.wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.finish("a", "b")
    assert [need.missing for need in needed_results(drive.mine.db, RUN, drive.task("join"))] == [
        *("", "")
    ]
    drive.expect_claim("join")
