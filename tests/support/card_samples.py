"""A card of each state, kind, step and reason, as real runs have them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from tests.support.ledger_harness import PERMISSION, RUN, START
from wf_tui.ledger.model.rows import QuestionRow, Spec, TaskRow, evolve
from wf_tui.ledger.model.states import (
    BlockedKind,
    DoneKind,
    PendingReason,
    QuestionState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries.reasons import Reason
from wf_tui.picture.card import Around, Card, Evidence, make_card
from wf_tui.picture.last_attempt import LastAttempt
from wf_tui.plan.choices import Isolation, Mode, Takes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BLOCKED", "NOW", "at_step", "blocked", "done", "pending", "running", "sample_row"]

NOW: Final = START + 1000
_ENDED: Final = NOW - 360
_AT_TWO: Final = time.mktime((2030, 1, 1, 14, 0, 0, 0, 0, -1))
"""When it is 14:00 here, wherever that is."""


def sample_row(**values: Any) -> TaskRow:
    """Return the row of a task, ready as it was made."""
    stock: dict[str, Any] = {
        "run": RUN, "id": "refresh-rot", "ordinal": 1, "phase": "build",
        "title": "Refresh-token rotation",
        "spec": Spec(prompt="do it", gate="pytest -q tests/auth"),
        "takes": Takes.PROMPT, "mode": Mode.READ_WRITE, "isolation": Isolation.AUTO,
        "role": "review", "scope": ("src/auth/**",), "scope_key": "src/auth", "priority": 0,
        "chain": 1, "rank": 1, "max_attempts": 3, "backoff": 5.0,
        "state": TaskState.PENDING, "since": _ENDED,
        "usage": Usage(input_tokens=200_000, output_tokens=12_000, cost_microusd=210_000),
    }  # fmt: skip
    return TaskRow(**{**stock, **values})


def last(**values: Any) -> LastAttempt:
    """Return the attempt of a task that has just ended."""
    stock: dict[str, Any] = {
        "task": "refresh-rot", "epoch": 3, "worker": "glm-2", "model": "glm-5.3", "lane": "zai",
        "started_at": _ENDED - 344, "ended_at": _ENDED, "outcome": "failed", "cause": "gate",
        "proof": "E assert 200 == 401  test_login.py:88",
        "said": "kept the old grant behind a flag", "files": 7, "added": 214, "removed": 36,
    }  # fmt: skip
    return LastAttempt(**{**stock, **values})


def _question() -> QuestionRow:
    return QuestionRow(
        run=RUN,
        task="refresh-rot",
        epoch=3,
        id="1",
        ordinal=1,
        asked_at=_ENDED,
        text="execute (ask = run): npm install cookie@1.2",
        detail={"command": "npm install cookie@1.2", "reason": "sets SameSite per cookie"},
        kind="execute",
        options=PERMISSION,
        state=QuestionState.OPEN,
    )


BLOCKED: Final[Mapping[BlockedKind, Mapping[str, Any]]] = {
    BlockedKind.QUESTION: {"questions": 1},
    BlockedKind.REVIEW: {"detail": {"paths": ["src/a.py"]}},
    BlockedKind.CONFLICT: {
        "detail": {
            "paths": ["src/auth/session.py", "tests/test_session.py"],
            "with": ["Token value types"],
        },
        "note": "it does not merge: src/auth/session.py",
    },
    BlockedKind.GATE: {
        "note": "the gate failed: exit 1",
        "detail": {
            "tail": "F..\nE assert 200 == 401  test_login.py:88\n1 failed, 212 passed in 8s"
        },
    },
    BlockedKind.FAILED: {"note": "exit 1"},
    BlockedKind.SCOPE: {
        "note": "it changed 2 files outside its scope: cookies.py and 1 more",
        "detail": {"why": "outside", "paths": ["docs/cookies.py", "b.py"]},
    },
    BlockedKind.DELIVERABLE: {
        "note": "missing or empty: docs/api.md",
        "detail": {"paths": ["docs/api.md"]},
    },
    BlockedKind.BUDGET: {"note": "over its budget: used $1.00 of $1.00"},
    BlockedKind.QUOTA: {"detail": {"lane": "zai"}, "not_before": _AT_TWO},
    BlockedKind.DEPENDENCY: {"detail": {"root": "rotate", "needs": "rotate"}},
    BlockedKind.HOLD: {"note": "held by root"},
    BlockedKind.CANCELLED: {"note": "cancelled by root"},
    BlockedKind.CRITIC: {"detail": {"critic": "rotate.critic.1", "round": 1, "of": 3}},
}
"""What the row of each kind has besides."""


def blocked(kind: BlockedKind, *, snoozed_until: float | None = None, **values: Any) -> Card:
    """Return a card that is blocked in this way."""
    more = {"tries": 3, "attempts": 3, "last_worker": "glm-2", **BLOCKED[kind], **values}
    row = sample_row(state=TaskState.BLOCKED, kind=kind, epoch=3, **more)
    others = {
        "rotate": sample_row(id="rotate", state=TaskState.BLOCKED, kind=BlockedKind.GATE),
    }
    question = _question() if kind is BlockedKind.QUESTION else None
    around = Around(last=last(), question=question, snoozed_until=snoozed_until, rows=others)
    return make_card(row, Reason(kind.value, row.note, row.detail), around)


_PENDING: Final[Mapping[PendingReason, tuple[str, Mapping[str, object]]]] = {
    PendingReason.PAUSED: ("the run is paused", {}),
    PendingReason.BUDGET: ("the budget of the run is used up", {}),
    PendingReason.WAITING: ("waits for consent +1", {"tasks": ["consent", "jwks"], "phases": []}),
    PendingReason.BACKOFF: ("again in 18 s: exit 2", {"until": NOW + 18}),
    PendingReason.NO_WORKER: ("no worker for the role review", {}),
    PendingReason.SCOPE_BUSY: (
        "revoke works on src/auth/**",
        {"holder": "revoke", "wants": "src/auth/a", "holds": "src/auth/**"},
    ),
    PendingReason.LANE_LIMITED: ("", {"lane": "anthropic", "until": NOW + 108, "state": "limited"}),
    PendingReason.PROFILE_PAUSED: ("", {"lane": "codex", "until": NOW + 30}),
    PendingReason.WIP_LIMIT: ("the only seat that fits is busy", {"limit": "seats", "seats": 1}),
    PendingReason.READY: ("ready", {}),
}


def pending(reason: PendingReason, **values: Any) -> Card:
    """Return a card that is pending for this reason."""
    text, detail = _PENDING[reason]
    more: dict[str, Any] = {"note": "exit 2"} if reason is PendingReason.BACKOFF else {}
    more["unmet"] = 2 if reason is PendingReason.WAITING else 0
    more["pinned"] = "codex-1" if reason is PendingReason.WIP_LIMIT else ""
    return make_card(sample_row(**{**more, **values}), Reason(reason.value, text, detail))


_SEEN: Final = {
    Step.RUNNING: "edit src/auth/token_store.py +42 −7",
    Step.PREPARING: "npm ci",
    Step.CHECKING: "the gate",
}


def at_step(step: Step, *, heard: float = 3, says: str = "", **values: Any) -> Card:
    """Return a card in progress; something was heard of it some seconds ago."""
    row = sample_row(
        state=TaskState.IN_PROGRESS, step=step, step_at=NOW - 22, worker="codex-2", epoch=3
    )
    evidence = Evidence(says or _SEEN.get(step, step.value), NOW - heard, 3)
    row = evolve(row, since=NOW - 372, **values)
    return make_card(row, Reason(step.value, ""), Around(evidence=evidence))


def running(**values: Any) -> Card:
    """Return a card whose program runs."""
    return at_step(Step.RUNNING, **values)


def done(kind: DoneKind, **values: Any) -> Card:
    """Return a card that is done in this way."""
    notes = {DoneKind.SKIPPED: "skipped by root"}
    row = sample_row(
        state=TaskState.DONE, kind=kind, epoch=3, note=notes.get(kind, ""),
        result="Use argon2id.\nIt is slower.", **values,
    )  # fmt: skip
    attempt = None if kind is DoneKind.SKIPPED else last(outcome="succeeded")
    return make_card(row, Reason(kind.value, ""), Around(last=attempt))
