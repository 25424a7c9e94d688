"""Shapes whose parts all come into the result: fan-out and join, pipeline, diamond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.plan.item_ids import item_ids
from wf_tui.planning.shapes.commented_yaml import PhaseText, Piece, plan_text
from wf_tui.planning.shapes.shape import Shape, ShapeOptions
from wf_tui.planning.shapes.tasks import (
    head,
    paragraphs,
    plain_goal,
    scope_of,
    shares_scope,
    title_of,
    work,
    worker,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DIAMOND", "FAN_OUT", "PIPELINE"]

_SURVEY: Final = "survey"
_ITEMS: Final = "items"
_JOIN: Final = "join"
_RESERVED: Final = frozenset({_SURVEY, _JOIN})
_PART: Final = "Your part of it, which nobody else does; others do theirs at the same time:"
_AT_ONCE: Final = "At the same time, each in a worktree of its own; they are merged one by one."
_ALONE: Final = "One after the other, since all of them may change the same files."
_LOOK: Final = """\
This is going to be done in {} parts, side by side. Look at what is there, and write down what all
of them have to know: where things are, what they must agree on, what to leave alone. Change
nothing.
"""
_TOGETHER: Final = """\
The parts are done and merged; you are given what each came to. Look at them as a whole: make them
fit together, mend what does not work, and sum up what was done.
"""
_STEPS: Final = {
    "look": "Look at what is there, and write down what has to be changed, in which order.",
    "change": "Make the changes.",
    "check": "Check the whole: run the tests, read the changes, and mend what is not right.",
}
"""The steps of a pipeline where none are given, by their ids."""


def _fan_out(options: ShapeOptions) -> str:
    if options.runs:
        about = "Fan-out: a command for each item, side by side."
        heading, pieces = head(about, options, 1)
        return plan_text(heading, pieces, [_items(options, ())])
    about = "Fan-out and join: a task for each item, side by side, and one that joins their work."
    heading, pieces = head(about, options, len(options.items))
    return plan_text(heading, pieces, [_items(options, ()), _join(options)])


def _diamond(options: ShapeOptions) -> str:
    heading, pieces = head(
        "Diamond: one task looks first, a task for each item builds on what it found, and one puts "
        "it all together.",
        options,
        len(options.items),
    )
    prompt = paragraphs(plain_goal(options), _LOOK.format(len(options.items)))
    survey = PhaseText(
        (Piece({"name": _SURVEY}),),
        (
            (
                Piece({"id": _SURVEY, "title": "Look at what is there", "agent_type": "explore"}),
                Piece({**worker(options.profiles, 0), "prompt": prompt}),
            ),
        ),
    )
    return plan_text(heading, pieces, [survey, _items(options, (_SURVEY,)), _join(options)])


def _items(options: ShapeOptions, needs: Sequence[str]) -> PhaseText:
    """Return the phase with a task for each item; each is given the results of `needs`."""
    ids = item_ids([title_of(item) for item in options.items], _RESERVED)
    tasks = []
    for number, (item, name) in enumerate(zip(options.items, ids, strict=True)):
        values = {"id": name, "title": title_of(item), "mode": "read_write"}
        task = [Piece({**values, **scope_of(options, item), **worker(options.profiles, number)})]
        if needs:
            task.append(Piece({"depends_on_results": list(needs)}))
        task.append(Piece(work(options, item, _PART)))
        tasks.append(tuple(task))
    phase = [
        Piece({"name": _ITEMS}),
        Piece({"parallel": True}, _ALONE if shares_scope(options) else _AT_ONCE),
    ]
    if needs:
        phase.insert(1, Piece({"depends_on": list(needs)}))
    return PhaseText(tuple(phase), tuple(tasks))


def _join(options: ShapeOptions) -> PhaseText:
    """Return the phase of the task that is given what all items came to."""
    prompt = paragraphs(plain_goal(options), _TOGETHER)
    ids = item_ids([title_of(item) for item in options.items], _RESERVED)
    values: dict[str, object] = {"id": _JOIN, "title": "Put it together", "mode": "read_write"}
    return PhaseText(
        (Piece({"name": _JOIN, "depends_on": [_ITEMS]}),),
        (
            (
                Piece({**values, **scope_of(options), **worker(options.profiles, -1)}),
                Piece({"depends_on_results": ids}, "It is told the result of each of these."),
                Piece({"prompt": prompt}),
            ),
        ),
    )


def _pipeline(options: ShapeOptions) -> str:
    steps = options.items or tuple(_STEPS.values())
    heading, pieces = head(
        "Pipeline: one step after the other; each is told what the one before it came to.",
        options,
        1,
    )
    ids = item_ids([title_of(step) for step in options.items]) or list(_STEPS)
    phases = []
    for number, (step, name) in enumerate(zip(steps, ids, strict=True)):
        before = ids[number - 1 : number] if number else []
        phase = {"name": name, **({"depends_on": before} if before else {})}
        values = {"id": name, "title": title_of(step), "mode": "read_write"}
        task = [Piece({**values, **scope_of(options, step), **worker(options.profiles, number)})]
        if before:
            task.append(Piece({"depends_on_results": before}))
        part = f"It is done in {len(steps)} steps, of which you do number {number + 1}:"
        task.append(Piece(work(options, step, part)))
        phases.append(PhaseText((Piece(phase),), (tuple(task),)))
    return plan_text(heading, pieces, phases)


FAN_OUT: Final = Shape(
    "fan-out",
    "a task for each item, side by side, and one that joins them",
    "the parts of the work",
    _fan_out,
    fewest=1,
    in_parts=True,
    can_run=True,
)
PIPELINE: Final = Shape(
    "pipeline",
    "steps one after the other, each with the result of the one before",
    "the steps, in their order; without any: look, change, check",
    _pipeline,
    can_run=True,
)
DIAMOND: Final = Shape(
    "diamond",
    "one looks, a task for each item does a part, one joins them",
    "the parts of the work",
    _diamond,
    fewest=1,
    in_parts=True,
)
