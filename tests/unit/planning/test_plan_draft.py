"""A plan that a person decides on: what is told of it, its file, and how it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.plan_harness import plan_view
from wf_tui.planning.editing.edits import plan_values, set_seats
from wf_tui.planning.given_limits import GivenLimits, write_limits
from wf_tui.planning.kept_drafts import newest_draft
from wf_tui.planning.plan_draft import draft_of_kept

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


def test_every_command_is_shown_to_the_letter(tmp_path: Path) -> None:
    """All lines of it, and what starts it; with waves, scopes, overlaps and who is asked."""
    draft = plan_view(tmp_path, PLAN).draft
    assert draft is not None
    shown = draft.lines()
    assert "  $ make" in shown
    assert "    make install" in shown
    assert "      (gate of a, gate of b, gate of c)" in shown
    assert "overlap: a and b may write the same files, and are done one after the other" in shown
    assert not [line for line in shown if "overlap" in line and " c " in line]
    assert "you are asked before the merge of: c" in shown
    assert "wave 2" in shown


def test_what_was_given_is_in_the_plan(tmp_path: Path) -> None:
    """Seats and budget of the command line: in the list, in the file, in what is gone on with."""
    draft = plan_view(tmp_path, PLAN, limits=GivenLimits(6, ("3usd", "2Mtok"))).draft
    assert draft is not None
    assert (draft.outline.seats, draft.outline.dollars) == (6, 3.0)
    assert draft.beside == GivenLimits()
    kept = newest_draft(draft.terms.project.paths)
    assert kept is not None
    assert kept[1].text == draft.path.read_text() == draft.proposal.text
    values = plan_values(kept[1].text)
    assert values["max_concurrent"] == 6
    assert values["budget"] == {"max_cost_usd": 3, "max_tokens": 2_000_000}


def test_what_a_plan_cannot_say_counts_beside_it(tmp_path: Path) -> None:
    """More seats than one may have, until a key sets others; a tree; what is mended later."""
    view = plan_view(tmp_path, PLAN, limits=GivenLimits(64))
    draft = view.draft
    assert draft is not None
    draft.change(PLAN.replace("Ship it", "Ship"))
    assert (draft.outline.seats, draft.beside.jobs) == (64, 64)
    draft.change(set_seats(draft.proposal.text, 20), "jobs")
    assert (draft.outline.seats, draft.beside.jobs) == (20, None)
    given = GivenLimits(6, ("3usd",))
    tree = "goal: x\nnodes:\n  - {type: leaf, id: a, run: make, mode: read_write}\n"
    assert write_limits(tree, given) == (tree, given)
    text, left = write_limits("goal: [", given)
    assert write_limits(PLAN, left) == write_limits(PLAN, given) != (text, left)


def test_a_change_is_kept_and_only_a_good_plan_is_in_the_file(tmp_path: Path) -> None:
    """What has faults is in the draft alone; both are the person's own."""
    view = plan_view(tmp_path, PLAN)
    draft, paths = view.draft, view.terms.project.paths
    assert draft is not None
    good = PLAN.replace("Ship it", "Mine # really")
    draft.change(good)
    draft.change(good.replace("goal:", "gaol:"))
    assert draft.path.read_text() == good
    assert draft.path.stat().st_mode & 0o777 == 0o600
    found = newest_draft(paths)
    assert found is not None
    assert "gaol:" in found[1].text
    again = draft_of_kept(view.terms, found[1])
    assert (again.path, again.goal, again.proposal.valid) == (draft.path, "Ship it", False)
    again.change(PLAN)
    assert draft.path.read_text() == PLAN
    again.forget()
    assert newest_draft(paths) is None
