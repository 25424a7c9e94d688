"""What a person does not allow an agent over ACP, through a whole run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.acp_harness import AGENT, permission
from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from wf_tui.config import Profile, Timing
from wf_tui.ledger.rules.moves import ANSWER

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.model.rows import EventRow

RUNS = {"kind": "execute", "title": "make deploy", "rawInput": {"command": "make deploy"}}


def asked(event: EventRow) -> bool:
    """Whether an event says that the task asks."""
    return event.kind == "question_asked"


def harness_of(folder: Path, *turns: list[Any], **more: object) -> RunHarness:
    """Return a repository with one seat, whose agent plays these turns in every attempt."""
    script = folder / "script.json"
    script.write_text(json.dumps({"turns": turns}), "utf-8")
    fields = {"kind": "acp", "command": [*AGENT, str(script)], "seats": 1, **more}
    return RunHarness(folder, Timing(grace=0.5), {"one": Profile.model_validate(fields)})


PLAN = parallel_plan('id: a, mode: read_write, max_attempts: 2, prompt: "deploy it"')


@pytest.mark.slow
def test_a_person_rejects(tmp_path: Path) -> None:
    """The agent hears that it may not, and goes on without."""
    turn = [["edit", "a.txt", "x"], permission(RUNS, "allow_once", "reject_once"), ["say", "."]]
    harness = harness_of(tmp_path, turn)
    harness.start(PLAN)
    harness.when(asked, lambda ledger: ledger.move(harness.run, ANSWER, ["a"], option="option-2"))
    assert harness.lead() == "completed"
    assert "[reject_once!]" in (harness.task("a").result or "")
    assert violations(harness) == set()
