"""What is wrong with what was typed into a form, while it is typed; and what it comes to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import nearest
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.plan.choices import Isolation, Mode
from wf_tui.plan.scopes import problem
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from wf_tui.ledger.model.rows import TaskRow

__all__ = [
    "ISOLATIONS",
    "MODES",
    "ROLES",
    "FormFacts",
    "changed_fields",
    "find_problems",
    "initial_values",
    "new_task",
]

READS: Final = Mode.READ_ONLY
MODES: Final = (READS, Mode.READ_WRITE)
ROLES: Final = ("general", "explore", "planner", "review", "implement", "test")
ISOLATIONS: Final = ("auto", "shared", "worktree")
_LONGEST: Final = 200_000

Values = dict[str, str]
"""What stands in a form, by the name of the field."""


@dataclass(frozen=True)
class FormFacts:
    """What a form has to know: which tasks and phases there are, and the task that is edited."""

    tasks: tuple[str, ...]
    phases: tuple[str, ...]
    task: TaskRow | None = None
    commands_only: bool = False
    """Whether no seat of the run takes a prompt: a task without a command would wait for ever."""
    planned: bool = False
    """Whether the task is one of a plan: what it holds was judged with all of it, and will be."""

    @property
    def keeps(self) -> bool:
        """Whether a field may stay as it was."""
        return self.task is not None or self.planned


def find_problems(values: Values, facts: FormFacts, before: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each field that cannot stay as it is; the form calls it at each key.

    What an edited task held `before` and still holds is left as it is: a plan may have given it
    what a form would not take.
    """
    found = {}
    for name, value in values.items():
        text = value.strip()
        untouched = facts.keeps and text == before[name].strip()
        problem_found = "" if untouched else _CHECKS[name](text, facts)
        if problem_found:
            found[name] = problem_found
    if "scope" in values and values["scope"].strip() and values.get("mode") == READS:
        found.setdefault("mode", f"its changes will not be kept; {Mode.READ_WRITE} keeps them")
    if facts.commands_only and not values["command"].strip():
        found.setdefault("command", "no worker of this run takes a prompt: give it a command")
    if facts.task is not None and not (values["prompt"].strip() or values["command"].strip()):
        found.setdefault("prompt", "say what it is to do, or give a command")
    return found


def new_task(values: Values) -> tuple[NewTask, str | None]:
    """Return the task of a form without problems, and the phase it joins.

    The id stays empty: the ledger makes one of the title. Without prompt and command the title is
    the prompt, and a scope means that the task writes.
    """
    text = {name: value.strip() for name, value in values.items()}
    scope = split_names(text["scope"])
    prompt, command = text["prompt"], text["command"] or None
    if not prompt and command is None:
        prompt = text["title"]
    spec = Spec(prompt=prompt, command=command, needs=split_names(text["needs"]))
    task = NewTask(
        id="",
        title=text["title"],
        spec=spec,
        mode=Mode(text["mode"] or (Mode.READ_WRITE if scope else READS)),
        isolation=Isolation(text["isolation"] or ISOLATIONS[0]),
        role=text["role"] or ROLES[0],
        scope=scope,
    )
    return task, text["phase"] or None


def initial_values(task: TaskRow) -> Values:
    """Return what the fields of an edited task hold at the start; all of it safe to draw."""
    spec = task.spec
    texts = {
        "title": task.title,
        "prompt": spec.prompt,
        "command": spec.command or "",
        "gate": spec.gate or "",
        "scope": ", ".join(task.scope),
        "role": task.role,
        "max_attempts": str(task.max_attempts),
        "timeout_secs": "" if spec.timeout_secs is None else f"{spec.timeout_secs:g}",
    }
    return {
        name: clean(text, limit=_LONGEST, multiline=name == "prompt")
        for name, text in texts.items()
    }


def changed_fields(values: Values, before: Mapping[str, str]) -> dict[str, object]:
    """Return the fields of a form without problems that differ, as the move `edit` takes them."""
    return {
        name: _VALUES.get(name, str)(text.strip())
        for name, text in values.items()
        if text.strip() != before[name].strip()
    }


def split_names(text: str) -> tuple[str, ...]:
    """Return what commas and line ends separate, each once."""
    parts = (part.strip() for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def text_or_none(text: str) -> str | None:
    """Return the text of a field that may be empty, which stands for none."""
    return text or None


def seconds_or_none(text: str) -> float | None:
    """Return a time limit in seconds; an empty field and 0 both stand for none."""
    if not text:
        return None
    return float(text) or None


_VALUES: Final[Mapping[str, Callable[[str], object]]] = {
    "scope": split_names,
    "command": text_or_none,
    "gate": text_or_none,
    "max_attempts": int,
    "timeout_secs": seconds_or_none,
}
"""How the text of a field becomes a value; that of any other field is the value."""


def check_title(text: str, _facts: FormFacts) -> str:
    """Return what is wrong with a title: only that there is none."""
    return "" if text else "say in a few words what is to be done"


def check_needs(text: str, facts: FormFacts) -> str:
    """Return which of the named tasks is none of the run; the first, while one types."""
    known = set(facts.tasks)
    for name in split_names(text):
        if name not in known:
            return f"no task {name!r}" + suggestion(name, facts.tasks)
    return ""


def check_phase(text: str, facts: FormFacts) -> str:
    """Return what is wrong with a phase; without one the ledger chooses."""
    if not text or text in facts.phases or facts.planned:
        return ""
    return f"no phase {text!r}" + suggestion(text, facts.phases)


def suggestion(word: str, known: Collection[str]) -> str:
    """Return the word that is being typed, or was probably meant, as the end of a sentence."""
    begun = next((name for name in known if name.startswith(word)), None)
    best = begun or nearest(word, known)
    return f"; {best!r}?" if best else ""


def check_scope(text: str, _facts: FormFacts) -> str:
    """Return what is wrong with a scope, by the rules for the scopes of a plan."""
    for scope in split_names(text):
        if wrong := problem(scope):
            return f"{scope!r} {wrong}"
    return ""


def check_choice(choices: tuple[str, ...]) -> Callable[[str, FormFacts], str]:
    """Return the check of a field that takes one of these words, or nothing for its default."""

    def check(text: str, _facts: FormFacts) -> str:
        if not text or text in choices:
            return ""
        return f"one of {', '.join(choices)}" + suggestion(text, choices)

    return check


def check_attempts(text: str, _facts: FormFacts) -> str:
    """Return what is wrong with a number of failures."""
    # ASCII, since `isdigit` also takes superscripts, which `int` does not.
    whole = text.isascii() and text.isdigit() and int(text) >= 1
    return "" if whole else "a whole number, 1 or more"


def check_seconds(text: str, _facts: FormFacts) -> str:
    """Return what is wrong with a time limit in seconds."""
    try:
        seconds = float(text or 0)
    except ValueError:
        return "a number of seconds; nothing for no limit"
    # `float` takes "nan" and "inf" as well.
    return "" if math.isfinite(seconds) and seconds >= 0 else "0 or more seconds"


def accept_anything(_text: str, _facts: FormFacts) -> str:
    """Return that nothing is wrong."""
    return ""


_CHECKS: Final[Mapping[str, Callable[[str, FormFacts], str]]] = {
    "title": check_title,
    "prompt": accept_anything,
    "command": accept_anything,
    "gate": accept_anything,
    "needs": check_needs,
    "phase": check_phase,
    "scope": check_scope,
    "role": check_choice(ROLES),
    "mode": check_choice(MODES),
    "isolation": check_choice(ISOLATIONS),
    "max_attempts": check_attempts,
    "timeout_secs": check_seconds,
}
