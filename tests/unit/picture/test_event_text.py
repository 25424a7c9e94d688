"""One line for each event."""

from __future__ import annotations

from typing import Any

import pytest

from wf_tui.ledger.model.rows import EventRow
from wf_tui.picture.age import offset, span
from wf_tui.picture.event_text import event_line, worth_watching

KINDS = """
run_created run_paused run_resumed run_stalled run_ended scheduler_started scheduler_lost
scheduler_waited phase_settled task_added task_claimed task_step task_progress task_blocked
task_unblocked
task_released task_retried task_reassigned task_done task_skipped task_edited attempt_started
attempt_ended harvested left_kept result_rejected question_asked question_answered message_sent
message_delivered integrated exported export_pending landed conflict_found undone jobs_changed
profiles_changed run_removed worktree_removed worktree_kept worker_joined worker_left lane_limited
lane_open
"""


def event(what: str, /, *, actor: str = "scheduler", **data: Any) -> EventRow:
    """Return an event of the task `t`, 1.5 s after the start."""
    return EventRow(7, 101.5, "r", "t", "shell-1", 2, actor, what, data)


@pytest.mark.parametrize("seconds", [-10_800.0, -0.01])
def test_no_time_is_less_than_none(seconds: float) -> None:
    """A clock that was set back makes no negative ages."""
    assert (offset(seconds), span(seconds)) == ("0.00s", "0s")


@pytest.mark.parametrize("kind", KINDS.split())
def test_every_kind_is_one_line_with_or_without_its_data(kind: str) -> None:
    """Nothing breaks on an event whose data is not as expected."""
    line = event_line(event(kind), 100)
    assert line.startswith("   1.50s ")
    assert "\n" not in line
    assert "None" not in line


@pytest.mark.parametrize(
    ("happened", "line"),
    [
        (event("task_claimed", tries=0), "● t goes to shell-1 (attempt 2)"),
        (event("task_claimed", tries=1), "● t goes to shell-1 (attempt 2, after 1 failure)"),
        (event("task_done", kind="merged", commit="0123456789"), "✓ t merged 01234567"),
        (event("task_done", kind="no_changes"), "✓ t no changes"),
        (event("task_blocked", kind="failed", text="exit 3"), "◆ t blocked, failed: exit 3"),
        (event("task_blocked", kind="cancelled"), "⊘ t blocked, cancelled"),
        (event("task_blocked", kind="question", text="go?"), "◆ t blocked, question: go?"),
        (event("task_released", kind="backoff", wait=2.0, text="x"), "· t again in 0:02: x"),
        (
            event("task_released", cause="conflict", text="a.txt"),
            "· t again on the new head: a.txt",
        ),
        (event("task_retried", actor="user:ann"), "○ t gets another chance  by ann"),
        (event("conflict_found", paths=["a", "b"]), "· t conflicts in a, b"),
        (event("run_stalled", roots=["a"]), "· t stalled, nothing can continue before: a"),
        (event("jobs_changed", before=2, jobs=4), "· t jobs 2 -> 4"),
        (event("profiles_changed", profiles=["a", "b"]), "· t as configured now: a, b"),
        (event("task_edited", fields={"prompt": "x"}), "· t changed: prompt"),
        (event("lane_limited", lane="x", reason="rate"), "· t lane x is limited: rate"),
        (
            event("lane_limited", lane="x", reason="breaker", failures=50),
            "· t x is paused: 50 attempts in a row failed at once",
        ),
        (event("not_known_yet"), "· t not known yet"),
    ],
)
def test_a_line_says_what_happened(happened: EventRow, line: str) -> None:
    """Glyph, task, what happened, and which person did it."""
    assert event_line(happened, 100) == f"   1.50s {line}"


def test_text_of_a_worker_cannot_act() -> None:
    """Escape sequences and line breaks of any field are gone."""
    bad = "\x1b[2J\nroot# "
    line = event_line(event("task_progress", actor=f"user:{bad}", text=bad), 100)
    assert "\x1b" not in line
    assert "\n" not in line


def test_who_watches_sees_the_work_and_not_the_bookkeeping() -> None:
    """Of the steps only `running` is told, and nothing that another line says."""
    assert worth_watching(event("task_step", step="running"))
    assert worth_watching(event("task_done"))
    assert not worth_watching(event("task_step", step="checking"))
    assert not worth_watching(event("harvested"))


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0s"), (59.9, "59s"), (60, "1m"), (7200, "2h"), (200000, "2d")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    """An age needs no more than one number."""
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.054, "0.05s"), (59.999, "60.00s"), (61, "1:01"), (3661, "1:01:01")]
)
def test_a_time_since_the_start_is_fine_at_first(seconds: float, text: str) -> None:
    """Within the first minute hundredths count, later seconds do."""
    assert offset(seconds) == text
