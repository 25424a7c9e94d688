"""The plan in the answer of a model (`result: plan`): where it stands, and what is wrong with it.

Asked by the scheduler for each attempt at such a task, in a thread, and by `wf plan new`. What a
model wrote is only read: by the reader of plans, which takes any text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.plan.check_workers import WorkerFacts
from wf_tui.plan.read import parse_plan
from wf_tui.plan.report import PARSE_ERROR, Problem, Report
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "PROFILES_FILE",
    "PlanAnswer",
    "faults_for_model",
    "read_plan_answer",
    "read_worker_facts",
    "worker_facts_text",
]

PROFILES_FILE: Final = "planning-profiles.json"
"""Lies in the folder of a run that plans: the profiles that its plan may name."""

_NAME: Final = "plan"
_FORMATS: Final = {"yaml": "yaml", "yml": "yaml", "": "yaml", "json": "json", "toml": "toml"}
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([A-Za-z]*)[^`]*")
_PLAN_KEY: Final = re.compile(r"""^[ \t{]*["']?(?:goal|phases)["']?[ \t]*[:=]""", re.MULTILINE)
_NOT_HERE: Final = frozenset({"no_profile", "unknown_worker"})
"""Warnings to a person, whose plan may be meant for elsewhere; a plan made for here is mended."""
_LOST: Final = "changes_not_kept"
_LONGEST_FAULTS: Final = 6000
_LONGEST_SHOWN: Final = 24_000
"""Characters of the faulty plan that a worker without the session is shown."""


@dataclass(frozen=True)
class PlanAnswer:
    """What an answer came to."""

    text: str
    """The plan as the model wrote it; "" where there is none."""
    format: str
    report: Report


@dataclass(frozen=True)
class _Block:
    text: str
    format: str
    closed: bool


def read_plan_answer(
    answer: str,
    *,
    workers: Mapping[str, WorkerFacts] | None = None,
    fold_case: bool = False,
) -> PlanAnswer:
    """Return the plan in an answer, checked: its last fenced block that has the keys of a plan.

    Raises nothing, whatever the answer holds. `workers` and `fold_case` are those of `parse_plan`;
    with `workers`, what could not run with them is a fault.
    """
    block = _find(answer)
    if block is None:
        message = "the answer holds no plan"
        hint = "end with the whole plan as one fenced block, ```yaml ... ```"
        return PlanAnswer("", "yaml", _refused(message, hint))
    if not block.closed:
        message = "the answer breaks off within the block of the plan"
        hint = "answer with a shorter plan: shorter prompts, fewer tasks"
        return PlanAnswer(block.text, block.format, _refused(message, hint))
    report = parse_plan(block.text, block.format, _NAME, fold_case=fold_case, workers=workers)
    return PlanAnswer(block.text, block.format, _stricter(report) if workers else report)


def _refused(message: str, hint: str) -> Report:
    return Report(_NAME, None, (Problem(PARSE_ERROR, message, hint=hint),))


def _stricter(report: Report) -> Report:
    tasks = report.plan.tasks if report.plan else ()
    # One that says where it writes means to; a test that is run does not.
    writers = {task.id for task in tasks if task.file_scope}
    faults = tuple(
        it
        for it in report.warnings
        if it.code in _NOT_HERE or (it.code == _LOST and it.detail.get("task") in writers)
    )
    if not faults:
        return report
    kept = tuple(it for it in report.warnings if it not in faults)
    return replace(report, plan=None, errors=(*report.errors, *faults), warnings=kept)


def _find(answer: str) -> _Block | None:
    blocks = list(_blocks(answer))
    plans = [block for block in blocks if _PLAN_KEY.search(block.text)]
    if plans or blocks:
        return (plans or blocks)[-1]
    if not _PLAN_KEY.search(answer) or "```" in answer:
        return None
    return _Block(answer, "json" if answer.lstrip().startswith("{") else "yaml", closed=True)


def _blocks(answer: str) -> Iterator[_Block]:
    """Yield the fenced blocks of a format of plans; one walk over the lines, however many."""
    fence, format_, lines = "", "", list[str]()
    for line in answer.split("\n"):
        found = _FENCE.fullmatch(line.rstrip("\r"))
        if not fence:
            if found:
                fence, format_, lines = found[1], found[2].lower(), []
            continue
        # A fence within a prompt is indented with it, so that it closes nothing.
        if found and found[1].startswith(fence) and not found[2]:
            if format_ in _FORMATS:
                yield _Block("\n".join([*lines, ""]), _FORMATS[format_], closed=True)
            fence = ""
        else:
            lines.append(line)
    if fence and format_ in _FORMATS:
        yield _Block("\n".join(lines), _FORMATS[format_], closed=False)


def faults_for_model(answer: PlanAnswer) -> tuple[str, str]:
    """Return what is wrong with an answer: in a sentence, and whole, for whoever mends it.

    The second ends with the plan itself, since another worker has not seen it.
    """
    report = answer.report
    first = report.errors[0]
    counted = plural(len(report.errors), "error")
    text = f"its plan has {counted}: {clean(first.message, limit=300)} [{first.code}]"
    lines = "\n".join(report.lines(report.errors, "error"))
    parts = [clean(lines, limit=_LONGEST_FAULTS, multiline=True)]
    if answer.text:
        shown = clean(answer.text, limit=_LONGEST_SHOWN, multiline=True)
        numbered = [f"{number:>4}  {line}" for number, line in enumerate(shown.split("\n"), 1)]
        parts.append("\n".join(["The plan with these errors was:", *numbered]))
    return text, "\n\n".join(parts)


def worker_facts_text(workers: Mapping[str, WorkerFacts]) -> bytes:
    """Return what `PROFILES_FILE` holds."""
    found = {name: {"takes": one.takes, "roles": one.roles} for name, one in workers.items()}
    return json.dumps(found).encode()


def read_worker_facts(folder: Path) -> Mapping[str, WorkerFacts] | None:
    """Return the profiles that a plan may name, or None where the run says nothing of them."""
    try:
        stored = json.loads((folder / PROFILES_FILE).read_bytes())
        return {
            name: WorkerFacts(
                "prompt" if one["takes"] == "prompt" else "command", tuple(map(str, one["roles"]))
            )
            for name, one in stored.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
