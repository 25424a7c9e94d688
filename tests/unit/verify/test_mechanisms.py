"""A ledger that has lost one of its mechanisms is found out by its own log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.histories import history
from tests.support.ledger_harness import BAD, RUN, STOPPED, merging, phase, shell
from wf_tui.ledger.model.states import DoneKind, Step
from wf_tui.ledger.rules import attempts, claims, operator_moves
from wf_tui.ledger.rules.change import Change
from wf_tui.ledger.rules.moves import HOLD, RELEASE, RETRY, SKIP

if TYPE_CHECKING:
    import pytest

    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.model.rows import TaskRow


def test_without_the_fence(drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A late result that counts is seen, though the task looks well (G2)."""
    merging(drive).make(shell("a", max_attempts=5, backoff=0))
    late = drive.expect_claim("a", step=Step.RUNNING)
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.ledger.close(late, STOPPED)
    drive.expect_claim("a", "w2", step=Step.CHECKING)
    assert history(drive.db).found() == []
    monkeypatch.setattr(attempts, "task_if_live", lambda tx, name, *_: _claimed(tx, name))
    assert drive.ledger.done(late, DoneKind.NO_CHANGES, BAD, "late")
    assert "stale" in history(drive.db).found()


def _claimed(tx: Change, name: str) -> TaskRow | None:
    """Take a report for good whenever anybody holds the task."""
    task = tx.task(name)
    return task if task.worker else None


def test_without_the_scopes(drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two overlapping writers at once are seen (G9)."""
    monkeypatch.setattr(claims, "contention", lambda *_: None)
    merging(drive).make(shell("a", scope=("src",)), shell("b", scope=("src/x",)))
    drive.expect_claim("a")
    assert history(drive.db).found() == []
    drive.expect_claim("b")
    assert history(drive.db).found() == ["scope"]


def test_without_the_counters(drive: LedgerHarness) -> None:
    """A task that begins before what it waits for is seen (G9)."""
    merging(drive).make("a", shell("b", "a"))
    drive.db.execute("UPDATE task SET unmet = 0, rank = 0 WHERE id = 'b'")
    drive.expect_claim("b")
    assert history(drive.db).found() == ["order"]


def test_without_an_end_of_attempts(drive: LedgerHarness) -> None:
    """A task that is claimed before its stopped attempt is closed is seen (G1)."""
    merging(drive).make("a")
    drive.expect_claim("a")
    drive.mine.move(RUN, RELEASE, ["a"])
    drive.db.execute("UPDATE task SET unmet = 0")
    drive.db.execute("DELETE FROM attempt")
    drive.expect_claim("a", "w2")
    assert "claim" in history(drive.db).found()


def test_without_a_rule_of_phases(drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phase that settles though a task is on hold is seen (G9)."""
    monkeypatch.setattr(Change, "settles", lambda _, task: task.state in {"done", "blocked"})
    merging(drive).make(phase("p", "a"), phase("q", "b", after=["p"]))
    drive.mine.move(RUN, HOLD, ["a"])
    assert "phase" in history(drive.db).found()


def test_without_a_look_at_dependants(
    drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A skip that is taken back though somebody counted on it is seen."""
    monkeypatch.setattr(operator_moves, "claimed_dependant", lambda *_: None)
    merging(drive).make("a", shell("b", "a"))
    drive.mine.move(RUN, SKIP, ["a"])
    drive.expect_claim("b")
    drive.mine.move(RUN, RETRY, ["a"])
    assert "move" in history(drive.db).found()
