"""The forms of `n` and `e`: they check while one types, and cannot be sent with a fault in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, TextArea

from wf_tui import commands
from wf_tui.board.forms import form_validation
from wf_tui.board.forms.form_validation import FormFacts
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MoveResult
from wf_tui.plan.choices import Takes
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["PLAN_FIELDS", "EditForm", "Filled", "NewForm", "TaskForm", "add", "read_facts"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Filled:
    """A new task, and the phase it is to join."""

    task: NewTask
    phase: str | None


@dataclass(frozen=True)
class _Field:
    """One field: its name, what stands before it and, while it is empty, in it."""

    name: str
    label: str
    hint: str = ""
    choices: Sequence[str] = ()


_TITLE: Final = _Field("title", "Title", "what is to be done, in a few words")
_PROMPT: Final = _Field("prompt", "Prompt")
_COMMAND: Final = _Field("command", "Command", "a shell command that does it")
_SCOPE: Final = _Field("scope", "Scope", "paths it may change, separated by commas")
_ROLE: Final = _Field("role", "Role", ", ".join(form_validation.ROLES), form_validation.ROLES)
_LONGEST_TITLE: Final = 48
"""Cells of a title in the head of a form."""
_NEEDS: Final = _Field("needs", "Needs", "tasks whose results it needs, separated by commas")
_MODE: Final = _Field(
    "mode", "Mode", "read_write with a scope, else read_only", form_validation.MODES
)
_GATE: Final = _Field("gate", "Gate", "a command that has to pass before it is done")
_LIMITS: Final = (
    _Field("max_attempts", "Attempts", "how many failures it may have"),
    _Field("timeout_secs", "Time limit", "seconds; nothing for none"),
)
_NEW: Final = (
    _TITLE,
    _PROMPT,
    _COMMAND,
    _NEEDS,
    _SCOPE,
    _ROLE,
    _MODE,
    _Field("isolation", "Isolation", "auto, shared or worktree", form_validation.ISOLATIONS),
    _Field("phase", "Phase", "else one that nothing waits for"),
)
_EDIT: Final = (_TITLE, _PROMPT, _COMMAND, _GATE, _SCOPE, _ROLE, *_LIMITS)
PLAN_FIELDS: Final = (
    *(_TITLE, _PROMPT, _COMMAND, _GATE, _NEEDS, _SCOPE, _ROLE, _MODE, *_LIMITS),
    _Field("phase", "Phase", "which phase of the plan it joins; another word makes one"),
)
"""The fields of a task of a plan that does not run yet."""


class TaskForm(ModalScreen[_T | None], Generic[_T]):
    """Fields below each other, under each the fault it has now.

    It gives back what a subclass makes of the fields, or None where the person goes back. The facts
    are of when it was opened; what has changed since is found by the ledger, which checks again.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+s", "send", "Send", priority=True),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Leave it as it was. |
    | ctrl+s | Send the form, or go to the first field that is wrong. |
    | tab, enter in a line | Go to the next field. |
    """
    DEFAULT_CSS = """
    TaskForm {
        align: center middle;
        VerticalScroll {
            width: 90; max-width: 96%; height: auto; max-height: 96%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        Horizontal { height: auto; }
        .label { width: 12; color: $wf-muted; }
        Input { width: 1fr; background: $boost; }
        TextArea { width: 1fr; height: 5; border: none; padding: 0; background: $boost; }
        .fault { display: none; margin-left: 12; width: 1fr; color: $text-error; }
        .fault.-wrong { display: block; }
        .keys { color: $wf-muted; margin-top: 1; }
    }
    """

    def __init__(
        self, title: str, fields: Sequence[_Field], facts: FormFacts, values: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._title = clean(title, limit=80)
        self._fields = fields
        self._facts = facts
        self._start = {field.name: values.get(field.name, "") for field in fields}

    def compose(self) -> ComposeResult:
        """Draw the fields."""
        with VerticalScroll(can_focus=False) as page:
            page.border_title = Content(self._title)
            for field in self._fields:
                with Horizontal():
                    yield Label(field.label, classes="label")
                    name, start = f"field-{field.name}", self._start[field.name]
                    if field is _PROMPT:
                        # Tab has to leave it like any other field, not to indent.
                        yield TextArea(
                            start, id=name, tab_behavior="focus", soft_wrap=True, compact=True
                        )
                    else:
                        suggester = SuggestFromList(field.choices) if field.choices else None
                        yield Input(
                            start,
                            placeholder=field.hint,
                            id=name,
                            suggester=suggester,
                            compact=True,
                        )
                yield Label("", id=f"fault-{field.name}", classes="fault", markup=False)
            yield Label("Ctrl+S sends it  Enter, Tab next field  Esc leaves it", classes="keys")

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields now."""
        found: dict[str, str] = {}
        for field in self._fields:
            box = self.query_one(f"#field-{field.name}")
            if isinstance(box, TextArea):
                found[field.name] = box.text
            elif isinstance(box, Input):
                found[field.name] = box.value
        return found

    def check(self) -> Mapping[str, str]:
        """Show the problems there are now, and return them by field; it reads no ledger."""
        found = form_validation.find_problems(self.values, self._facts, self._start)
        for field in self._fields:
            label = self.query_one(f"#fault-{field.name}", Label)
            wrong = found.get(field.name, "")
            label.set_class(bool(wrong), "-wrong")
            label.update(Content(clean(wrong, limit=200)))
        return found

    @on(Input.Changed)
    @on(TextArea.Changed)
    def check_typed(self) -> None:
        """Show at each key what is wrong now."""
        self.check()

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go to the next field; from the last one the form is sent."""
        if event.input.id == f"field-{self._fields[-1].name}":
            self.action_send()
        else:
            self.focus_next()

    def action_send(self) -> None:
        """Give the form back, or go to the first field that is wrong."""
        found = self.check()
        if not found:
            self.dismiss(self.result())
            return
        first = next(field.name for field in self._fields if field.name in found)
        self.query_one(f"#field-{first}").focus()

    def result(self) -> _T:
        """Return what a form without problems comes to."""
        raise NotImplementedError


class NewForm(TaskForm[Filled]):
    """Asks for a new task."""

    def __init__(self, facts: FormFacts) -> None:
        super().__init__("New task", _NEW, facts, {})

    def result(self) -> Filled:
        """Return the task, and the phase it joins."""
        return Filled(*form_validation.new_task(self.values))


class EditForm(TaskForm[dict[str, object]]):
    """Asks what a task is to ask for from now on."""

    def __init__(self, facts: FormFacts) -> None:
        if facts.task is None:
            raise ValueError("there is no task to edit")
        title = clean(facts.task.title.strip() or facts.task.id, limit=_LONGEST_TITLE)
        start = form_validation.initial_values(facts.task)
        super().__init__(f"Edit “{title}”", _EDIT, facts, start)

    def result(self) -> dict[str, object]:
        """Return the fields that differ; none where nothing does."""
        return form_validation.changed_fields(self.values, self._start)


def read_facts(db: Database, *, run: str, task: str | None) -> FormFacts:
    """Read what a form has to know: for a change the task, for a new one None.

    The handler calls it through `ActionHost.read`, on a thread.
    """
    seats = reads.workers(db, run)
    ids = db.execute("SELECT id FROM task WHERE run = :run ORDER BY ordinal", {"run": run})
    return FormFacts(
        tasks=tuple(str(row[0]) for row in ids),
        phases=tuple(phase.name for phase in reads.phases(db, run)),
        task=None if task is None else reads.task(db, run, task),
        # Of a run that nobody has led yet nothing is known.
        commands_only=task is None
        and bool(seats)
        and not any(seat.takes is Takes.PROMPT for seat in seats),
    )


def add(
    project: Project, ledger: Ledger, run: str, task: NewTask, phase: str | None
) -> list[MoveResult]:
    """Add a task to a phase, or to one that the ledger chooses, as an act for `ActionHost.do`.

    The answer is that of any act on a task, so that it is shown in the same words.
    """
    row = commands.add(project, ledger, run, task, phase)
    return [MoveResult.of(row)]
