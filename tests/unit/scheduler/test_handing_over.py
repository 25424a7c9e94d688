"""What a task costs that only runs a command and reads: few requests, few threads, no git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.plans import parallel_plan
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.writer import Writer
from wf_tui.scheduler.scheduler import Scheduler
from wf_tui.scheduler.threads import Threads

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger

pytestmark = pytest.mark.usefixtures("legal")
CHAIN = parallel_plan(*(f'id: {name}, run: "true"' for name in "abc")).replace(
    "parallel: true", "parallel: false"
)


def spied(patch: pytest.MonkeyPatch, kind: type, method: str) -> list[str]:
    """Return a list that gets the name of what a method is called with, each time."""
    real, names = getattr(kind, method), list[str]()

    def spy(self: object, what: object, *words: Any, **named: Any) -> Any:
        names.append(getattr(what, "__qualname__", str(what)))
        return real(self, what, *words, **named)

    patch.setattr(kind, method, spy)
    return names


def test_a_command_asks_twice(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside its claim it records its start and its end; the rest goes with those."""
    asked = spied(monkeypatch, Writer, "post")
    assert harness.play(parallel_plan('id: a, run: "true"')) == "completed"
    own = [name.split(".")[1] for name in asked if name.startswith("ClaimRecord.")]
    assert own == ["started", "done"]
    (attempt,) = harness.attempts("a")
    assert (attempt.tree, attempt.base) == ("1", harness.row().base)
    steps = [event.data["step"] for event in harness.events("task_step")]
    assert steps == ["preparing", "running", "checking"]


def test_a_command_blocks_once(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread enters its tree and writes its files; what has nothing to do needs none."""
    harness.start(CHAIN, jobs=1)
    ran = spied(monkeypatch, Threads, "run")
    assert harness.lead() == "completed"
    assert [name for name in ran if name.startswith("Prepare.")] == 3 * [
        "Prepare.run.<locals>.enter"
    ]
    rooms = ("TranscriptFile.", "Check.", "JobMaker.", "kept_result", "with_proof", "missing_")
    assert [name for name in ran if name.startswith(rooms)] == []


def test_readers_hand_their_snapshot_over(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has waited for the last reader comes in before it leaves: it is filled once."""
    harness.start(CHAIN, jobs=1)
    filled = spied(monkeypatch, Pool, "acquire")
    given_back = spied(monkeypatch, Pool, "release")
    assert harness.lead() == "completed"
    assert (len(filled), len(given_back)) == (1, 1)
    assert {harness.attempts(name)[0].tree for name in "abc"} == {"1"}


def test_nobody_is_handed_what_a_reader_has_changed(harness: RunHarness) -> None:
    """Whoever waits for a reader finds the commit, and not what that one has written there."""
    look = "test ! -e left && touch left"
    plan = parallel_plan(*(f'id: {name}, run: "{look}"' for name in "abc"))
    harness.start(plan.replace("parallel: true", "parallel: false"), jobs=1)
    assert harness.lead() == "completed"
    told = [event.data.get("snapshot_changed") for event in harness.events("harvested")]
    assert told.count(["left"]) == 3


def test_the_next_claim_is_asked_for_with_the_end(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look for what an end makes ready is asked for before the writer has recorded that."""
    real, moments = Writer.post, list[str]()

    def post(self: Writer, rule: Callable[[Ledger], Any]) -> asyncio.Future[Any]:
        name = getattr(rule, "__qualname__", "of.others").split(".")[1]
        moments.append(name)
        answer = real(self, rule)
        answer.add_done_callback(lambda _: moments.append(f"{name} answered"))
        return answer

    asks = Scheduler._look_soon

    def look_soon(self: Scheduler) -> asyncio.Event:
        moments.append("asked")
        return asks(self)

    harness.start(CHAIN, jobs=1)
    monkeypatch.setattr(Writer, "post", post)
    monkeypatch.setattr(Scheduler, "_look_soon", look_soon)
    assert harness.lead() == "completed"
    ends = [number for number, moment in enumerate(moments) if moment == "done"]
    assert [moments[number + 1] for number in ends] == 3 * ["asked"]
