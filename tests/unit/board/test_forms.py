"""The forms check while one types, and send only what is right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Label, TextArea

from tests.support.board_harness import board
from tests.support.ledger_harness import shell
from wf_tui.board.forms.form_validation import FormFacts, changed_fields, find_problems, new_task
from wf_tui.board.forms.task_forms import EditForm, NewForm
from wf_tui.ledger.model.rows import Spec

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.board_harness import BoardHarness

FACTS = FormFacts(tasks=("login-form", "scan-auth"), phases=("build", "ship"))
EMPTY = dict.fromkeys(
    ("title", "prompt", "command", "needs", "scope", "role", "mode", "isolation", "phase"), ""
)
GOOD = {**EMPTY, "title": "Do it"}


def put(hand: BoardHarness, name: str, text: str) -> None:
    """Put a text into a field."""
    box = hand.app.screen.query_one(f"#field-{name}")
    if isinstance(box, TextArea):
        box.text = text
    else:
        assert isinstance(box, Input)
        box.value = text


def fault(hand: BoardHarness, name: str) -> str:
    """Return the fault that is shown under a field."""
    label = hand.app.screen.query_one(f"#fault-{name}", Label)
    return str(label.visual) if label.has_class("-wrong") else ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("title", " ", "say in a few words what is to be done"),
        ("needs", "scan-auth, logn-form", "no task 'logn-form'; 'login-form'?"),
        ("needs", "log", "no task 'log'; 'login-form'?"),
        ("needs", "zzz", "no task 'zzz'"),
        ("phase", "bulid", "no phase 'bulid'; 'build'?"),
        ("scope", "src, ../up", "'../up' "),
        ("scope", "/etc", "'/etc' "),
        ("role", "implment", "one of general, explore, planner, review, implement, test"),
        ("mode", "write", "one of read_only, read_write"),
        ("isolation", "tree", "one of auto, shared, worktree"),
    ],
)
def test_a_wrong_field_is_told(name: str, text: str, said: str) -> None:
    """Each field says what is wrong with it, and the nearest right word."""
    found = find_problems({**GOOD, name: text}, FACTS, {})
    assert list(found) == [name]
    assert found[name].startswith(said)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("max_attempts", "0", "a whole number, 1 or more"),
        ("max_attempts", "two", "a whole number, 1 or more"),
        ("timeout_secs", "-1", "0 or more seconds"),
        ("timeout_secs", "nan", "0 or more seconds"),
        ("timeout_secs", "soon", "a number of seconds; nothing for no limit"),
    ],
)
def test_a_wrong_number_is_told(name: str, text: str, said: str) -> None:
    """Numbers are checked as the ledger takes them."""
    assert find_problems({**GOOD, name: text}, FACTS, {}) == {name: said}


def test_a_scope_that_keeps_nothing_is_told() -> None:
    """A read-only task with a scope would lose its changes."""
    found = find_problems({**GOOD, "scope": "src", "mode": "read_only"}, FACTS, {})
    assert found == {"mode": "its changes will not be kept; read_write keeps them"}


def test_a_good_form_is_a_task() -> None:
    """What is left out gets the default; a scope makes it a writing task."""
    task, phase = new_task(
        {**GOOD, "scope": "src/a, src/b,", "needs": "scan-auth,scan-auth", "phase": "build"}
    )
    assert task.spec == Spec(prompt="Do it", needs=("scan-auth",))
    assert (task.mode, task.scope, task.role) == ("read_write", ("src/a", "src/b"), "general")
    assert phase == "build"


def test_a_command_needs_no_prompt() -> None:
    """A task with a command is a shell task."""
    task, phase = new_task({**GOOD, "command": "make", "isolation": "shared"})
    assert task.spec == Spec(command="make")
    assert (task.mode, task.isolation, phase) == ("read_only", "shared", None)


def test_only_what_differs_is_changed() -> None:
    """An untouched field is not sent; an emptied one is taken away."""
    before = {"title": "t", "command": "make", "gate": "g", "max_attempts": "3", "scope": "a"}
    after = {**before, "command": " ", "max_attempts": "5", "scope": "a, b"}
    changed = changed_fields(after, before)
    assert changed == {"command": None, "max_attempts": 5, "scope": ("a", "b")}


@pytest.mark.parametrize(("text", "value"), [("", None), ("0", None), ("2.5", 2.5)])
def test_a_time_limit_of_nothing_is_none(text: str, value: float | None) -> None:
    """No seconds and nothing typed both take the limit away."""
    assert changed_fields({"timeout_secs": text}, {"timeout_secs": "9"}) == {"timeout_secs": value}


# -- on the board


async def test_n_adds_a_task(tmp_path: Path) -> None:
    """A filled form is one `add` of this person."""
    async with board(tmp_path, "a") as hand:
        await hand.press("n")
        await hand.type("Write docs")
        put(hand, "scope", "docs")
        put(hand, "needs", "a")
        put(hand, "command", "make docs")
        await hand.press("ctrl+s")
        assert hand.acts == [("task_added", "write-docs")]
        row = hand.drive.task("write-docs")
        assert row.title == "Write docs"
        assert (row.scope, row.spec.needs, row.writes) == (("docs",), ("a",), True)
        assert hand.told == ["added “Write docs”"]
        assert hand.app.selected == "write-docs"


async def test_a_form_with_a_fault_is_not_sent(tmp_path: Path) -> None:
    """The fault is shown while typing, and sending goes to its field."""
    async with board(tmp_path, "login-form") as hand:
        await hand.press("n")
        await hand.type("x")
        put(hand, "command", "true")
        put(hand, "needs", "logn-form")
        await hand.pilot.pause()
        assert fault(hand, "needs") == "no task 'logn-form'; 'login-form'?"
        await hand.press("ctrl+s")
        form = hand.app.screen
        assert isinstance(form, NewForm)
        assert form.focused is form.query_one("#field-needs")
        put(hand, "needs", "login-form")
        await hand.pilot.pause()
        assert not fault(hand, "needs")
        await hand.press("escape")
        assert hand.acts == []


async def test_a_form_asks_for_what_is_missing_only_when_sent_or_typed(tmp_path: Path) -> None:
    """A fresh form is not red all over; Enter goes on; without agents a command is needed."""
    async with board(tmp_path, "a") as hand:
        await hand.press("n")
        assert not fault(hand, "title")
        await hand.press("enter")
        form = hand.app.screen
        assert form.focused is form.query_one("#field-prompt")
        await hand.press("ctrl+s")
        assert fault(hand, "title")
        assert "takes a prompt" in fault(hand, "command")


async def test_e_changes_only_what_was_changed(tmp_path: Path) -> None:
    """The form holds what the task asks for; one changed field is one field of the event."""
    async with board(tmp_path, "a", "b") as hand:
        await hand.select("a")
        await hand.press("e")
        form = hand.app.screen
        assert isinstance(form, EditForm)
        assert form.values["command"] == "true"
        put(hand, "max_attempts", "4")
        await hand.press("ctrl+s")
        assert hand.acts == [("task_edited", "a")]
        edited = hand.drive.events("task_edited")[0]
        assert edited.data["fields"] == {"max_attempts": 4}


async def test_an_unchanged_form_does_nothing(tmp_path: Path) -> None:
    """Sending a form as it was is no command."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("e", "ctrl+s")
        assert hand.acts == []


