"""The two lines at the top: where the run will be, who proposed the plan, and the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["GoalLine", "HeaderFacts", "PlanHeader"]


@dataclass(frozen=True)
class HeaderFacts:
    """What the first line tells; its texts are safe to draw."""

    place: str = ""
    """The folder, and the commit that workers start from."""
    planner: str = ""
    """Who plans or has planned, in words, with what that took."""
    works: bool = False


class PlanHeader(LineWidget):
    """The first line."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="header")
        self.glyphs = glyphs
        self._facts = HeaderFacts()

    def show(self, facts: HeaderFacts) -> None:
        """Show these facts."""
        self._facts = facts
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line; what it was made by stays, where not all fits."""
        facts = self._facts
        sign = (Span(f"{self.glyphs.go} ", Role.RUNNING),) if facts.works else ()
        left = (Span(" New run", Role.TITLE), Span(f"   {facts.place}", Role.MUTED))
        right = (Span(facts.planner, Role.MUTED), Span("", Role.MUTED)) if facts.planner else ()
        return [Row(fitted(Line(left, (*sign, *right)), self.size.width, self.glyphs.more))]


class GoalLine(LineWidget):
    """The second line."""

    def __init__(self, glyphs: GlyphSet, goal: str) -> None:
        super().__init__(id="plan-goal")
        self.glyphs = glyphs
        self._goal = goal

    def show(self, goal: str) -> None:
        """Show another goal: that of the plan."""
        self._goal = goal
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        line = Line((Span(" goal  ", Role.MUTED), Span(self._goal, Role.TITLE)))
        return [Row(fitted(line, self.size.width, self.glyphs.more))]
