"""A list of what is to be done, in Markdown: a heading is a phase, an open item is a task.

What is indented below an item belongs to its prompt. Items are done in their order, since a list
does not say which of them could be done side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from wf_tui.planning.conversion.conversion import Conversion, NotFaithfulError, plan_id
from wf_tui.text import clean

__all__ = ["convert_checklist"]

_ITEM: Final = re.compile(
    r"^(?P<indent>[ \t]*)(?:[-*+]|\d+[.)])[ \t]+\[(?P<mark>[ xX~/-])\][ \t]+(?P<text>\S.*)$"
)
_NUMBERED: Final = re.compile(r"^(?P<indent>)\d+[.)][ \t]+(?P<text>\S.*)$")
_HEADING: Final = re.compile(r"^#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*$")
_TITLE: Final = 80
_OPEN: Final = frozenset(" /~")


@dataclass
class _Section:
    name: str
    items: list[list[str]] = field(default_factory=list)
    """The lines of each open item, the first without its mark."""


def convert_checklist(text: str, name: str) -> Conversion:
    """Return a plan whose prompts are the open items; raises `NotFaithfulError` without any."""
    pattern = _ITEM if any(_ITEM.match(line) for line in text.splitlines()) else _NUMBERED
    sections, done, title = _sections(text, pattern)
    sections = [it for it in sections if it.items]
    if not sections:
        raise NotFaithfulError("has no open item")
    taken: set[str] = set()
    phases_taken: set[str] = set()
    phases: list[dict[str, object]] = []
    for section in sections:
        phase: dict[str, object] = {"name": plan_id(section.name, phases_taken)}
        if phases:
            phase["depends_on"] = [phases[-1]["name"]]
        phase["tasks"] = [_task(lines, taken) for lines in section.items]
        phases.append(phase)
    notes = []
    if done:
        notes.append(f"what is done already ({done})")
    notes.append("text outside the items")
    goal = title or f"Do what {name} lists"
    return Conversion({"goal": goal, "phases": phases}, tuple(notes))


def _sections(text: str, pattern: re.Pattern[str]) -> tuple[list[_Section], int, str]:
    """Return the sections, how many items are done, and the heading above all."""
    sections, done, title = [_Section("todo")], 0, ""
    depth: int | None = None
    """How far the item is indented that lines belong to; None where there is none."""
    skipped = False
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            words = clean(heading["text"], limit=_TITLE)
            if not title and not any(it.items for it in sections):
                title = words
            sections.append(_Section(words or "todo"))
            depth = None
            continue
        item = pattern.match(line)
        indent = len(line) - len(line.lstrip())
        if item and (depth is None or indent <= depth):
            depth = indent
            skipped = item.groupdict().get("mark", " ") not in _OPEN
            if skipped:
                done += 1
            else:
                sections[-1].items.append([item["text"].strip()])
        elif depth is not None and (indent > depth or not line.strip()):
            if not skipped:
                sections[-1].items[-1].append(line.strip() and line[depth:].rstrip())
        else:
            depth = None
    return sections, done, title


def _task(lines: list[str], taken: set[str]) -> dict[str, object]:
    first = re.sub(r"\*\*|`|__", "", lines[0])
    prompt = "\n".join(lines).rstrip()
    task: dict[str, object] = {
        "id": plan_id(first[:_TITLE], taken),
        "agent_type": "implement",
        "mode": "read_write",
        "prompt": prompt,
    }
    if prompt != first:
        task["title"] = clean(first, limit=_TITLE)
    return task
