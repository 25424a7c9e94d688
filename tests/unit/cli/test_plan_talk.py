"""A person at the terminal and a plan: shown, edited, and agreed to or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.support.cli_harness import make_repository
from wf_tui.cli.plan_talk import Answer, settle_by_talk
from wf_tui.config import Config
from wf_tui.ledger.model.rows import EventRow
from wf_tui.planning.plan_draft import PlanDraft, Terms, draft_of
from wf_tui.planning.proposal import of_text
from wf_tui.planning.watch import is_shown
from wf_tui.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """\
goal: Ship it
gate: make test
phases:
  - name: build
    parallel: true
    tasks:
      - {id: a, mode: read_write, file_scope: [src], run: "make\\nmake install"}
      - {id: b, mode: read_write, file_scope: [src/b], run: make}
  - name: ship
    depends_on: [build]
    tasks: [{id: c, mode: read_write, run: make ship, review: true}]
"""


def event(what: str, **data: object) -> EventRow:
    """Return an event of a planning."""
    return EventRow(1, 0.0, "run", "plan", None, None, "wf", what, data)


def test_a_plan_that_waits_is_shown_as_no_trouble() -> None:
    """Neither as a block nor as a run that cannot go on; a failure of the planning is."""
    assert not is_shown(event("task_blocked", kind="review"))
    assert not is_shown(event("run_stalled", roots=["plan"]))
    assert not is_shown(event("worktree_kept", tree="1", reason="a task is blocked on it"))
    assert is_shown(event("task_blocked", kind="failed"))


@pytest.fixture
def draft(tmp_path: Path) -> PlanDraft:
    """Give a plan that a person has to decide on."""
    environ = {"WF_STATE_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"}
    project = find_project(make_repository(tmp_path / "repo"), environ)
    terms = Terms(project, Config(), {})
    draft = draft_of(terms, of_text(PLAN, terms.workers), "Ship it")
    draft.save(draft.proposal)
    return draft


def talk(draft: PlanDraft, *words: str) -> tuple[Answer, str]:
    """Return what a person decided who typed these lines, and what they were shown."""
    with CliRunner().isolation(input="\n".join(words) + "\n") as (_, err, _):
        answer = settle_by_talk(draft)
        return answer, err.getvalue().decode()


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, *scripts: str) -> None:
    """Let the editor be a script: the first for the first time, the last for all further ones."""
    steps = "".join(
        f"[ -e {folder}/{number} ] || {{ touch {folder}/{number}; {script}; exit; }}\n"
        for number, script in enumerate(scripts)
    )
    program = folder / "editor"
    program.write_text(f"#!/bin/sh\n{steps}")
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))
    monkeypatch.delenv("VISUAL", raising=False)


def test_every_command_is_shown_to_the_letter(draft: PlanDraft) -> None:
    """All lines of it, and what starts it; with waves, scopes, overlaps and who is asked."""
    shown = draft.lines()
    assert "  $ make" in shown
    assert "    make install" in shown
    assert "      (gate of a, gate of b, gate of c)" in shown
    assert "overlap: a and b may write the same files, and are done one after the other" in shown
    assert not [line for line in shown if "overlap" in line and " c " in line]
    assert "you are asked before the merge of: c" in shown
    assert "wave 2" in shown


def test_agreeing_and_declining(draft: PlanDraft) -> None:
    """What is none of the choices is asked again."""
    assert talk(draft, "what", "r")[0] is Answer.RUN
    assert talk(draft, "q")[0] is Answer.DECLINE
    assert draft.path.read_text() == PLAN
    assert draft.path.stat().st_mode & 0o777 == 0o600


def test_an_edit_with_errors_goes_back_to_the_editor(
    draft: PlanDraft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a plan without errors comes into the file, with the person's own words."""
    editor(
        tmp_path,
        monkeypatch,
        "sed -i s/goal:/gaol:/ $1",
        "sed -i 's/gaol: .*/goal: Mine # really/' $1",
    )
    answer, shown = talk(draft, "e", "y", "r")
    assert answer is Answer.RUN
    assert 'did you mean "goal"?' in shown
    assert "+goal: Mine # really" in shown
    assert draft.path.read_text() == PLAN.replace("Ship it", "Mine # really")
    assert [it.name for it in draft.path.parent.iterdir()] == [draft.path.name], "no copy is left"


@pytest.mark.parametrize("script", ["true", "exit 1", "sed -i s/goal:/gaol:/ $1"])
def test_an_edit_that_comes_to_nothing_leaves_the_plan(
    draft: PlanDraft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """Nothing changed, an editor that failed, errors that the person drops."""
    editor(tmp_path, monkeypatch, script)
    assert talk(draft, "e", "n", "q")[0] is Answer.DECLINE
    assert draft.path.read_text() == PLAN


def test_a_missing_editor_is_told(draft: PlanDraft, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the person is asked again."""
    monkeypatch.setenv("EDITOR", "/none/editor")
    monkeypatch.delenv("VISUAL", raising=False)
    answer, shown = talk(draft, "e", "q")
    assert answer is Answer.DECLINE
    assert "cannot start '/none/editor'" in shown