async def test_what_was_wrong_before_is_left(tmp_path: Path) -> None:
    """A title that was empty already does not keep another field from being changed."""
    async with board(tmp_path, shell("a", title="")) as hand:
        await hand.select("a")
        await hand.press("e")
        put(hand, "gate", "make test")
        await hand.press("ctrl+s")
        assert hand.acts == [("task_edited", "a")]


async def test_a_task_without_anything_to_do_is_not_sent(tmp_path: Path) -> None:
    """A prompt or a command has to be left."""
    async with board(tmp_path, "a") as hand:
        await hand.select("a")
        await hand.press("e")
        put(hand, "command", "")
        await hand.pilot.pause()
        assert fault(hand, "prompt") == "say what it is to do, or give a command"


async def test_a_form_shows_no_escapes(tmp_path: Path) -> None:
    """A prompt of a plan cannot act from within a form, and is not changed by being looked at."""
    nasty = shell("a", title="t[red]\x1b[2J", spec=Spec(prompt="one\n\x1b]52;c;x\x07two"))
    async with board(tmp_path, replace(nasty)) as hand:
        await hand.select("a")
        await hand.press("e")
        form = hand.app.screen
        assert isinstance(form, EditForm)
        assert (form.values["title"], form.values["prompt"]) == ("t[red]", "one\ntwo")
        await hand.press("ctrl+s")
        assert hand.acts == []
