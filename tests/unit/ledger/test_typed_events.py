"""Every kind of event: its JSON to the letter, its facts, and reading one that is damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.ledger.model.events import attempt_events as attempts
from wf_tui.ledger.model.events import rival_events as rivals
from wf_tui.ledger.model.events import run_events as runs
from wf_tui.ledger.model.events import task_events as tasks
from wf_tui.ledger.model.events.base import EventBase
from wf_tui.ledger.model.events.read import (
    EVENTS,
    changes_row,
    event_class,
    reaches_dependants,
    read_event,
)
from wf_tui.ledger.model.rows import EventRow
from wf_tui.ledger.model.states import (
    BlockedKind,
    DoneKind,
    Intent,
    LimitKind,
    Outcome,
    PendingReason,
    ReleaseKind,
    RunState,
    Step,
    TaskState,
    WokenBy,
)
from wf_tui.picture.card import evidence_of
from wf_tui.picture.changed_tasks import changed_tasks
from wf_tui.picture.event_json import event_json
from wf_tui.picture.event_text import event_line, worth_watching
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.model.events.read import Event

PHASE = {"name": "p", "parallel": True, "on_failure": "hold", "depends_on": ["o"]}
PINNED: list[tuple[Event, str]] = [
    (
        runs.RunCreated(
            goal="g",
            base="b0",
            ref="refs/heads/wf/r",
            jobs=2,
            scopes="race",
            fold_case=True,
            worktree={"setup": "make"},
            phases=(PHASE,),
        ),
        (
            '{"goal": "g", "base": "b0", "ref": "refs/heads/wf/r", "jobs": 2, "scopes": "race", '
            '"fold_case": true, "worktree": {"setup": "make"}, "phases": [{"name": "p", '
            '"parallel": true, "on_failure": "hold", "depends_on": ["o"]}]}'
        ),
    ),
    (runs.RunPaused(intent=Intent.DRAIN), '{"intent": "drain"}'),
    (runs.RunResumed(), "{}"),
    (runs.RunStalled(roots=("a", "b")), '{"roots": ["a", "b"]}'),
    (
        runs.RunEnded(state=RunState.PARTIAL, counts={"pending": 0, "done": 2, "blocked": 1}),
        '{"state": "partial", "counts": {"pending": 0, "done": 2, "blocked": 1}}',
    ),
    (runs.SchedulerStarted(pid=7, host="h"), '{"pid": 7, "host": "h"}'),
    (runs.SchedulerLost(), "{}"),
    (
        runs.SchedulerWaited(reason="it is locked", seconds=2.5),
        '{"reason": "it is locked", "seconds": 2.5}',
    ),
    (runs.PhaseSettled(phase="p"), '{"phase": "p"}'),
    (
        runs.NodeDecided(
            phase="p", node="cond", verdict="pass", text="x", phases=("q",), needs={"t": ["u"]}
        ),
        (
            '{"phase": "p", "node": "cond", "verdict": "pass", "text": "x", "phases": ["q"], '
            '"needs": {"t": ["u"]}}'
        ),
    ),
    (
        runs.PhaseAdded(
            phase="q",
            by="p",
            parallel=True,
            on_failure="hold",
            depends_on=("p",),
            behind=("r",),
            node={"kind": "cond"},
        ),
        (
            '{"phase": "q", "by": "p", "parallel": true, "on_failure": "hold", '
            '"depends_on": ["p"], "behind": ["r"], "node": {"kind": "cond"}}'
        ),
    ),
    (runs.JobsChanged(jobs=4, before=2), '{"jobs": 4, "before": 2}'),
    (runs.ProfilesChanged(profiles=("codex",)), '{"profiles": ["codex"]}'),
    (
        runs.WorkerJoined(worker_name="shell-1", profile="shell"),
        '{"worker_name": "shell-1", "profile": "shell"}',
    ),
    (runs.WorkerLeft(worker_name="shell-1"), '{"worker_name": "shell-1"}'),
    (
        runs.LaneLimited(lane="x", until=9.5, failures=3, reason=LimitKind.BREAKER),
        '{"lane": "x", "until": 9.5, "failures": 3, "reason": "breaker"}',
    ),
    (runs.LaneOpen(lane="x"), '{"lane": "x"}'),
    (
        runs.BudgetChanged(limit={"tokens": 2}, before={"tokens": 1}),
        '{"limit": {"tokens": 2}, "before": {"tokens": 1}}',
    ),
    (runs.BudgetReached(of="run", percent=80), '{"of": "run", "percent": 80}'),
    (runs.Exported(commit="c1", before="c0"), '{"commit": "c1", "before": "c0"}'),
    (runs.ExportPending(reason="checked out"), '{"reason": "checked out"}'),
    (
        runs.Landed(branch="main", old="c0", new="c1"),
        '{"branch": "main", "old": "c0", "new": "c1"}',
    ),
    (runs.RunRemoved(), "{}"),
    (runs.WorktreeRemoved(tree="3"), '{"tree": "3"}'),
    (runs.WorktreeKept(tree="3", reason="blocked"), '{"tree": "3", "reason": "blocked"}'),
    (
        tasks.TaskAdded(
            title="T",
            phase="p",
            needs=("a",),
            mode="read_write",
            isolation="worktree",
            scope=("src",),
            role="general",
            max_attempts=3,
        ),
        (
            '{"title": "T", "phase": "p", "needs": ["a"], "mode": "read_write", '
            '"isolation": "worktree", "scope": ["src"], "role": "general", "max_attempts": 3}'
        ),
    ),
    (
        tasks.TaskClaimed(
            lease_until=60.5,
            tries=1,
            scope=("src",),
            isolation="worktree",
            mode="read_write",
            before="scope",
        ),
        (
            '{"lease_until": 60.5, "tries": 1, "scope": ["src"], "isolation": "worktree", '
            '"mode": "read_write", "before": "scope"}'
        ),
    ),
    (
        tasks.TaskStep(step=Step.RUNNING, before="preparing"),
        '{"step": "running", "before": "preparing"}',
    ),
    (
        tasks.TaskBlocked(
            kind=BlockedKind.GATE,
            before="checking",
            cause="exit",
            text="exit 1",
            tries=2,
            detail={"tail": "x"},
            stopped=True,
            abort=True,
        ),
        (
            '{"kind": "gate", "before": "checking", "cause": "exit", "text": "exit 1", "tries": 2, '
            '"detail": {"tail": "x"}, "stopped": true, "abort": true}'
        ),
    ),
    (
        tasks.TaskUnblocked(kind=PendingReason.READY, before="quota"),
        '{"kind": "ready", "before": "quota"}',
    ),
    (
        tasks.TaskReleased(
            kind=ReleaseKind.BACKOFF,
            before="running",
            cause="exit",
            text="exit 1",
            tries=1,
            wait=5.25,
            stopped=True,
        ),
        (
            '{"kind": "backoff", "before": "running", "cause": "exit", "text": "exit 1", '
            '"tries": 1, "wait": 5.25, "stopped": true}'
        ),
    ),
    (tasks.TaskRetried(stopped=True), '{"stopped": true}'),
    (tasks.TaskReassigned(to="shell-2", stopped=True), '{"to": "shell-2", "stopped": true}'),
    (
        tasks.TaskDone(kind=DoneKind.MERGED, before="integrating", commit="c1", text="+1 -0"),
        '{"kind": "merged", "before": "integrating", "commit": "c1", "text": "+1 -0"}',
    ),
    (
        tasks.TaskSkipped(kind=DoneKind.SKIPPED, stopped=True, after="a"),
        '{"kind": "skipped", "stopped": true, "after": "a"}',
    ),
    (
        tasks.CriticJudged(critic="a.critic.1", verdict="fail", commit="c1", round=1, of=3),
        '{"critic": "a.critic.1", "verdict": "fail", "commit": "c1", "round": 1, "of": 3}',
    ),
    (
        tasks.TaskEdited(fields={"priority": 1}, was={"priority": 0}),
        '{"fields": {"priority": 1}, "was": {"priority": 0}}',
    ),
    (
        tasks.QuestionAsked(id="1", text="go?", kind="execute", options=({"id": "y"},)),
        '{"id": "1", "text": "go?", "kind": "execute", "options": [{"id": "y"}]}',
    ),
    (
        tasks.QuestionAnswered(id="1", option="y", always="task"),
        '{"id": "1", "option": "y", "always": "task"}',
    ),
    (tasks.QuestionDelivered(id="1", asked_in=2), '{"id": "1", "asked_in": 2}'),
    (tasks.QuestionClosed(id="1", why="void"), '{"id": "1", "why": "void"}'),
    (tasks.MessageSent(id=3, text="be quick"), '{"id": 3, "text": "be quick"}'),
    (tasks.MessageLate(id=3), '{"id": 3}'),
    (
        tasks.AllowanceMade(id=1, profile="kimi", tool_kind="execute", text="npm test"),
        '{"id": 1, "profile": "kimi", "tool_kind": "execute", "text": "npm test"}',
    ),
    (tasks.AllowanceEnded(id=1), '{"id": 1}'),
    (
        tasks.CommentKept(id=1, path="a.py", line=4, quote="x = 1", text="why?"),
        '{"id": 1, "path": "a.py", "line": 4, "quote": "x = 1", "text": "why?"}',
    ),
    (tasks.CommentDropped(id=1), '{"id": 1}'),
    (tasks.CommentsSent(ids=(1, 3)), '{"ids": [1, 3]}'),
    (
        tasks.TaskSnoozed(kind=BlockedKind.GATE, until=60.5),
        '{"kind": "gate", "until": 60.5}',
    ),
    (
        tasks.WorktreeOpened(tree="1000001", detail={"paths": ["a"]}),
        '{"tree": "1000001", "detail": {"paths": ["a"]}}',
    ),
    (tasks.TaskWoken(why=WokenBy.CHANGE), '{"why": "change"}'),
    (
        tasks.Undone(
            undoes=9, fields={"priority": 0}, state=TaskState.PENDING, kind="x", since=1.5
        ),
        ('{"undoes": 9, "fields": {"priority": 0}, "state": "pending", "kind": "x", "since": 1.5}'),
    ),
    (
        attempts.AttemptStarted(pid=99, base="b0", tree="3"),
        '{"pid": 99, "base": "b0", "tree": "3"}',
    ),
    (attempts.TaskProgress(text="half"), '{"text": "half"}'),
    (
        attempts.UsageTold(input_tokens=7, output_tokens=0, cost_microusd=12),
        '{"input_tokens": 7, "output_tokens": 0, "cost_microusd": 12}',
    ),
    (
        attempts.MessageDelivered(count=2, ids=(1, 2), heard=True),
        '{"count": 2, "ids": [1, 2], "heard": true}',
    ),
    (
        attempts.WorkHarvested(
            ref="refs/wf/a/1",
            commit="c1",
            files=2,
            ignored=1,
            refused=("x: a link",),
            error="too large",
            snapshot_changed=("y",),
        ),
        (
            '{"ref": "refs/wf/a/1", "commit": "c1", "files": 2, "ignored": 1, '
            '"refused": ["x: a link"], "error": "too large", "snapshot_changed": ["y"]}'
        ),
    ),
    (
        attempts.LeftKept(ref="refs/wf/left/a/1/tag-1", kind="tag", name="v", commit="c1", files=2),
        (
            '{"ref": "refs/wf/left/a/1/tag-1", "kind": "tag", "name": "v", "commit": "c1", '
            '"files": 2}'
        ),
    ),
    (
        attempts.ConflictFound(paths=("a",), text="both", again=False),
        '{"paths": ["a"], "text": "both", "again": false}',
    ),
    (
        attempts.GateStarted(on=GateOn.MERGE, head="c0", commit="c1"),
        '{"on": "merge", "head": "c0", "commit": "c1"}',
    ),
    (
        attempts.GateEnded(on=GateOn.MERGE, head="c0", commit="c1", exit_code=1, text="red"),
        '{"on": "merge", "head": "c0", "commit": "c1", "exit_code": 1, "text": "red"}',
    ),
    (
        attempts.ProcessesEnded(count=2, processes=("python3 -m http.server",), program="gate"),
        '{"count": 2, "processes": ["python3 -m http.server"], "program": "gate"}',
    ),
    (
        rivals.RivalSkipped(
            kind=DoneKind.SKIPPED, before="running", winner="b", text="b was first", stopped=True
        ),
        (
            '{"kind": "skipped", "before": "running", "winner": "b", "text": "b was first", '
            '"stopped": true}'
        ),
    ),
    (rivals.RivalLeft(text="choose"), '{"text": "choose"}'),
    (
        rivals.RivalsJudged(phase="try", pick="b", taken=True, text="so"),
        '{"phase": "try", "pick": "b", "taken": true, "text": "so"}',
    ),
    (
        attempts.Integrated(old="c0", new="c1", base="b0"),
        '{"old": "c0", "new": "c1", "base": "b0"}',
    ),
    (
        attempts.AttemptEnded(
            outcome=Outcome.FAILED,
            cause="signal",
            text="killed",
            exit_code=1,
            signal=9,
            ref="refs/wf/a/1",
            fenced=True,
        ),
        (
            '{"outcome": "failed", "cause": "signal", "text": "killed", "exit_code": 1, '
            '"signal": 9, "ref": "refs/wf/a/1", "fenced": true}'
        ),
    ),
    (
        attempts.ResultRejected(outcome=Outcome.LOST, text="late"),
        '{"outcome": "lost", "text": "late"}',
    ),
]
KINDS = [event.event_kind for event, _ in PINNED]
JUNK: list[object] = [None, "x", 3, -0.5, True, [], ["a"], [3], {}, {"a": []}, [[{}]]]


def row(kind: str, data: dict[str, object]) -> EventRow:
    """Return a line of the log, of the task `t`."""
    return EventRow(7, 101.5, "r", "t", "shell-1", 2, "scheduler", kind, data)


def test_every_kind_is_pinned() -> None:
    """Each class of an event is one that can be read and emitted, and is pinned here."""
    made = {event.event_kind for event in EventBase.__subclasses__()}
    assert made == {event.event_kind for event in EVENTS} == set(KINDS)
    assert len(KINDS) == len(set(KINDS)) == len(EVENTS)


@pytest.mark.parametrize(("event", "text"), PINNED, ids=KINDS)
def test_its_json_stays_to_the_letter(event: Event, text: str) -> None:
    """Names, their order and their values are what scripts read; and come back as the event."""
    assert json.dumps(event.data()) == text
    assert read_event(row(event.event_kind, json.loads(text))) == event
    shown = event_json(row(event.event_kind, json.loads(text)))["data"]
    assert json.dumps(shown) == text


@pytest.mark.parametrize(("event", "text"), PINNED, ids=KINDS)
def test_what_is_absent_is_left_out(event: Event, text: str) -> None:
    """A field without a value is not in the JSON, as null or else; the order of the rest stays."""
    stored = json.loads(text)
    optional = [name for name in event.names if getattr(type(event), name, 0) is None]
    for name in optional:
        less = {key: value for key, value in stored.items() if key != name}
        found = read_event(row(event.event_kind, less))
        assert found is not None
        assert getattr(found, name) is None
        assert json.dumps(found.data()) == json.dumps(less)


@pytest.mark.parametrize(("event", "text"), PINNED, ids=KINDS)
def test_a_later_version_says_more(event: Event, text: str) -> None:
    """Fields that this version does not know change nothing."""
    later = {"later": [1], **json.loads(text), "more": {"a": 1}}
    assert read_event(row(event.event_kind, later)) == event


@pytest.mark.parametrize(("event", "text"), PINNED, ids=KINDS)
def test_a_damaged_event_stops_no_view(event: Event, text: str) -> None:
    """Whatever a field holds, or without any: there is a line, its evidence, and its JSON."""
    stored = json.loads(text)
    spoilt = [{}, *({**stored, name: junk} for name in stored for junk in JUNK)]
    for data in spoilt:
        happened = row(event.event_kind, data)
        assert "None" not in event_line(happened, 100)
        assert isinstance(worth_watching(happened), bool)
        proof = evidence_of(happened)
        assert (proof is not None) == event.proves_life
        assert proof is None or isinstance(proof.text, str)
        assert event_json(happened)["data"] == data


def test_a_kind_of_a_later_version() -> None:
    """It is told by its kind, and may have changed anything."""
    happened = row("not_known_yet", {"text": "x"})
    assert read_event(happened) is None
    assert event_class("not_known_yet") is None
    assert changes_row("not_known_yet")
    assert reaches_dependants("not_known_yet")
    assert evidence_of(happened) is None
    assert event_line(happened, 100).endswith("· t not known yet")


def test_a_word_of_a_later_version() -> None:
    """A kind of block that this version does not know makes an event that it does not know."""
    assert read_event(row("task_blocked", {"kind": "weather", "text": "rain"})) is None


def test_what_the_kinds_mean() -> None:
    """Which events leave the row, reach nobody who waits, and prove that a worker lives."""
    facts = {
        event.event_kind: (event.changes_row, event.reaches_dependants, event.proves_life)
        for event in EVENTS
    }
    usual = (True, True, False)
    assert {kind: fact for kind, fact in facts.items() if fact != usual} == {
        "allowance_ended": (False, False, False),
        "allowance_made": (False, False, False),
        "attempt_started": (False, False, True),
        "comment_dropped": (False, False, False),
        "comment_kept": (False, False, False),
        "comments_sent": (False, False, False),
        "critic_judged": (False, False, False),
        "gate_ended": (False, False, True),
        "gate_started": (False, False, True),
        "harvested": (False, False, False),
        "left_kept": (False, False, False),
        "message_delivered": (False, False, False),
        "message_late": (False, False, False),
        "message_sent": (False, False, False),
        "processes_ended": (False, False, False),
        "question_answered": (True, True, True),
        "question_asked": (True, False, True),
        "question_closed": (True, False, False),
        "question_delivered": (False, False, False),
        "rivals_judged": (False, False, False),
        "task_claimed": (True, True, True),
        "task_progress": (False, False, True),
        "task_snoozed": (True, False, False),
        "task_step": (True, False, True),
        "task_woken": (True, False, False),
        "usage": (True, False, False),
        "worktree_opened": (True, False, False),
    }


def test_an_event_does_not_change() -> None:
    """What was emitted is what is stored."""
    event = attempts.TaskProgress(text="half")
    with pytest.raises(AttributeError, match="an event does not change"):
        event.__setattr__("text", "all")
    assert event == attempts.TaskProgress(text="half")
    assert event != attempts.TaskProgress(text="all")
    assert {event, attempts.TaskProgress(text="half")} == {event}
    assert repr(event) == "TaskProgress(text='half')"


def test_a_damaged_event_of_a_task_is_read_again(drive: LedgerHarness) -> None:
    """What changed is found by kind and task alone, whatever else the event holds."""
    drive.make("a")
    spoilt = EventRow(9, 1.0, "r1", "a", None, None, "x", "task_blocked", {"kind": []})
    assert [task.id for task in changed_tasks(drive.db, "r1", [spoilt])] == ["a"]
