"""The line of a lane: whether it is open, what it bears, and what it has cost today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.picture.age import duration, span
from wf_tui.picture.seats.lane import GROWS_EVERY
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars, listed, plural

if TYPE_CHECKING:
    from wf_tui.board.widgets.card_lines import CardDrawing
    from wf_tui.picture.seats.lane import LaneView

__all__ = ["LaneFacts", "lane_line"]

_BAR: Final = 16
_BAR_FROM: Final = 105
"""Cells from which a countdown has a bar."""
_MODELS: Final = 2
_MICRO: Final = 1_000_000
_WARN: Final = 80
"""Percent of a day's budget from which on they warn."""
_SHORT: Final = 24
"""Characters of a provider's words that stand in the place of ours."""
_WORDS: Final = {
    LaneStatus.LIMITED: "rate limit",
    LaneStatus.QUOTA: "its quota is used up",
    LaneStatus.AUTH: "its provider refuses it",
    LaneStatus.PAUSED: "paused",
}


@dataclass(frozen=True)
class LaneFacts:
    """What the line of a lane is made of."""

    lane: LaneView
    spent: Usage = NO_USAGE
    """What attempts used that ended since midnight, by local time."""
    budget: int | None = None
    """What it may cost on one day, in micro-dollars; None: whatever it does."""
    limited_at: float | None = None
    """When it was last limited, in UTC seconds."""


def lane_line(facts: LaneFacts, drawing: CardDrawing, now: float) -> Line:
    """Return the line of a lane at a time in UTC seconds."""
    lane = facts.lane
    name = "no provider" if lane.is_local else lane.name
    left = [Span(name, Role.LABEL)]
    if lane.models:
        left.append(Span(f"  {listed(lane.models, _MODELS)}", Role.FAINT))
    left.append(Span("   ", Role.MUTED))
    left += _open(lane) if lane.status is LaneStatus.OPEN else _shut(facts, drawing, now)
    return drawing.glyphs.drawn(Line(tuple(left), (), _today(facts)))


def _open(lane: LaneView) -> list[Span]:
    words = f"{lane.busy} of {len(lane.seats)} in use"
    if lane.capacity is not None:
        words += f", at most {lane.capacity} at once, +1 each {span(GROWS_EVERY)}"
    return [Span("open ", Role.DONE), Span(words, Role.MUTED)]


def _shut(facts: LaneFacts, drawing: CardDrawing, now: float) -> list[Span]:
    """Return why nothing starts in it, until when, and what it bears from then on."""
    lane = facts.lane
    words = lane.text if 0 < len(lane.text) <= _SHORT else _WORDS[lane.status]
    until = "" if lane.until is None else f", opens in {duration(lane.until - now)}"
    spans = [Span(f"{drawing.glyphs.stop} {words}{until}", Role.WARNING)]
    if lane.until is None:
        return [*spans, Span("  P", Role.KEY, "lane.pause"), Span(" opens it", Role.MUTED)]
    spans += _bar(facts, drawing, now)
    if lane.capacity is not None:
        then = f"then {plural(lane.capacity, 'seat')}, +1 each {span(GROWS_EVERY)}"
        spans.append(Span(f" {then}", Role.MUTED))
    return spans


def _bar(facts: LaneFacts, drawing: CardDrawing, now: float) -> list[Span]:
    """Return how much of a pause is over; nothing where nobody knows when it began."""
    until, since = facts.lane.until, facts.limited_at
    if until is None or since is None or until <= since or drawing.width < _BAR_FROM:
        return []
    done = round(_BAR * min(1.0, max(0.0, (now - since) / (until - since))))
    glyphs = drawing.glyphs
    return [
        Span(f" {glyphs.heavy * done}", Role.WARNING),
        Span(glyphs.rule * (_BAR - done), Role.RULE),
    ]


def _today(facts: LaneFacts) -> tuple[Span, ...]:
    """Return what it has cost today; unknown is said, and never 0."""
    spent, budget = facts.spent, facts.budget
    cost = spent.cost_microusd
    if cost is None:
        tokens = spent.tokens
        if tokens:
            return (Span(f"{count_words(tokens)} tok today", Role.MUTED),)
        return (Span("usage unknown", Role.FAINT),) if spent.unknown else ()
    least = "≥" if spent.unknown else ""
    of = "" if budget is None else f" of ${budget / _MICRO:g}"
    words = Span(f"{least}{dollars(cost)}{of} today", Role.MUTED)
    if not budget:
        return (words,)
    percent = cost * 100 // budget
    return words, Span(f" {percent} %", Role.WARNING if percent >= _WARN else Role.MUTED)
