"""The shape in which work is looked at and sent back with comments, a few times at most."""

from __future__ import annotations

from typing import Final

from wf_tui.plan.item_ids import item_ids
from wf_tui.planning.shapes.commented_yaml import PhaseText, Piece, plan_text
from wf_tui.planning.shapes.shape import Shape, ShapeOptions
from wf_tui.planning.shapes.tasks import head, prompt_for, scope_of, title_of, worker

__all__ = ["CRITIQUE"]

_WORK: Final = "work"
_ROUNDS: Final = 3
_PART: Final = "Your part of it, which nobody else does; others do theirs at the same time:"
_LOOK: Final = """\
Does the change do what was asked, and all of it? Is it right in every case, does it break nothing,
is it tested, could it be simpler? Say fail, with what is wrong and where, only for what has to be
changed; else say pass.
"""


def _critique(options: ShapeOptions) -> str:
    items = options.items or (None,)
    rounds = _ROUNDS if options.n is None else options.n
    heading, pieces = head(
        "Critique loop: work is looked at before it is merged, and goes back with comments until "
        f"it passes, at most {rounds} times; then a person decides.",
        options,
        len(items),
    )
    critic = {
        "prompt": _LOOK,
        **({"worker": options.profiles[-1]} if options.profiles else {}),
        "rounds": rounds,
    }
    pieces.append(
        Piece(
            {"defaults": {"critic": critic}}, "Who looks at the work of each task, and how often."
        )
    )
    ids = item_ids([_WORK if item is None else title_of(item) for item in items])
    tasks = []
    for number, (item, name) in enumerate(zip(items, ids, strict=True)):
        title = "Do the work" if item is None else title_of(item)
        values = {"id": name, "title": title, "mode": "read_write"}
        prompt = options.goal if item is None else prompt_for(options, item, _PART)
        given = {**scope_of(options, item), **worker(options.profiles, number)}
        tasks.append((Piece({**values, **given}), Piece({"prompt": prompt})))
    return plan_text(
        heading, pieces, [PhaseText((Piece({"name": _WORK, "parallel": True}),), tuple(tasks))]
    )


CRITIQUE: Final = Shape(
    "critique",
    "work is looked at by another, and goes back with comments until it passes",
    "the parts of the work; without any it is one task",
    _critique,
    default_n=_ROUNDS,
    in_parts=True,
)
