"""All tasks in one list: a line each, in five groups whose headers never leave the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.columns.task_view import TaskView
from wf_tui.board.viewport.viewport import Sticky
from wf_tui.board.widgets.list_lines import list_line, section_line
from wf_tui.picture.orders import LIST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.columns.entry_lines import Scene
    from wf_tui.board.widgets.card_lines import CardDrawing
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.board.widgets.line import Line
    from wf_tui.picture.group_titles import GroupTitle

__all__ = ["TaskList"]


class TaskList(TaskView):
    """Draws what each task is about in a line; the default where the terminal is narrow."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(LIST, glyphs, sticky=Sticky.ALL)

    def card(
        self,
        scene: Scene,
        task: str,
        drawing: CardDrawing,
        *,
        selected: bool,  # noqa: ARG002 - as for all views
    ) -> Sequence[Line]:
        """Return the one line of a card."""
        card = scene.picture.cards[task]
        return (list_line(card, drawing, scene.now, fresh=task in scene.fresh),)

    def header(self, title: GroupTitle, drawing: CardDrawing, *, folded: bool) -> Line:
        """Return a header with a rule."""
        return section_line(title, drawing, folded=folded)
