"""The form for a task of a plan: a new one, or one that is there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.forms.form_validation import FormFacts, split_names
from wf_tui.board.forms.task_forms import PLAN_FIELDS, TaskForm
from wf_tui.plan.choices import Mode
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.forms.form_validation import Values
    from wf_tui.planning.editing.outline import Outline, OutlinedTask

__all__ = ["PlanTask", "PlanTaskForm"]

_TITLE: Final = 48
_LISTS: Final = {"needs": "depends_on_results", "scope": "file_scope"}
_WORDS: Final = {
    **{name: name for name in ("title", "prompt", "gate", "mode")},
    "command": "run",
    "role": "agent_type",
}
_NUMBERS: Final = ("max_attempts", "timeout_secs")


@dataclass(frozen=True)
class PlanTask:
    """What a form comes to."""

    values: Mapping[str, object]
    """The keys of the plan that are other than before; None for one that goes."""
    phase: str = ""
    """Where a new task goes."""


class PlanTaskForm(TaskForm[PlanTask]):
    """Asks what a task of a plan is; without a task for a new one, in `phase`."""

    def __init__(self, outline: Outline, task: OutlinedTask | None, phase: str = "") -> None:
        phases = tuple(one.name for one in outline.phases)
        facts = FormFacts(tuple(one.id for one in outline.tasks), phases, planned=True)
        start = {"phase": phase} if task is None else _values(task)
        fields = [one for one in PLAN_FIELDS if task is None or one.name != "phase"]
        name = clean(task.name, limit=_TITLE) if task else ""
        super().__init__(f"Edit “{name}”" if task else "New task", fields, facts, start)
        self._is_new = task is None

    def result(self) -> PlanTask:
        """Return the keys that differ."""
        texts = {name: text.strip() for name, text in self.values.items()}
        phase = texts.pop("phase", "")
        before = {name: text.strip() for name, text in self._start.items()}
        changed = {name: text for name, text in texts.items() if text != before[name]}
        values = {key: value for name, text in changed.items() for key, value in _keys(name, text)}
        if self._is_new:
            values = {key: value for key, value in values.items() if value is not None}
            if not values.get("prompt") and not values.get("run"):
                values["prompt"] = texts["title"]
        if values.get("file_scope") and not texts["mode"]:
            values["mode"] = Mode.READ_WRITE.value
        return PlanTask(values, phase)


def _keys(name: str, text: str) -> list[tuple[str, object]]:
    """Return what a field means to a plan."""
    if name in _LISTS:
        return [(_LISTS[name], [*split_names(text)] or None)]
    if name in _NUMBERS:
        return [(name, int(float(text)) if text else None)]
    return [(_WORDS[name], text or None)]


def _values(task: OutlinedTask) -> Values:
    return {
        "title": task.title,
        "prompt": task.prompt,
        "command": clean(task.command, limit=len(task.command) + 1),
        "gate": clean(task.gate, limit=len(task.gate) + 1),
        "needs": ", ".join(task.needs),
        "scope": ", ".join(task.scope),
        "role": task.role,
        "mode": task.mode,
        "max_attempts": task.max_attempts,
        "timeout_secs": task.timeout_secs,
    }
