"""Work that is held back, as `wf status` shows it: each reason with the commands that help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import BAD, RUN, LedgerHarness, merging
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.reasons import Reason
from wf_tui.picture.status import task_json
from wf_tui.picture.status_text import remedy

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, TaskRow

BOTH: Detail = {
    "why": "filter",
    "paths": ["s/a b"],
    "all": {
        "filter": {"paths": ["s/a b"], "text": "needs"},
        "outside": {"paths": ["x"], "text": "out"},
    },
}


def held(drive: LedgerHarness, detail: Detail) -> TaskRow:
    """Return a task that is held back with this detail."""
    merging(drive).make("a")
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE, detail)
    return reads.task(drive.db, RUN, "a")


def test_the_first_reason_says_what_helps(drive: LedgerHarness) -> None:
    """The command names its path, quoted."""
    assert remedy(held(drive, BOTH)) == "wf accept --unfiltered 's/a b' a"


def test_each_reason_has_its_commands(drive: LedgerHarness) -> None:
    """All reasons are there, in their order, with paths, sentence and ways out."""
    task = held(drive, BOTH)
    reason = task_json(task, Reason("scope", "t", task.detail))["reason"]
    assert isinstance(reason, dict)
    assert (reason["why"], reason["paths"], list(reason["all"])) == (
        *("filter", ["s/a b"]),
        ["filter", "outside"],
    )
    assert reason["all"]["outside"] == {
        "paths": ["x"],
        "text": "out",
        "commands": ["wf accept a", "wf retry a", "wf skip a"],
    }


def test_a_run_of_an_older_release(drive: LedgerHarness) -> None:
    """Where no reason is written it was the scope, and the JSON has the same shape."""
    task = held(drive, {"paths": ["x"]})
    reason = task_json(task, Reason("scope", "t", task.detail))["reason"]
    assert isinstance(reason, dict)
    assert (reason["why"], reason["all"]["outside"]["paths"]) == ("outside", ["x"])
    assert remedy(task) == "wf accept a"
