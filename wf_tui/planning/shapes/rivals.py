"""Shapes in which several try the same: the first good one, or the best one, is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError
from wf_tui.plan.item_ids import item_ids
from wf_tui.planning.shapes.commented_yaml import PhaseText, Piece, plan_text
from wf_tui.planning.shapes.shape import Shape, ShapeOptions
from wf_tui.planning.shapes.tasks import (
    head,
    paragraphs,
    plain_goal,
    scope_of,
    title_of,
    work,
    worker,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BEST_OF_N", "SPECULATIVE"]

_TRIES: Final = "tries"
_CHOICE: Final = "choice"
_FEWEST: Final = 2
_USUAL: Final = 3
_WAY: Final = "Do it in this way:"
_JUDGE: Final = """\
Read what each has changed, and choose the best one: it does what was asked, and all of it; it is
right; it is simple. Say why in a few sentences, and name it as `pick` in your result.
"""


def _ways(options: ShapeOptions) -> list[str | None]:
    """Return how each attempt is to go about it: the items in turn, or as each likes."""
    count = options.n or max(len(options.items) or len(options.profiles) or _USUAL, _FEWEST)
    if len(options.items) > count:
        raise UsageError(
            f"there are {len(options.items)} ways for {count} attempts", "leave some of them out"
        )
    if options.runs and len(options.items) < count:
        raise UsageError(
            f"there are {len(options.items)} commands for {count} attempts", "give each its own"
        )
    return [*options.items, *[None] * (count - len(options.items))]


def _tries(options: ShapeOptions, ways: Sequence[str | None], picks: Piece) -> PhaseText:
    labels = [f"try-{number}" if way is None else way for number, way in enumerate(ways, 1)]
    ids = item_ids([title_of(label) for label in labels], {_CHOICE})
    tasks = []
    for number, (way, name) in enumerate(zip(ways, ids, strict=True)):
        title = f"Attempt {number + 1}" if way is None else title_of(way)
        values = {"id": name, "title": title, "mode": "read_write"}
        told = {"prompt": options.goal} if way is None else work(options, way, _WAY)
        given = {**scope_of(options, way), **worker(options.profiles, number)}
        tasks.append((Piece({**values, **given}), Piece(told)))
    phase = (Piece({"name": _TRIES}), Piece({"parallel": True}), picks)
    return PhaseText(phase, tuple(tasks))


def _speculative(options: ShapeOptions) -> str:
    ways = _ways(options)
    heading, pieces = head(
        "Speculative: several try the same, and the first that passes its checks is merged; the "
        "others are stopped.",
        options,
        len(ways),
    )
    if not options.gate.strip():
        heading += (
            "Give it a `gate`, a command that has to pass: without one the first wins that is done."
        )
    picks = Piece({"pick": "first"}, "The first that passes its checks; at most one is merged.")
    return plan_text(heading, pieces, [_tries(options, ways, picks)])


def _best_of_n(options: ShapeOptions) -> str:
    ways = _ways(options)
    heading, pieces = head(
        "Best of n: several try the same, and "
        f"{'a person' if options.by_person else 'a judge'} takes the best one.",
        options,
        len(ways),
    )
    if options.by_person:
        picks = Piece(
            {"pick": "best"},
            "Each waits for a person when it is done: look at them, and take one by `wf accept`.",
        )
        return plan_text(heading, pieces, [_tries(options, ways, picks)])
    picks = Piece({"pick": "best", "judge": _CHOICE}, "The one that the judge names is merged.")
    tries = _tries(options, ways, picks)
    ids = [str(task[0].values["id"]) for task in tries.tasks]
    return plan_text(heading, pieces, [tries, _judge(options, ids)])


def _judge(options: ShapeOptions, ids: Sequence[str]) -> PhaseText:
    prompt = paragraphs(f"{len(ids)} attempts were made at this:", plain_goal(options), _JUDGE)
    values = {"id": _CHOICE, "title": "Choose the best one", "agent_type": "review"}
    return PhaseText(
        (Piece({"name": _CHOICE}),),
        (
            (
                Piece({**values, **worker(options.profiles, -1)}),
                Piece({"result": "json"}, "So that it can name one of them."),
                Piece({"depends_on_results": list(ids)}),
                Piece({"prompt": prompt}),
            ),
        ),
    )


SPECULATIVE: Final = Shape(
    "speculative",
    "several try the same; the first that passes its checks wins, the others are stopped",
    "ways to do it, one for each attempt; without any each does as it likes",
    _speculative,
    fewest_n=_FEWEST,
    default_n=_USUAL,
    can_run=True,
)
BEST_OF_N: Final = Shape(
    "best-of-n",
    "several try the same, and a judge or a person takes the best one",
    "ways to do it, one for each attempt; without any each does as it likes",
    _best_of_n,
    fewest_n=_FEWEST,
    default_n=_USUAL,
    can_run=True,
)
