"""The plan screen: each key makes another plan, and nothing runs before a person agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.support.plan_harness import PLAN, PlanHarness, plan_view
from wf_tui.board.dialogs.choice_dialog import ChoiceDialog
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.dialogs.menu_dialog import MenuDialog
from wf_tui.board.plan.plan_form import PlanTaskForm
from wf_tui.board.plan.plan_view import Decision
from wf_tui.planning.editing.edits import plan_values
from wf_tui.planning.given_limits import GivenLimits
from wf_tui.planning.kept_drafts import newest_draft

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.board.plan.plan_view import PlanView


def kept(view: PlanView) -> str:
    """Return what `--resume` would go on with; "" for nothing."""
    found = newest_draft(view.terms.project.paths)
    return found[1].text if found else ""


async def test_a_task_is_edited_reviewed_and_given_to_a_worker(tmp_path: Path) -> None:
    """`e v a`; each change is kept at once, and what was written beside it stays."""
    view = plan_view(tmp_path)
    async with PlanHarness.begin(view) as plan:
        assert kept(view) == ""
        await plan.press("e")
        assert isinstance(plan.app.screen, PlanTaskForm)
        plan.app.screen.query_one("#field-title", Input).value = "Make all of it"
        plan.app.screen.query_one("#field-scope", Input).value = "src, docs"
        await plan.press("ctrl+s")
        assert plan.task("a")["title"] == "Make all of it"
        assert plan.task("a")["file_scope"] == ["src", "docs"]
        assert kept(view) == plan.text
        await plan.press("v")
        assert plan.task("a")["review"] is True
        await plan.press("v")
        assert "review" not in plan.task("a")
        await plan.press("a")
        assert isinstance(plan.app.screen, ChoiceDialog)
        await plan.pilot.pause()
        await plan.press(*"shell", "enter")
        assert plan.task("a")["worker"] == "shell"
        assert "# by hand" in plan.text
        assert plan.screen.plan_list.chosen_task is not None
        assert plan.screen.plan_list.chosen_task.id == "a"


async def test_tasks_are_added_and_dropped(tmp_path: Path) -> None:
    """`n` below the selected one; `x` asks, since nothing brings it back."""
    async with PlanHarness.begin(plan_view(tmp_path)) as plan:
        await plan.press("n")
        form = plan.app.screen
        assert form.query_one("#field-phase", Input).value == "build"
        form.query_one("#field-title", Input).value = "Write docs"
        form.query_one("#field-command", Input).value = "make docs"
        form.query_one("#field-scope", Input).value = "docs"
        await plan.press("ctrl+s")
        assert plan.task("write-docs") == {
            "id": "write-docs",
            "title": "Write docs",
            "run": "make docs",
            "file_scope": ["docs"],
            "mode": "read_write",
        }
        assert [task.id for task in plan.screen.outline.tasks] == ["a", "write-docs", "b", "c"]
        assert plan.screen.plan_list.chosen_task == plan.screen.outline.task("write-docs")
        await plan.press("j", "x")
        assert isinstance(plan.app.screen, ConfirmDialog)
        await plan.press("enter")
        assert plan.screen.outline.task("b") is not None
        await plan.press("x", "y")
        assert plan.screen.outline.task("b") is None
        assert "depends_on_results" not in plan.task("c")


async def test_seats_and_budget_are_set(tmp_path: Path) -> None:
    """`+ - $`, and where no key of the two was pressed, a number is asked for."""
    view = plan_view(tmp_path)
    async with PlanHarness.begin(view) as plan:
        await plan.pilot.press("+", "+", "-")  # at once, as a terminal may send them
        await plan.rest()
        assert plan_values(plan.text)["max_concurrent"] == 5
        await plan.press("$", *"2.5", "enter")
        assert plan_values(plan.text)["budget"] == {"max_cost_usd": 2.5}
        await plan.press("$", *"lots", "enter")
        assert "is no amount" in plan.app.told[-1]
        plan.app.perform("plan.seats")
        await plan.rest()
        await plan.press(*"21", "enter")
        assert "1 to 20" in plan.app.told[-1]


async def test_keys_begin_with_what_was_given(tmp_path: Path) -> None:
    """`+` adds to the seats of `--jobs`, also to more than a plan may have; a shape keeps both."""
    view = plan_view(tmp_path, limits=GivenLimits(6, ("3usd",)))
    async with PlanHarness.begin(view) as plan:
        assert any("6 seats" in line for line in plan.lines())
        await plan.press("+")
        assert plan_values(plan.text)["max_concurrent"] == 7
        await plan.press("s", "enter", *"a,b", "enter", "y")
        assert plan_values(plan.text)["max_concurrent"] == 7
        assert plan_values(plan.text)["budget"] == {"max_cost_usd": 3}


async def test_a_plan_runs_once_its_person_has_seen_what_is_new(tmp_path: Path) -> None:
    """Commands that no run had are asked about, with uncommitted files; No is first."""
    view = plan_view(tmp_path)
    (tmp_path / "repo" / "new.txt").touch()
    async with PlanHarness.begin(view) as plan:
        await plan.press("ctrl+s")
        await plan.settle()
        dialog = plan.app.screen
        assert isinstance(dialog, ConfirmDialog)
        shown = "\n".join(plan.lines())
        assert "$ make test" in shown
        assert "1 new file is not in the run" in shown
        await plan.press("enter")
        assert view.decision is None
        await plan.press("ctrl+s")
        await plan.settle()
        await plan.press("y")
    assert view.decision is Decision.RUN


async def test_what_is_wrong_is_gone_to_first(tmp_path: Path) -> None:
    """A plan with faults is listed with them, and `Ctrl+S` goes to the first."""
    view = plan_view(tmp_path, PLAN.replace("depends_on_results: [b]", "depends_on_results: [z]"))
    async with PlanHarness.begin(view) as plan:
        assert any("1 error" in line for line in plan.lines())
        await plan.press("ctrl+s")
        await plan.settle()
        task = plan.screen.plan_list.chosen_task
        assert task is not None
        assert task.id == "c"
        assert '"z"' in plan.app.told[-1]
        await plan.press("e")
        plan.app.screen.query_one("#field-needs", Input).value = "a"
        await plan.press("ctrl+s")
        await plan.settle()
        assert not plan.screen.found or not plan.screen.found.errors
    assert view.decision is None


async def test_the_file_is_edited_also_into_one_with_faults(tmp_path: Path) -> None:
    """`E` takes whatever was written: its faults are shown, and `E` mends it."""
    view = plan_view(tmp_path)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "goal: [" > "$1"\n')
    editor.chmod(0o755)
    async with PlanHarness.begin(view) as plan:
        plan.app.environ = {**plan.app.environ, "EDITOR": str(editor)}
        await plan.press("E")
        await plan.settle()
        assert plan.text == "goal: ["
        assert kept(view) == plan.text
        assert plan.screen.found is not None
        assert plan.screen.found.errors
        plan.app.environ = {**plan.app.environ, "EDITOR": "false"}
        await plan.press("E")
        assert plan.app.told == ["nothing was changed"]
        assert plan.text == "goal: ["


async def test_a_shape_is_taken_where_nobody_plans(tmp_path: Path) -> None:
    """Without a planner the screen says what helps; `s` asks for a shape and its items."""
    view = plan_view(tmp_path, "")
    view.why_no_planner = "no profile takes prompts"
    async with PlanHarness.begin(view) as plan:
        assert any("no profile takes prompts" in line for line in plan.lines())
        await plan.press("ctrl+s")
        assert "no tasks" in plan.app.told[-1]
        await plan.press("i", *"more", "enter")
        await plan.rest()
        assert "no profile takes prompts" in plan.app.told[-1]
        await plan.press("s", "enter", *"one, two", "enter")
        assert len(plan.screen.outline.tasks) >= 2
        await plan.press("escape")
    assert view.decision is Decision.LEAVE
    assert kept(view) == view.text


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
async def test_both_sides_are_reached_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    """Below 107 columns `Tab` shows the other one; `z` folds, and the cursor stays."""
    async with PlanHarness.begin(plan_view(tmp_path), size, ascii=True) as plan:
        assert all(line.isascii() for line in plan.lines())
        assert any("Make it" in line for line in plan.lines())
        await plan.press("tab")
        assert any("whoever takes general" in line or "shell" in line for line in plan.lines())
        await plan.press("j", "G", "escape")
        assert plan.app.focused is plan.screen.plan_list
        await plan.press("z")
        assert any("+ build 2 tasks" in line for line in plan.lines())
        assert plan.screen.plan_list.chosen_task is None
        await plan.press("e")
        assert plan.app.told[-1] == "e: no task is selected"
        await plan.press("enter", "Z", "Z", "g")
        assert plan.screen.plan_list.chosen_phase == plan.screen.outline.phases[0]


async def test_help_menu_and_palette_list_the_keys(tmp_path: Path) -> None:
    """All that can be done with a plan, and nothing of a board."""
    view = plan_view(tmp_path)
    async with PlanHarness.begin(view) as plan:
        await plan.press("?")
        assert isinstance(plan.app.screen, HelpScreen)
        assert any("Accept and run" in line for line in plan.lines())
        await plan.press("escape", "full_stop")
        assert isinstance(plan.app.screen, MenuDialog)
        assert any("ctrl+s" in line for line in plan.lines())
        await plan.press("escape", "ctrl+p", *"drop")
        await plan.pilot.pause(0.1)
        assert any("Drop" in line for line in plan.lines())
        assert not any("Retry" in line for line in plan.lines())
        await plan.press("escape", "escape")
    assert view.decision is Decision.LEAVE


async def test_a_tree_is_shown_and_edited_as_a_file(tmp_path: Path) -> None:
    """Its tasks are made of nodes; a key says so."""
    tree = "goal: x\nnodes:\n  - {type: leaf, id: a, run: make, mode: read_write}\n"
    async with PlanHarness.begin(plan_view(tmp_path, tree)) as plan:
        await plan.press("v")
        if plan.screen.outline.tasks:
            assert "E opens the file" in plan.app.told[-1]
        assert plan.text == tree


async def test_nothing_is_drawn_on_screens_that_are_taken_down(tmp_path: Path) -> None:
    """A beat that comes while the application ends finds no list any more, and needs none."""
    async with PlanHarness.begin(plan_view(tmp_path)) as harness:
        app = harness.app
        app._running = False  # as the application does before it takes its screens down
        await harness.screen.query("*").remove()
        app.beat()
        app.show_toast("ended")
