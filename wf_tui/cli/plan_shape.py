"""The options of `wf plan new --shape`: a plan that is ready but for its goal, without a model."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import click

from wf_tui.cli.choices import one_of
from wf_tui.errors import UsageError
from wf_tui.planning.proposal import Proposal, of_text
from wf_tui.planning.shapes import SHAPES, ShapeOptions
from wf_tui.profiles.resolve import resolve
from wf_tui.swarm.items import read_items
from wf_tui.swarm.tracked_files import tracked_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.planning.plan_draft import Terms

__all__ = ["ShapeWords", "shape_options"]

_LINES: Final = "; ".join(f"{shape.name}: {shape.summary}" for shape in SHAPES.values())


@dataclass(frozen=True)
class ShapeWords:
    """What the command line says of a shape."""

    shape: str | None
    items: str | None
    n: int | None
    scopes: tuple[str, ...]
    gate: str
    runs: bool
    by_person: bool

    def require_shape(self) -> None:
        """Refuse options that only a shape has, where there is none."""
        given = {
            "--items": self.items is not None,
            "-n": self.n is not None,
            "--scope": bool(self.scopes),
            "--gate": bool(self.gate),
            "--sh": self.runs,
            "--by-person": self.by_person,
        }
        if words := [word for word, is_given in given.items() if is_given]:
            raise UsageError(f"{words[0]} is for --shape, which is missing", _hint())

    def proposal(self, terms: Terms, goal: str, profiles: tuple[str, ...]) -> Proposal:
        """Return the plan of the shape; raises `UsageError` for what it cannot be made of."""
        for name in profiles:
            resolve(terms.config, name)  # raises for one that there is none of
        items: tuple[str, ...] = ()
        if self.items is not None:
            found = read_items(
                self.items,
                tracked=lambda pattern: tracked_files(terms.project.start, pattern),
                stdin=sys.stdin.buffer if sys.stdin is not None else None,
                keyed=False,
            )
            items = tuple(item.text for item in found)
        options = ShapeOptions(
            goal=goal,
            items=items,
            n=self.n,
            scope=self.scopes,
            profiles=profiles,
            runs=self.runs,
            gate=self.gate,
            by_person=self.by_person,
        )
        return of_text(SHAPES[str(self.shape)].text(options), terms.workers)


def shape_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of shapes; it gets them as one, `words`."""

    @functools.wraps(command)
    def with_words(**values: Any) -> int:
        chosen = {field.name: values.pop(field.name) for field in fields(ShapeWords)}
        return command(words=ShapeWords(**chosen), **values)

    decorated: Callable[..., int] = with_words
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _hint() -> str:
    return f"the shapes are: {', '.join(SHAPES)}"


_OPTIONS: Final = (
    click.option(
        "--shape",
        callback=one_of("shape", list(SHAPES)),
        metavar="NAME",
        help=f"A ready-made plan, without a model. {_LINES}.",
    ),
    click.option("--items", metavar="ITEMS", help="Its parts, as those of wf swarm."),
    click.option("-n", "n", type=int, metavar="N", help="How many attempts, or rounds."),
    click.option(
        "--scope", "scopes", multiple=True, metavar="P", help="A path that its tasks may change."
    ),
    click.option("--gate", default="", metavar="CMD", help="What has to pass before a merge."),
    click.option("--sh", "runs", is_flag=True, help="Its items are commands, not prompts."),
    click.option("--by-person", is_flag=True, help="You choose the best one, and no judge."),
)
