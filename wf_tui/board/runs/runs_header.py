"""The first line of the screen of all runs: how many there are, run, and need their person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.picture.usage_text import count_words
from wf_tui.text import dollars, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.runs.listed_run import ListedRepository

__all__ = ["RunsHeader", "runs_header_line"]

_GAP: Final = Span("   ", Role.MUTED)
_EDGE: Final = Span(" ", Role.MUTED)


class RunsHeader(LineWidget):
    """One line; a click on its ◆ is `N`."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="header")
        self.glyphs = glyphs
        self._repositories: Sequence[ListedRepository] = ()

    def show(self, repositories: Sequence[ListedRepository]) -> None:
        """Show how many of what there are."""
        self._repositories = repositories
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        line = runs_header_line(self._repositories, self.glyphs)
        return [Row(fitted(line, self.size.width, self.glyphs.more))]

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked."""
        if action := self.hit_at(event.x):
            self.post_message(ActionChosen(action))


def runs_header_line(repositories: Sequence[ListedRepository], glyphs: GlyphSet) -> Line:
    """Return the line; hidden runs count as all others do.

    At its right is what ended today in all of them has cost, as far as that is known.
    """
    runs = [run for one in repositories for run in one.runs]
    working = sum(run.is_led for run in runs)
    needs = sum(len(run.needs) for run in runs)
    places = len(repositories)
    words = f"{places} {'repository' if places == 1 else 'repositories'}"
    spans = [_EDGE, Span("wf", Role.TITLE), _GAP, Span(words, Role.MUTED), _GAP]
    spans += [
        Span(glyphs.go, Role.RUNNING),
        Span(f" {working} of {plural(len(runs), 'run')}", Role.MUTED),
    ]
    if needs:
        verb = "needs" if needs == 1 else "need"
        spans += [_GAP, Span(f"{glyphs.needs_you} {needs} {verb} you", Role.NEED, "view.next_need")]
    return Line(tuple(spans), (), _today(repositories, glyphs))


def _today(repositories: Sequence[ListedRepository], glyphs: GlyphSet) -> tuple[Span, ...]:
    spent = sum((one.spent for one in repositories), NO_USAGE)
    least = glyphs.least if spent.unknown else ""
    spans = []
    if spent.cost_microusd is not None:
        spans.append(Span(f"today {least}{dollars(spent.cost_microusd)}", Role.TEXT))
    if spent.tokens:
        words = f"{least}{count_words(spent.tokens)} tok"
        spans.append(Span(f"  {words}" if spans else f"today {words}", Role.MUTED))
    return (*spans, Span("", Role.MUTED)) if spans else ()
